"""Transfers: saved, sent, answered, expired, taking effect (BMB-1 … BMB-12, architecture §6).

Each raises No with the reason and the rule when it is refused.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from kvitt_contracts.bmb import (
    AcceptTransfer,
    CancelTransfer,
    ExecuteTransfer,
    RejectTransfer,
    SaveTransfer,
    UnlockTransfer,
)
from kvitt_contracts.policy import ExpiryOutcome
from kvitt_contracts.regions import CustomerStated, UserStated
from kvitt_contracts.types import Role

from examples.generator.model import reminders, stock
from examples.generator.model.parties import (
    has_part,
    involved_payers,
    is_own,
    may_answer,
    prescribes,
    receivers,
    what_ended,
    works_at,
)
from examples.generator.model.state import Custody, Device, Holder, No, Transfer, World


def save(world: World, subject: str, command: SaveTransfer) -> None:
    """Save a draft, sent at once where the command has `execute` (BMB-1, BMB-2)."""
    known = world.transfers.get(subject)
    if known is not None and known.status != "draft":
        raise No("NOT_A_DRAFT", "BMB-2")
    draft = _draft(world, subject, command)
    if command.execute:
        _must_be_sendable(world, draft, by=world.user(command.sender))
    world.transfers[subject] = draft
    if command.execute:
        _request(world, draft, by=world.user(command.sender))


def execute(world: World, subject: str, command: ExecuteTransfer) -> None:
    """Send a saved draft (BMB-2)."""
    transfer = _transfer(world, subject, "BMB-2")
    by = world.user(command.by)
    if transfer.status in ("requested", "sent"):
        return
    if transfer.status != "draft":
        raise No("NOT_A_DRAFT", "BMB-2")
    _judge_anew(world, transfer)
    _must_be_sendable(world, transfer, by=by)
    _request(world, transfer, by=by)


def cancel(world: World, subject: str, command: CancelTransfer) -> None:
    """Throw a draft away (BMB-2)."""
    transfer = _transfer(world, subject, "BMB-2")
    if transfer.status != "draft":
        raise No("NOT_A_DRAFT", "BMB-2")
    if not works_at(world.user(command.by), transfer.sending):
        raise No("SENDER_ELSEWHERE", "BMB-2")
    transfer.status = "cancelled"


def accept(world: World, subject: str, command: AcceptTransfer) -> None:
    """Accept for a customer of the receiving side (BMB-4); by policy some of it alone (BMB-5)."""
    transfer = _transfer(world, subject, "BMB-4")
    if command.customer_id not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "BMB-4")
    if command.payer_id is not None and command.payer_id not in world.payers:
        raise No("UNKNOWN_PAYER", "BMB-4")
    customer, by = world.customers[command.customer_id], world.user(command.by)
    rejected = [str(one.device_number) for one in command.reject]
    _must_be_divisible(world, transfer, rejected)
    if rejected and {*rejected} == {*transfer.left}:
        reject(world, subject, RejectTransfer(by=command.by, message=command.message))
        return
    payer = command.payer_id or customer.payer_id
    _must_be_answerable(world, transfer, by)
    if by.user_id in {transfer.sender, transfer.sent_by} and not is_own(world, transfer, by):
        raise No("SENT_BY_ONESELF", "BMB-4")
    ended = what_ended(world, transfer)
    if ended is not None:
        raise ended
    own = {*by.service_points, transfer.receiving, transfer.proposed_customer}
    if customer.customer_id not in own:
        raise No("CUSTOMER_OF_ANOTHER_SIDE", "BMB-4")
    if payer != customer.payer_id:
        if world.policy.transfer.ack_payer == "follows_customer":
            raise No("PAYER_FOLLOWS_CUSTOMER", "BMB-4")
        if payer not in involved_payers(world, transfer, by):
            raise No("PAYER_NOT_INVOLVED", "BMB-4")
    if rejected:
        _must_say_why(world, command.message)
    _free(world, rejected)
    transfer.rejected = rejected
    transfer.left = [one for one in transfer.left if one not in rejected]
    transfer.status = "accepted"
    _decide(world, transfer, customer.customer_id, payer, on=world.today)


def reject(world: World, subject: str, command: RejectTransfer) -> None:
    """Reject; the devices are free (BMB-5)."""
    transfer = _transfer(world, subject, "BMB-5")
    _must_be_answerable(world, transfer, world.user(command.by))
    _must_say_why(world, command.message)
    transfer.status = "rejected"
    transfer.rejected = [*transfer.left]
    _free(world, transfer.left)


def unlock(world: World, subject: str, command: UnlockTransfer) -> None:
    """Customer service frees what is locked (BMB-7, REF-12)."""
    transfer = _transfer(world, subject, "BMB-7")
    world.user(command.asked_by)
    if transfer.status != "locked":
        raise No("NOT_LOCKED", "BMB-7")
    transfer.status = "unlocked"
    _free(world, transfer.left)


def expire(world: World, transfer: Transfer) -> None:
    """Nobody has answered in time: the decision's day is the deadline's (BMB-7)."""
    assert transfer.deadline_on is not None
    match world.policy.transfer.expiry.outcome:
        case ExpiryOutcome.AUTO_EXECUTE if what_ended(world, transfer) is not None:
            transfer.status = "voided"
            _free(world, transfer.left)
        case ExpiryOutcome.AUTO_EXECUTE:
            transfer.status = "executed_automatically"
            _decide(
                world,
                transfer,
                transfer.proposed_customer,
                transfer.proposed_payer,
                on=transfer.deadline_on,
            )
        case ExpiryOutcome.LOCK:
            transfer.status = "locked"
            for number in transfer.left:
                world.devices[number].claim = ("lock", transfer.reference)
        case ExpiryOutcome.VOID:
            transfer.status = "voided"
            _free(world, transfer.left)


def take_effect(world: World, transfer: Transfer) -> None:
    """Custody changes; in a store nobody pays and nobody has prescribed (BIL-1, BMB-4)."""
    assert transfer.effective_on is not None
    for number in list(transfer.left):
        device = world.devices[number]
        before, store = device.now, device.store
        holder = transfer.new_holder or before.holder
        since = max(transfer.effective_on, before.since)
        lent = holder[0] != "store"
        charging = before.charging or world.articles[device.article].charging
        device.said.append(
            Custody(
                since=since,
                holder=holder,
                payer=transfer.payer if lent else None,
                charging=charging if lent else None,
                customer=transfer.customer if lent else None,
                prescriber=(transfer.new_prescriber or before.prescriber) if lent else None,
            )
        )
        device.claim = None
        if store is not None:
            world.balances[store, device.article].reserved -= 1
        if not lent:
            world.balances[holder[1], device.article].available += 1
            stock.serve(world, holder[1], device.article)
    transfer.left.clear()
    transfer.status = "completed"


def _draft(world: World, subject: str, command: SaveTransfer) -> Transfer:
    sender = world.user(command.sender)
    prescriber = world.user(command.new_prescriber) if command.new_prescriber else None
    sending = command.sending_service_point or sender.default_service_point
    if command.sending_service_point and command.sending_service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    wanted = _wanted_recipient(world, command)
    if any(number not in world.devices for number in command.devices):
        raise No("UNKNOWN_DEVICE", "BMB-1")
    if not works_at(sender, sending):
        raise No("SENDER_ELSEWHERE", "BMB-2")
    devices = [world.devices[number] for number in command.devices]
    # where a device is, is not for who has no part in it
    if not all(has_part(world, device, sender) for device in devices):
        raise No("NO_PART_IN_DEVICE", "BMB-4")
    if len(set(command.devices)) < len(command.devices):
        raise No("DEVICE_TWICE", "BMB-1")
    if len({device.now.holder for device in devices}) > 1:
        raise No("SEVERAL_RECIPIENTS", "BMB-1")
    at = devices[0].now.holder
    if wanted == at:
        wanted = None
    if wanted is not None and wanted[0] == "patient" and not world.people[wanted[1]].active:
        raise No("INACTIVE_RECIPIENT", "REF-14")
    _check_stores(
        world, command, at, wanted, people=[sender, *([prescriber] if prescriber else [])]
    )
    if prescriber and not prescribes(prescriber):
        raise No("NOT_A_PRESCRIBER", "BMB-1")
    if at[0] == "store" and prescriber is None and Role.PRESCRIBER not in sender.roles:
        raise No("PRESCRIBER_NOT_NAMED", "BMB-1")
    receiving = _receiving(world, command, devices, sender, prescriber, sending)
    to_prescribe = prescriber or (sender if at[0] == "store" else None)
    proposed = (prescriber or sender).default_service_point
    return Transfer(
        reference=subject,
        status="draft",
        sender=sender.user_id,
        sending=sending,
        receiving=receiving,
        proposed_customer=proposed,
        proposed_payer=world.customers[proposed].payer_id,
        transfer_date=command.transfer_date or world.today,
        left=[device.number for device in devices],
        at=at,
        new_holder=("store", str(command.new_store)) if command.new_store else wanted,
        new_prescriber=to_prescribe.user_id if to_prescribe else None,
        attested=command.attested,
    )


def _receiving(
    world: World,
    command: SaveTransfer,
    devices: list[Device],
    sender: UserStated,
    prescriber: UserStated | None,
    sending: str,
) -> str:
    may, derived = receivers(world, devices, sender, prescriber, sending)
    named = command.receiving_service_point
    if named is not None and named not in may:
        raise No("RECEIVER_ELSEWHERE", "BMB-4")
    if named is None and derived is None:
        raise No("RECEIVER_NOT_NAMED", "BMB-4")
    return str(named or derived)


def _judge_anew(world: World, transfer: Transfer) -> None:
    """A draft is judged as if it were saved today, with today's proposed payer (BMB-2)."""
    ended = what_ended(world, transfer)
    if ended is not None:
        raise ended
    sender = world.user(transfer.sender)
    if not all(has_part(world, world.devices[number], sender) for number in transfer.left):
        raise No("NO_PART_IN_DEVICE", "BMB-4")
    transfer.proposed_payer = world.customers[transfer.proposed_customer].payer_id


