"""The rules of acknowledging a transfer: accept and reject. No clock, no database."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime

from kvitt_contracts.bmb import (
    RejectedLine,
    TransferAccepted,
    TransferEvent,
    TransferLinesRejected,
    TransferRejected,
)
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.policy import RegionPolicy, TransferPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId, DeviceNumber, PayerId, UserId

from bmb.domain import Reason, Status, Transfer, takes_effect_on
from bmb.parties.domain import Parties, is_own, refuse_ended
from bmb.register.domain import Customer, User
from bmb.responsibles.domain import refuse_others


def accept(
    transfer: Transfer,
    *,
    by: User,
    customer: Customer,
    payer_id: PayerId | None,
    parties: Parties,
    own_payers: Set[PayerId] = frozenset(),
    policy: RegionPolicy,
    now: datetime,
    has_message: bool = False,
    at_once: bool = False,
    rejecting: Set[DeviceId] = frozenset(),
) -> tuple[TransferEvent, ...]:
    """Accept a sent transfer, for a customer of the receiving side or the proposed one (BMB-4); but
    for the devices that he is `rejecting`, where the policy lets them be answered one by one. All
    of them rejected is a rejection (BMB-5).

    `own_payers` are those of the units of `by`. Raises Refused: not open, past its deadline
    (BMB-7), a party that has ended (REF-14, BMB-1), `by` may not answer or sent it himself, a
    customer of somebody else, a payer that the policy does not let `by` choose; devices that are
    rejected against the policy, without a reason that it requires, or that are not in it (BMB-5).
    """
    payer = payer_id or customer.payer_id
    chosen = (transfer.customer_id, transfer.payer_id, {*transfer.rejected})
    if transfer.status is Status.ACCEPTED and chosen == (customer.id, payer, rejecting):
        return ()
    if rejecting:
        _refuse_bundle(policy.transfer)
        if rejecting == {*transfer.remaining}:
            return reject(
                transfer,
                by=by,
                responsible=parties.responsible,
                policy=policy,
                now=now,
                has_message=has_message,
            )
    _refuse_closed(transfer, now=now)
    _refuse_devices_elsewhere(transfer, rejecting)
    parties = replace(
        parties, devices=tuple(one for one in parties.devices if one.id not in rejecting)
    )
    refuse_to_accept(
        transfer,
        by=by,
        customer=customer,
        payer_id=payer,
        parties=parties,
        own_payers=own_payers,
        policy=policy,
    )
    if rejecting:
        _refuse_without_message(policy.transfer, has_message=has_message)
    return (
        *_rejected_lines(transfer, rejecting, by=by, has_message=has_message),
        TransferAccepted(
            transfer_id=transfer.id,
            devices=_those_in(transfer, {*transfer.remaining} - rejecting),
            new_recipient=transfer.new_recipient,
            new_store=transfer.new_store,
            new_prescriber=transfer.new_prescriber,
            customer_id=customer.id,
            payer_id=payer,
            effective_on=takes_effect_on(
                transfer, decided_on=stockholm_day(now), policy=policy.transfer
            ),
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            policy=policy.pin,
            has_message=has_message,
            at_once=at_once,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who sends a transfer and accepts it too, for which customer, with the parties of today."""

    by: User
    customer: Customer
    parties: Parties


# decision 0308: what may not be accepted at once waits as others do
def accept_at_once(
    transfer: Transfer, acceptance: Acceptance, *, policy: RegionPolicy, now: datetime
) -> tuple[TransferEvent, ...]:
    """Accept what has just been sent, as its sender asked for (BMB-4). Where `accept` raises
    Refused there is no event: then it waits to be acknowledged.
    """
    try:
        return accept(
            transfer,
            by=acceptance.by,
            customer=acceptance.customer,
            payer_id=None,
            parties=acceptance.parties,
            policy=policy,
            now=now,
            at_once=True,
        )
    except Refused:
        return ()


def refuse_to_accept(
    transfer: Transfer,
    *,
    by: User,
    customer: Customer,
    payer_id: PayerId,
    parties: Parties,
    own_payers: Set[PayerId] = frozenset(),
    policy: RegionPolicy,
) -> None:
    """Raises Refused for what stands against `by` accepting it for a customer, apart from where the
    transfer is in its life: `accept` names the reasons.
    """
    refuse_others(by, transfer.receiving_service_point, parties.responsible)
    _refuse_own_transfer(transfer, by=by, parties=parties)
    refuse_ended(parties)
    _refuse_customer(transfer, by=by, customer=customer)
    _refuse_payer(
        transfer,
        payer_id,
        customer=customer,
        own_payers=own_payers,
        parties=parties,
        policy=policy.transfer,
    )


def _refuse_own_transfer(transfer: Transfer, *, by: User, parties: Parties) -> None:
    if by.id not in {transfer.sender, transfer.sent_by}:
        return
    if all(is_own(device, by) for device in parties.devices):
        return  # both sides are his already: his units pay for what his unit takes over
    raise Refused(
        Reason.SENT_BY_ONESELF,
        rule="BMB-4",
        field="by",
        way_on="Be en kollega vid det mottagande tjänstestället att kvittera.",
    )


def _refuse_customer(transfer: Transfer, *, by: User, customer: Customer) -> None:
    units = {*by.service_points, transfer.receiving_service_point, transfer.proposed_customer}
    if customer.id not in units:
        raise Refused(
            Reason.CUSTOMER_OF_ANOTHER_SIDE,
            rule="BMB-4",
            field="customer_id",
            way_on="Välj ett av dina tjänsteställen eller den kund som är föreslagen.",
            customer=customer.id,
        )


