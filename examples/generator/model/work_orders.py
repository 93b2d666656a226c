"""Work orders: registered on a device that somebody has, planned, started, finished, voided (ACT-1
… ACT-4).

Each raises No with the reason and the rule when it is refused.
"""

from datetime import date, timedelta

from kvitt_contracts.orders import (
    FinishWorkOrder,
    PlanWorkOrder,
    RegisterWorkOrder,
    StartWorkOrder,
    VoidWorkOrder,
)
from kvitt_contracts.regions import UserStated
from kvitt_contracts.types import Role

from examples.generator.model.pickups import was_ever_lent
from examples.generator.model.state import Holder, No, WorkOrder, World
from examples.generator.model.trade import Charge

_KINDS = (
    *("tied_to_order", "adjustment", "repair", "special_adaptation", "warranty_repair"),
    *("installation", "dismantling", "installed_repair", "maintenance", "application"),
)
_ON_A_DEVICE = ("repair", "warranty_repair", "installation", "installed_repair", "maintenance")
_OUTCOMES = {
    "warranty_repair": ("repaired", "replaced", "not_warranty"),
    "installation": ("done", "repaired", "replaced", "not_warranty"),
    "repair": ("done", "repaired", "replaced"),
    "installed_repair": ("done", "repaired", "replaced"),
}
_OPEN = ("assigned", "planned", "started")
_FINISH_DAYS = 30
_RENUMBER_DAYS = 14


def register(world: World, subject: str, command: RegisterWorkOrder) -> None:
    """Have work done on a device that somebody has (ACT-2)."""
    if command.kind == "application":
        raise No("APPLICATION_OVER_HTTP_ONLY", "ACT-5")
    if subject in world.works:
        raise No("ALREADY_REGISTERED", "ACT-2")
    requester = world.user(command.requester)
    if command.service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    at, is_reachable = _recipient(world, command)
    number, service = command.device_number, command.service_article
    device = world.devices.get(number or "")
    if number is not None and (device is None or not was_ever_lent(device)):
        raise No("UNKNOWN_DEVICE", "ACT-2")
    if service is not None and service not in world.articles:
        raise No("UNKNOWN_ARTICLE", "ACT-2")
    _must_be_theirs(world, command, requester)
    _must_suit(world, command, at)
    if not is_reachable:
        raise No("PHONE_MISSING", "ACT-2")
    world.works[subject] = WorkOrder(
        reference=subject,
        kind=command.kind,
        device=number,
        service=service,
        payer=command.payer_id or world.customers[command.service_point].payer_id,
        service_point=command.service_point,
        requester=command.requester,
        late_on=world.today + timedelta(days=_FINISH_DAYS + 1),
    )


def plan(world: World, subject: str, command: PlanWorkOrder) -> None:
    """Say when it is expected to be done (ACT-3)."""
    work = _work(world, subject)
    if command.technician is not None:
        world.user(command.technician)
    _must_be_open(work)
    if work.status == "started":
        raise No("STARTED", "ACT-3")
    if command.technician is not None:
        _must_be_technician(world.user(command.technician))
    work.status, work.planned_on = "planned", command.planned_on
    work.technician = command.technician


def start(world: World, subject: str, command: StartWorkOrder) -> None:
    """A technician begins (ACT-3)."""
    work = _work(world, subject)
    _must_be_open(work)
    _must_be_technician(world.user(command.technician))
    work.status, work.technician = "started", command.technician


def finish(
    world: World, subject: str, command: FinishWorkOrder, *, has_action: bool = False
) -> None:
    """End it with what came of it; a warranty repair ends where it is (ACT-4). `has_action`: what
    was done is recorded, which no message can say.
    """
    work, by = _work(world, subject), world.user(command.by)
    is_theirs = work.kind == "warranty_repair" and _works_with(work, by)
    if not is_theirs and Role.CUSTOMER_SERVICE not in by.roles:
        raise No("NOT_A_TECHNICIAN", "ACT-3")
    if command.outcome not in _OUTCOMES.get(work.kind, ("done",)):
        raise No("OUTCOME_NOT_OF_KIND", "ACT-4")
    _must_be_open(work)
    work.status, work.outcome = "finished", command.outcome
    work.finished_on, work.quantity = command.finished_on, command.quantity
    work.late_on = date.max
    _charge(world, work)
    if has_action:
        _compensate(world, work)
    if command.outcome == "replaced" and not work.is_renumbered:
        work.awaits_number = True
        work.late_on = command.finished_on + timedelta(days=_RENUMBER_DAYS + 1)