def _wanted_recipient(world: World, command: SaveTransfer) -> Holder | None:
    named = command.new_recipient
    if named is None:
        return None
    if named.kind == "care_unit":
        if named.unit not in world.care_units:
            raise No("UNKNOWN_CARE_UNIT", "BMB-1")
        return ("care_unit", str(named.unit))
    if named.person not in world.people:
        raise No("UNKNOWN_PERSON", "BMB-1")
    return ("patient", world.current(named.person))


def _check_stores(
    world: World,
    command: SaveTransfer,
    at: Holder,
    wanted: Holder | None,
    *,
    people: list[UserStated],
) -> None:
    own: dict[str, CustomerStated] = {}
    for user in people:
        for place in user.service_points:
            store = world.customers[place].store
            if store is not None:
                own[store] = world.customers[place]
    if command.new_store is not None and wanted is not None:
        raise No("TWO_RECIPIENTS", "BMB-1")
    if at[0] == "store" and wanted is None:
        raise No("NOTHING_CHANGES", "BMB-1")
    left = at[1] if at[0] == "store" else None
    for named in filter(None, (left, command.new_store)):
        if named not in own:
            raise No("NOT_OWN_STORE", "BMB-1")


def _must_be_sendable(world: World, transfer: Transfer, *, by: UserStated) -> None:
    policy = world.policy.transfer
    senders = {Role.PRESCRIBER}
    if policy.sender == "prescriber_and_requester":
        senders.add(Role.REQUESTER)
    if senders.isdisjoint(by.roles):
        raise No("SENDER_NOT_PERMITTED", "BMB-2")
    if not works_at(by, transfer.sending):
        raise No("NOT_RESPONSIBLE", "BMB-2")
    if not transfer.ends_at_patient_from_patient or policy.patient_to_patient == "allowed":
        return
    if policy.patient_to_patient == "forbidden":
        raise No("PATIENT_TO_PATIENT_FORBIDDEN", "BMB-11")
    if not transfer.attested:
        raise No("ATTESTATION_MISSING", "BMB-11")