# decision 0235: a payer who has no part in the transfer is not named
def _refuse_payer(
    transfer: Transfer,
    payer: PayerId,
    *,
    customer: Customer,
    own_payers: Set[PayerId],
    parties: Parties,
    policy: TransferPolicy,
) -> None:
    if payer == customer.payer_id:
        return
    if policy.ack_payer == "follows_customer":
        raise Refused(
            Reason.PAYER_FOLLOWS_CUSTOMER,
            rule="BMB-4",
            field="payer_id",
            way_on="Utelämna betalaren: den följer av kunden. Välj den kund vars betalare avses.",
            payer=customer.payer_id,
        )
    if payer not in payers_to_choose(
        transfer, own_payers=own_payers, parties=parties, policy=policy
    ):
        raise Refused(
            Reason.PAYER_NOT_INVOLVED,
            rule="BMB-4",
            field="payer_id",
            way_on="Välj ett av dina tjänsteställens betalare, den föreslagna eller den nuvarande.",
            payer=payer,
        )


# decision 0344: a payer is chosen at acknowledgement, among those that take part
def payers_to_choose(
    transfer: Transfer,
    *,
    own_payers: Set[PayerId],
    parties: Parties,
    policy: TransferPolicy,
) -> frozenset[PayerId]:
    """The payers of whom one may be chosen by itself, whoever the customer is: those of the
    accepting user's own units, the proposed one, and the one who pays for all of it now (BMB-4).
    None where the payer follows the customer.
    """
    if policy.ack_payer != "chosen":
        return frozenset()
    pay_now = {device.payer for device in parties.devices}
    pays_for_all = {one for one in pay_now if one is not None and len(pay_now) == 1}
    return frozenset({*own_payers, transfer.proposed_payer, *pays_for_all})


def reject(
    transfer: Transfer,
    *,
    by: User,
    responsible: Set[UserId] = frozenset(),
    policy: RegionPolicy,
    now: datetime,
    has_message: bool,
) -> tuple[TransferEvent, ...]:
    """Reject a sent transfer: it is void and its devices are free (BMB-5).

    `responsible` may acknowledge, where anybody is named. Raises Refused as `accept` does, and
    where the policy requires a message and there is none (MESSAGE_MISSING, BMB-5).
    """
    if transfer.status is Status.REJECTED:
        return ()
    _refuse_closed(transfer, now=now)
    refuse_others(by, transfer.receiving_service_point, responsible)
    _refuse_without_message(policy.transfer, has_message=has_message)
    return (
        TransferRejected(
            transfer_id=transfer.id,
            devices=transfer.remaining,
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            has_message=has_message,
        ),
    )


# decision 0343: a region names a device that it rejects by its number
def rejected_devices(
    lines: Collection[RejectedLine], numbered: Mapping[DeviceNumber, DeviceId]
) -> frozenset[DeviceId]:
    """The devices that an answer rejects; `numbered` are those of the transfer, by the numbers
    that it names them by. Raises Refused for a number of none of them (NOT_IN_TRANSFER, BMB-5).
    """
    numbers = {one.device_number for one in lines if one.device_number is not None}
    elsewhere = numbers - {*numbered}
    if elsewhere:
        raise _not_in_transfer(elsewhere)
    ids = {one.device_id for one in lines if one.device_id is not None}
    return frozenset(ids | {numbered[one] for one in numbers})


# decision 0324: a bundle is answered line by line in one act
def _rejected_lines(
    transfer: Transfer, rejecting: Set[DeviceId], *, by: User, has_message: bool
) -> tuple[TransferLinesRejected, ...]:
    if not rejecting:
        return ()
    return (
        TransferLinesRejected(
            transfer_id=transfer.id,
            devices=_those_in(transfer, rejecting),
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            has_message=has_message,
            by=by.id,
        ),
    )


def _those_in(transfer: Transfer, devices: Set[DeviceId]) -> tuple[DeviceId, ...]:
    """These devices, in the order in which the transfer names them."""
    return tuple(one for one in transfer.remaining if one in devices)


def _refuse_bundle(policy: TransferPolicy) -> None:
    if policy.bundle == "whole":
        raise Refused(
            Reason.BUNDLE_WHOLE,
            rule="BMB-5",
            field="reject",
            way_on="Godkänn hela bytet, eller avslå det och be om ett nytt med färre hjälpmedel.",
        )


def _refuse_devices_elsewhere(transfer: Transfer, rejecting: Set[DeviceId]) -> None:
    elsewhere = rejecting - {*transfer.remaining}
    if elsewhere:
        raise _not_in_transfer(elsewhere)


def _not_in_transfer(devices: Set[DeviceId] | Set[DeviceNumber]) -> Refused:
    return Refused(
        Reason.NOT_IN_TRANSFER,
        rule="BMB-5",
        field="reject",
        way_on="Läs om bytet: avslå bara hjälpmedel som ännu är med i det.",
        devices=sorted(str(one) for one in devices),
    )


def _refuse_without_message(policy: TransferPolicy, *, has_message: bool) -> None:
    if policy.rejection_message == "mandatory" and not has_message:
        raise Refused(
            Reason.MESSAGE_MISSING,
            rule="BMB-5",
            field="message",
            way_on="Skriv till avsändaren varför bytet inte godkänns.",
        )


def _refuse_closed(transfer: Transfer, *, now: datetime) -> None:
    if transfer.status is not Status.SENT or transfer.deadline is None:
        raise Refused(
            Reason.NOT_OPEN,
            rule="BMB-4",
            way_on="Bara ett skickat byte som ingen har svarat på kan kvitteras.",
            status=transfer.status,
        )
    if now >= transfer.deadline:
        raise Refused(
            Reason.DEADLINE_PASSED,
            rule="BMB-7",
            way_on="Tiden för att kvittera är ute; se vad som har hänt med bytet.",
            deadline=transfer.deadline,
        )
