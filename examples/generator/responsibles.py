"""Who answers the transfers of three of a region's service points: of one the main responsible is
away for some days, and of one the main responsible leaves, so that nobody is.

What changes on a day changes nobody's part in what others do that day.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.bmb import AcceptTransfer, SaveTransfer
from kvitt_contracts.envelope import Command
from kvitt_contracts.regions import DeviceStated, ResponsiblesStated, UserStated
from kvitt_contracts.types import (
    CustomerId,
    DeviceNumber,
    NamedPatient,
    RegionPersonId,
    Role,
    ServicePointId,
    UserId,
)

from examples.generator.catalogue import Listed
from examples.generator.month import CUT_OVER, Month
from examples.generator.profiles import Profile
from examples.generator.registry import Units

HEAD: Final = UserId("c301")
"""The head of the second of them, who leaves on LEAVES_ON."""
LEAVES_ON: Final = date(2026, 5, 13)
_TOLD_ON: Final = date(2026, 5, 8)
_AWAY: Final = (date(2026, 5, 11), date(2026, 5, 22))
_DEVICES: Final = 5


def head(units: Units, *, active: bool = True) -> UserStated:
    """The head, who only answers transfers."""
    place = service_point_at(units, 2)
    return UserStated(
        version=1 if active else 2,
        user_id=HEAD,
        roles=(Role.PRESCRIBER,),
        service_points=(place,),
        default_service_point=place,
        active=active,
    )


def at_the_cut_over(units: Units) -> Iterator[ResponsiblesStated]:
    """Who answers from the first day on; at all other service points everybody does."""
    first, second, requester = team(units, 1)
    yield ResponsiblesStated(
        version=1, service_point=service_point_at(units, 1), main=first, substitutes=(second,)
    )
    yield ResponsiblesStated(
        version=1,
        service_point=service_point_at(units, 2),
        main=HEAD,
        substitutes=team(units, 2)[:1],
    )
    first, second, requester = team(units, 3)
    yield ResponsiblesStated(
        version=1,
        service_point=service_point_at(units, 3),
        main=second,
        substitutes=(first, requester),
    )


def devices(
    profile: Profile, units: Units, listed: list[Listed], patient: str
) -> Iterator[DeviceStated]:
    """What the transfers below are about, and nothing else: old stock, lent to a patient."""
    article = next(one.article for one in listed if one.kind.marked and one.kind.stock)
    prescriber, *_ = team(units, 4)
    payer = next(
        one.payer_id for one in units.customers if one.customer_id == service_point_at(units, 4)
    )
    for number in _numbers(profile):
        yield DeviceStated(
            version=1,
            device_number=number,
            serial_number=f"SN-{number}",
            article_number=article.article_number,
            recipient=NamedPatient(person=RegionPersonId(patient)),
            payer_id=payer,
            prescriber=prescriber,
            stated_on=CUT_OVER,
        )


def plan_responsibles(month: Month) -> None:
    """The absence, the leaving, and who answers before, meanwhile and afterwards."""
    month.keep(_numbers(month.profile))
    month.plan(_TOLD_ON, partial(_go_away, month))
    month.plan(LEAVES_ON, partial(_leave, month))
    _around_the_absence(month)
    _around_the_leaving(month)


def service_point_at(units: Units, at: int) -> ServicePointId:
    """One of the units' service points, by where it stands among them."""
    return ServicePointId(units.customers[at].customer_id)


def team(units: Units, at: int) -> tuple[UserId, ...]:
    """Two prescribers and a requester whose own service point it is."""
    place = service_point_at(units, at)
    return tuple(
        one.user_id
        for role in (Role.PRESCRIBER, Role.REQUESTER)
        for one in units.users
        if role in one.roles and one.default_service_point == place
    )


def _around_the_absence(month: Month) -> None:
    """A requester there is nobody who answers, but stands in on the days of absence."""
    main, substitute, stand_in = team(month.units, 1)
    first, second, third, *_ = _numbers(month.profile)
    _send(month, first, main, date(2026, 5, 6))
    _accept(month, first, stand_in, date(2026, 5, 7))
    _accept(month, first, stand_in, date(2026, 5, 11))
    _send(month, second, main, date(2026, 5, 19))
    _accept(month, second, main, date(2026, 5, 21))  # away, and answers all the same
    _send(month, third, main, date(2026, 5, 20))
    _accept(month, third, stand_in, date(2026, 5, 25))
    _accept(month, third, substitute, date(2026, 5, 26))


def _around_the_leaving(month: Month) -> None:
    """The head answers until they have left; then the substitute does."""
    substitute, other, _ = team(month.units, 2)
    *_, first, second = _numbers(month.profile)
    _send(month, first, other, date(2026, 5, 7))
    _accept(month, first, other, date(2026, 5, 8))
    _accept(month, first, HEAD, date(2026, 5, 11))
    _send(month, second, other, date(2026, 5, 18))
    _accept(month, second, HEAD, date(2026, 5, 19))
    _accept(month, second, other, date(2026, 5, 20))
    _accept(month, second, substitute, date(2026, 5, 21))


def _go_away(month: Month) -> None:
    main, substitute, stand_in = team(month.units, 1)
    place = service_point_at(month.units, 1)
    stated = ResponsiblesStated(
        version=2,
        service_point=place,
        main=main,
        substitutes=(substitute,),
        stand_in=stand_in,
        absent_from_on=_AWAY[0],
        absent_to_on=_AWAY[1],
    )
    month.send("bmb", place, stated)


def _leave(month: Month) -> None:
    month.send("orders", HEAD, head(month.units, active=False))


def _send(month: Month, number: DeviceNumber, to: UserId, on: date) -> None:
    """The responsibility for a device goes to somebody who answers, or does not, at his place."""
    sender, *_ = team(month.units, 4)
    command = SaveTransfer(sender=sender, devices=(number,), new_prescriber=to, execute=True)
    month.plan(on, partial(_say, month, number, command))


def _accept(month: Month, number: DeviceNumber, by: UserId, on: date) -> None:
    place = next(one for one in _users(month.units) if one.user_id == by).default_service_point
    command = AcceptTransfer(by=by, customer_id=CustomerId(place))
    month.plan(on, partial(_say, month, number, command))


def _say(month: Month, number: DeviceNumber, command: Command) -> None:
    month.send("bmb", f"{month.profile.sends_transfer}-{number}", command)


def _numbers(profile: Profile) -> list[DeviceNumber]:
    return [DeviceNumber(f"{profile.device_letter}{49001 + at}") for at in range(_DEVICES)]


def _users(units: Units) -> list[UserStated]:
    return [*units.users, head(units)]