def void(world: World, subject: str, command: VoidWorkOrder) -> None:
    """Let nothing be done (ACT-3)."""
    work, by = _work(world, subject), world.user(command.by)
    is_staff = Role.CUSTOMER_SERVICE in by.roles
    if not (is_staff or _works_with(work, by)):
        raise No("NOT_YOUR_WORK_ORDER", "REF-3")
    if work.status == "voided":
        return
    _must_be_open(work)
    if work.status == "started" and not is_staff:
        raise No("STARTED", "ACT-3")
    work.status, work.late_on = "voided", date.max


def fall_late(world: World, work: WorkOrder) -> None:
    """The last day of what it waits for has passed: customer service is told."""
    is_decided = work.kind == "application" and work.status == "finished"
    if work.late_on <= world.today and not is_decided:
        work.is_late = True


def _charge(world: World, work: WorkOrder) -> None:
    """A service is charged by its price on the day (BIL-2); the supplier pays for its warranty."""
    if work.service is None or work.kind == "warranty_repair":
        return
    assert work.finished_on is not None
    assert work.quantity is not None
    price = world.price(work.service, work.finished_on)
    assert price is not None, f"{work.service} has no price on {work.finished_on}"
    world.charges.append(
        Charge(
            kind="service",
            day=work.finished_on,
            payer=work.payer,
            article=work.service,
            quantity=work.quantity,
            net_ore=price.net_ore * work.quantity,
            vat_percent=price.vat_percent,
        )
    )


def _compensate(world: World, work: WorkOrder) -> None:
    """A private clinic gets the postage of a warranty repair that was one (BIL-12)."""
    place, postage = world.customers[work.service_point], world.policy.postage
    was_warranty = work.kind == "warranty_repair" and work.outcome != "not_warranty"
    if postage is None or not was_warranty or not place.private_clinic:
        return
    assert work.finished_on is not None
    world.charges.append(
        Charge(
            kind="postage",
            day=work.finished_on,
            payer=work.payer,
            article=None,
            quantity=1,
            net_ore=-postage.net_ore,
            vat_percent=postage.vat_percent,
        )
    )


def _recipient(world: World, command: RegisterWorkOrder) -> tuple[Holder, bool]:
    """Who has the device, and whether an address and a phone are known there."""
    named = command.recipient
    if named.kind == "care_unit":
        if named.unit not in world.care_units:
            raise No("UNKNOWN_CARE_UNIT", "ACT-2")
        return ("care_unit", str(named.unit)), False
    if named.person not in world.people:
        raise No("UNKNOWN_PERSON_ID", "REF-1")
    current = world.current(named.person)
    person = world.people[current]
    if not person.active:
        raise No("RECIPIENT_INACTIVE", "REF-14")
    return ("patient", current), person.has_address and person.has_phone


def _must_be_theirs(world: World, command: RegisterWorkOrder, requester: UserStated) -> None:
    if not world.customers[command.service_point].is_service_point:
        raise No("NOT_A_SERVICE_POINT", "REF-3")
    is_staff = Role.CUSTOMER_SERVICE in requester.roles
    if not is_staff and command.service_point not in requester.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")


def _must_suit(world: World, command: RegisterWorkOrder, at: Holder) -> None:
    """What its kind asks for is there (ACT-1)."""
    number, service = command.device_number, command.service_article
    if command.kind not in _KINDS:
        raise No("UNKNOWN_WORD", "ACT-1")
    if command.kind in _ON_A_DEVICE and number is None:
        raise No("DEVICE_MISSING", "ACT-1")
    if number is None:
        raise No("NOTHING_TO_WORK_ON", "ACT-2")
    if world.devices[number].now.holder != at:
        raise No("NOT_AT_RECIPIENT", "ACT-2")
    if service is None and command.kind in ("repair", "warranty_repair"):
        raise No("SERVICE_MISSING", "ACT-1")
    if service is not None and world.articles[service].type != "service":
        raise No("NOT_A_SERVICE", "ACT-1")
    if command.kind == "special_adaptation" and not command.attests_outside_instructions:
        raise No("NOT_ATTESTED", "ACT-1")


def _works_with(work: WorkOrder, user: UserStated) -> bool:
    return user.user_id == work.requester or work.service_point in user.service_points


def _must_be_open(work: WorkOrder) -> None:
    if work.status not in _OPEN:
        raise No("ENDED", "ACT-3")


def _must_be_technician(user: UserStated) -> None:
    if Role.CUSTOMER_SERVICE not in user.roles:
        raise No("NOT_A_TECHNICIAN", "ACT-3")


def _work(world: World, reference: str) -> WorkOrder:
    if reference not in world.works:
        raise No("UNKNOWN_WORK_ORDER", "ACT-3")
    return world.works[reference]