def _request(world: World, transfer: Transfer, *, by: UserStated) -> None:
    """Inventory claims all devices or none (BMB-12); the clock starts, by policy, now (BMB-7)."""
    transfer.sent_by = by.user_id
    for number in transfer.left:
        device = world.devices[number]
        free = device.store is None or world.balances[device.store, device.article].available > 0
        goes = transfer.new_holder is not None and transfer.new_holder[0] == "store"
        must_go_back = goes and reminders.is_at_once(world, number)  # PCK-7
        if device.claim is not None or device.now.holder != transfer.at or not free or must_go_back:
            transfer.status = "refused"
            return
    for number in transfer.left:
        device = world.devices[number]
        device.claim = ("transfer", transfer.reference)
        if device.store is not None:
            balance = world.balances[device.store, device.article]
            balance.available -= 1
            balance.reserved += 1
    transfer.status = "sent"
    days = world.policy.transfer.expiry.days
    transfer.deadline_on = world.today + timedelta(days=days + 1)


def _must_be_answerable(world: World, transfer: Transfer, by: UserStated) -> None:
    if transfer.status != "sent" or transfer.deadline_on is None:
        raise No("NOT_OPEN", "BMB-4")
    if world.today >= transfer.deadline_on:
        raise No("DEADLINE_PASSED", "BMB-7")
    if not may_answer(world, transfer.receiving, by):
        raise No("NOT_RESPONSIBLE", "BMB-9")


def _must_be_divisible(world: World, transfer: Transfer, rejected: list[str]) -> None:
    if rejected and world.policy.transfer.bundle == "whole":
        raise No("BUNDLE_WHOLE", "BMB-5")
    if transfer.status == "sent" and not {*rejected} <= {*transfer.left}:
        raise No("NOT_IN_TRANSFER", "BMB-5")


def _must_say_why(world: World, message: str | None) -> None:
    if world.policy.transfer.rejection_message == "mandatory" and not (message or "").strip():
        raise No("MESSAGE_MISSING", "BMB-5")


def _decide(world: World, transfer: Transfer, customer: str, payer: str, *, on: date) -> None:
    transfer.customer, transfer.payer = customer, payer
    transfer.effective_on = max(transfer.transfer_date, on)
    if transfer.effective_on <= world.today:
        take_effect(world, transfer)


def _free(world: World, numbers: Iterable[str]) -> None:
    for number in numbers:
        device = world.devices[number]
        device.claim = None
        if device.store is not None:
            balance = world.balances[device.store, device.article]
            balance.available += 1
            balance.reserved -= 1
            stock.serve(world, device.store, device.article)


def _transfer(world: World, reference: str, rule: str) -> Transfer:
    if reference not in world.transfers:
        raise No("UNKNOWN_TRANSFER", rule)
    return world.transfers[reference]
