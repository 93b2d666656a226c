"""Devices that come back to the central store when the policy has them made fit again: one is
inspected, cleaned, repaired and approved, and goes to who has waited for it; one is scrapped in the
workshop; one is inspected, and waits still.

They are sold, not rented: no day of them costs anybody anything.
"""

from datetime import date
from typing import Final

from kvitt_contracts.inventory import RegisterReturn
from kvitt_contracts.orders import Delivery, LineToOrder, PlaceOrder, UnitAddress
from kvitt_contracts.regions import DeviceReturned, ReconditioningStated
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    DeviceNumber,
    ReasonCode,
    StoreId,
    UserId,
    Word,
)

from examples.generator.fetching import STAFF, TECHNICIAN
from examples.generator.month import AUTUMN
from examples.generator.own_devices import numbered
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team
from examples.generator.telling import Goods, Teller

LIFT: Final = ArticleNumber("39976-01")
_AT: Final = 1
_FIRST: Final = 48201
_DEVICES: Final = 4


def state(told: Goods, profile: Profile, units: Units) -> None:
    """What a care unit has."""
    told.article(LIFT, "Mobil lyft till vårdenhet", "123603", net_ore=1_245_000, marked=True)
    for number in numbered(profile, _FIRST, _DEVICES):
        told.device_at_unit(number, LIFT, units, at=_AT)


def tell(teller: Teller) -> None:
    """They are nobody else's all month."""
    teller.month.keep(numbered(teller.profile, _FIRST, _DEVICES))


# decision 0499: nothing else comes back while the policy is in force
def tell_in_autumn(teller: Teller) -> None:
    """Returned, inspected, cleaned, repaired, approved; scrapped."""
    approved, scrapped, waits, lent = numbered(teller.profile, _FIRST, _DEVICES)
    before, returned, done = AUTUMN
    central = StoreId(teller.profile.central)
    name = f"{teller.profile.sends_order}-REKOND"
    teller.say(before, "orders", f"{name}-1", _order(teller))
    back = DeviceReturned(version=1, device_number=approved, store=central, returned_on=returned)
    teller.say(returned, "inventory", approved, back)
    _state(teller, returned, approved, "inspected", returned)
    rest = RegisterReturn(store=central, devices=(scrapped, waits), returned_on=returned, by=STAFF)
    teller.say(returned, "inventory", f"{name}-2", rest)

    third, fourth, seventh = (done.replace(day=day) for day in (3, 4, 7))
    _state(teller, done, approved, "approved", third)  # it is not cleaned
    _state(teller, done, approved, "cleaned", third)
    _state(teller, done, approved, "repaired", fourth)
    _state(teller, done, approved, "approved", seventh)
    _state(teller, done, approved, "inspected", seventh)  # it is available by now
    _state(teller, done, scrapped, "cleaned", third)  # it is not inspected
    _state(teller, done, scrapped, "inspected", third)
    _state(teller, done, scrapped, "scrapped", fourth)  # and nobody says why
    _state(teller, done, scrapped, "scrapped", seventh, reason="PARTS_MISSING")
    by, *_ = team(teller.units, _AT)
    _state(teller, done, waits, "inspected", third, technician=by)
    _state(teller, done, waits, "inspected", before)  # it had not come
    _state(teller, done, waits, "inspected", seventh)
    _state(teller, done, lent, "inspected", seventh)


def _state(
    teller: Teller,
    day: date,
    number: DeviceNumber,
    stage: str,
    done_on: date,
    *,
    technician: UserId = TECHNICIAN,
    reason: str | None = None,
) -> None:
    fact = ReconditioningStated(
        version=1,
        device_number=number,
        stage=Word(stage),
        done_on=done_on,
        technician=technician,
        reason=ReasonCode(reason) if reason else None,
    )
    teller.say(day, "inventory", number, fact)


def _order(teller: Teller) -> PlaceOrder:
    """One more unit wants what the central store has none of."""
    by, *_ = team(teller.units, _AT)
    return PlaceOrder(
        recipient=CareUnitRecipient(unit=teller.units.care_units[1].unit),
        prescriber=by,
        service_point=service_point_at(teller.units, _AT),
        lines=(LineToOrder(article_number=LIFT),),
        delivery=Delivery(to=UnitAddress()),
    )
