"""The rules of stolen, lost and damaged devices: what is recorded, and who decides that who pays
(INV-15). No clock, no database.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kvitt_contracts.inventory import (
    CustodyCause,
    CustodyChanged,
    DeviceDamageRecorded,
    DeviceStatusChanged,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceId,
    Holder,
    Money,
    PatientPayer,
    PatientRecipient,
    Payer,
    PayerId,
    StoreHolder,
    StoreId,
    UnitPayer,
    UserId,
    Word,
)

from inventory.devices.domain import (
    Claim,
    ClaimKind,
    Device,
    DeviceStatus,
    change_custody,
)
from inventory.devices.records.domain import (
    DAMAGE,
    MISSING,
    Damage,
    DamageKind,
    Outcome,
)

MOST: Final = Money(net_ore=100_000_000)
"""A million kronor: no device costs more, and a slip of the keys is no debt."""

_OVER: Final = frozenset({Outcome.WITHDRAWN, Outcome.FOUND})
_PAID: Final = frozenset({Outcome.UNIT_PAYS, Outcome.PATIENT_PAYS})
_KIND_WORDS: Final = frozenset(map(Word, DamageKind))
_SAID: Final = frozenset(map(Word, Outcome)) - {Word(Outcome.FOUND)}


class DamageRefused(Refused):
    """It cannot be recorded or decided so, or not by who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What customer service decides. `is_payer`: some unit is paid for by `payer_id`. `holder`: who
    had the device on the day.
    """

    outcome: Word
    payer_id: PayerId | None
    amount: Money | None
    is_payer: bool
    holder: Holder | None


def kind_of(kind: Word) -> DamageKind:
    """What has happened. Raises DamageRefused: UNKNOWN_KIND. Source: INV-15."""
    if kind not in _KIND_WORDS:
        raise _refusal("UNKNOWN_KIND", field="kind", way_on=_KINDS)
    return DamageKind(kind)


# decision 0438: one record of a kind and a day, which is told whole each time
def report(
    device_id: DeviceId,
    device: Device,
    *,
    kind: DamageKind,
    on: date,
    decision: Decision,
    claim: Claim | None,
    is_customer_service: bool,
    has_note: bool,
    by: UserId,
) -> DeviceDamageRecorded:
    """Record what has happened to a device on a Stockholm day (INV-15).

    Raises DamageRefused: it is recorded already; who asks may not decide, or what is decided cannot
    be (see `decide`). Of what is stolen or lost besides: it is nobody's any more (INV-7), it is
    searched for already (INV-10), it is on its way (BMB-12), it was elsewhere on that day (DAY-5).
    """
    known = _record_of(device, kind, on)
    if known is not None and known.outcome not in _OVER:
        raise _refusal("ALREADY_RECORDED", field="happened_on", way_on=_RECORDED)
    if kind in MISSING:
        _check_can_be_missing(device, claim, on)
    if _outcome_of(decision) is Outcome.UNDECIDED:
        _check_nobody_pays(decision)
        return _recorded(device_id, kind, on, Outcome.UNDECIDED, has_note=has_note, by=by)
    if not is_customer_service:
        raise _refusal("CUSTOMER_SERVICE_ONLY", field="outcome", way_on=_SERVICE_DECIDES)
    if _outcome_of(decision) is Outcome.WITHDRAWN:
        raise _refusal("UNKNOWN_OUTCOME", field="outcome", way_on=_OUTCOMES)
    outcome, payer = _decided(decision)
    amount = decision.amount
    return _recorded(
        device_id, kind, on, outcome, payer=payer, amount=amount, has_note=has_note, by=by
    )


def decide(
    device_id: DeviceId,
    device: Device,
    *,
    kind: DamageKind,
    on: date,
    decision: Decision,
    by: UserId,
) -> tuple[DeviceDamageRecorded, ...]:
    """Decide who pays for what was recorded, or decide it anew; no event where that is so already.

    Raises DamageRefused: nothing is recorded of that kind and day; it is found; that something is
    missing is not taken back, it is found; no such decision; a payer or an amount is missing, of no
    unit, or out of bounds, or stands where nobody pays it (INV-15); no patient had it on that day.
    """
    known = _record_of(device, kind, on)
    if known is None:
        raise _refusal("NOT_RECORDED", field="happened_on", way_on=_NOT_RECORDED)
    if known.outcome is Outcome.FOUND:
        raise _refusal("FOUND_AGAIN", field="outcome", way_on=_FOUND)
    if _outcome_of(decision) is Outcome.WITHDRAWN and kind in MISSING:
        raise _refusal("FIND_IT_INSTEAD", field="outcome", way_on=_FIND_IT)
    outcome, payer = _decided(decision)
    if (outcome, payer, decision.amount) == (known.outcome, known.payer, known.amount):
        return ()
    return (
        _recorded(
            device_id,
            kind,
            on,
            outcome,
            payer=payer,
            amount=decision.amount,
            has_note=known.has_note,
            by=by,
        ),
    )


def go_missing(
    device_id: DeviceId, device: Device, *, kind: DamageKind, away: StoreId, on: date
) -> tuple[DeviceStatusChanged, CustodyChanged]:
    """What was stolen or lost is `lost` from that day on, and stands in the investigation store:
    nobody has it, and nobody pays for it (INV-15, BIL-1).
    """
    lost = DeviceStatusChanged(
        device_id=device_id, kind=Word(DeviceStatus.LOST), since_on=on, cause=DAMAGE
    )
    changed = change_custody(
        device_id,
        device,
        holder=StoreHolder(store=away),
        payer_id=None,
        customer_id=None,
        prescriber=None,
        since=on,
        cause=CustodyCause(damage=Word(kind)),
    )
    return lost, changed


def refuse_moved() -> DamageRefused:
    """The refusal where the device changed store while it was reported."""
    return _refusal("JUST_MOVED", field="device_number", way_on=_JUST_MOVED)


def refuse_promised() -> DamageRefused:
    """The refusal where the store has promised all that it has: no balance falls below zero."""
    return _refusal("RESERVED_FOR_ORDERS", rule="ORD-4", field=None, way_on=_FREE_ONE_FIRST)


def refuse_without_investigation_store() -> DamageRefused:
    """The refusal where the region has no store for what is missing (INV-10)."""
    return _refusal("NO_INVESTIGATION_STORE", rule="INV-10", field=None, way_on=_NO_STORE)


def _record_of(device: Device, kind: DamageKind, on: date) -> Damage | None:
    found = (one for one in device.damages if (one.kind, one.happened_on) == (kind, on))
    return next(found, None)


def _check_can_be_missing(device: Device, claim: Claim | None, on: date) -> None:
    if device.is_gone:
        raise _refusal("DEVICE_GONE", rule="INV-7", field="device_number", way_on=_GONE)
    if claim is not None and claim.kind is ClaimKind.INVESTIGATION:
        raise _refusal("ALREADY_MISSING", rule="INV-10", field="device_number", way_on=_SEARCHED)
    if claim is not None and claim.kind is ClaimKind.DISPATCH:
        raise _refusal("IN_DISPATCH", rule="BMB-12", field="device_number", way_on=_ON_ITS_WAY)
    if on < device.custody.since:
        raise _refusal(
            "HAPPENED_BEFORE_IT_CAME",
            rule="DAY-5",
            field="happened_on",
            way_on=_CAME_LATER,
            came_on=device.custody.since,
        )


def _outcome_of(decision: Decision) -> Outcome:
    if decision.outcome not in _SAID:
        raise _refusal("UNKNOWN_OUTCOME", field="outcome", way_on=_OUTCOMES)
    return Outcome(decision.outcome)


def _decided(decision: Decision) -> tuple[Outcome, Payer | None]:
    outcome = _outcome_of(decision)
    if outcome is Outcome.UNDECIDED:
        raise _refusal("UNKNOWN_OUTCOME", field="outcome", way_on=_OUTCOMES)
    if outcome not in _PAID:
        _check_nobody_pays(decision)
        return outcome, None
    payer = _payer_of(outcome, decision)
    if decision.amount is None:
        raise _refusal("AMOUNT_MISSING", field="amount", way_on=_HOW_MUCH)
    if not 0 < decision.amount.net_ore <= MOST.net_ore:
        raise _refusal("AMOUNT_OUT_OF_BOUNDS", field="amount", way_on=_BOUNDS)
    return outcome, payer


def _payer_of(outcome: Outcome, decision: Decision) -> Payer:
    if outcome is Outcome.PATIENT_PAYS:
        if decision.payer_id is not None:
            raise _refusal("PAYER_NOT_A_PATIENT", field="payer_id", way_on=_NO_PAYER)
        if not isinstance(decision.holder, PatientRecipient):
            raise _refusal("NO_PATIENT_HAD_IT", field="outcome", way_on=_NO_PATIENT)
        return PatientPayer(person=decision.holder.person)
    if decision.payer_id is None:
        raise _refusal("PAYER_MISSING", field="payer_id", way_on=_WHO)
    if not decision.is_payer:
        raise _refusal("UNKNOWN_PAYER", rule="REF-4", field="payer_id", way_on=_NO_SUCH_PAYER)
    return UnitPayer(payer_id=decision.payer_id)


def _check_nobody_pays(decision: Decision) -> None:
    for field in ("payer_id", "amount"):
        if getattr(decision, field) is not None:
            raise _refusal("NOBODY_PAYS_THAT", field=field, way_on=_LEAVE_OUT)


def _recorded(
    device_id: DeviceId,
    kind: DamageKind,
    on: date,
    outcome: Outcome,
    *,
    has_note: bool,
    by: UserId,
    payer: Payer | None = None,
    amount: Money | None = None,
) -> DeviceDamageRecorded:
    return DeviceDamageRecorded(
        device_id=device_id,
        kind=Word(kind),
        happened_on=on,
        outcome=Word(outcome),
        payer=payer,
        amount=amount,
        has_note=has_note,
        by=by,
    )


def _refusal(
    reason: str, *, way_on: str, field: str | None, rule: str = "INV-15", **values: object
) -> DamageRefused:
    return DamageRefused(reason, rule=rule, field=field, way_on=way_on, **values)


_KINDS = "Ange om hjälpmedlet är stulet (stolen), förlorat (lost) eller skadat (damaged)."
_RECORDED = (
    "Det är redan registrerat för den dagen: kundtjänst beslutar om det som finns. Gäller det en "
    "annan händelse, kontrollera dagen."
)
_SERVICE_DECIDES = "Utelämna beslutet: kundtjänst beslutar vem som betalar när det är registrerat."
_OUTCOMES = (
    "Ange vem som betalar: en enhet (unit_pays), patienten (patient_pays) eller ingen "
    "(nobody_pays). En skada som inte har hänt tas tillbaka när den är registrerad (withdrawn)."
)
_NOT_RECORDED = "Kontrollera slag och dag: inget sådant är registrerat på hjälpmedlet."
_FOUND = "Hjälpmedlet är hittat, och ingen betalar: saknas det igen registreras det på nytt."
_FIND_IT = (
    "Det som är stulet eller förlorat är borta från den som hade det: registrera i stället att "
    "hjälpmedlet är hittat, så betalar ingen för det."
)
_GONE = "Hjälpmedlet är skrotat, sålt eller återlämnat till leverantören: kontrollera numret."
_SEARCHED = "Hjälpmedlet saknas redan, och söks: inget mer behöver göras."
_ON_ITS_WAY = "Hjälpmedlet är på väg till en mottagare: registrera leveransen eller returen först."
_CAME_LATER = (
    "Hjälpmedlet kom dit det är, eller bytte betalare, efter den dagen: ange den dagen eller en "
    "senare."
)
_HOW_MUCH = "Ange vad som ska betalas, utan moms."
_BOUNDS = "Ange ett belopp större än 0 och högst en miljon kronor, utan moms."
_NO_PAYER = "Utelämna betalaren: när patienten betalar är det den som hade hjälpmedlet."
_NO_PATIENT = "Ingen patient hade hjälpmedlet den dagen: välj en enhet, eller att ingen betalar."
_WHO = "Ange enhetens betalare."
_NO_SUCH_PAYER = "Kontrollera betalaren: ingen enhet har den."
_LEAVE_OUT = "Utelämna fältet: ingen betalar."
_JUST_MOVED = "Hjälpmedlet flyttades just: försök igen."
_FREE_ONE_FIRST = (
    "Förrådet har lovat bort sitt saldo av artikeln till beställningar: makulera en av dem, eller "
    "vänta tills fler har kommit in."
)
_NO_STORE = "Regionen har inget utredningsförråd att söka hjälpmedlet i: lägg upp ett först."
