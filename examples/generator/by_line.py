"""Where the region's policy lets a bundle be answered line by line: some devices of a transfer are
rejected with a reason while the others are accepted (BMB-5).

The bundles are about devices of their own, which nothing else touches.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.bmb import AcceptTransfer, RejectedLine, SaveTransfer
from kvitt_contracts.envelope import Command
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import CustomerId, DeviceNumber, NamedPatient, RegionPersonId

from examples.generator.catalogue import Listed
from examples.generator.month import CUT_OVER, Month, may
from examples.generator.ordering import give_back
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team

_BUNDLES: Final = 7
_IN_EACH: Final = 3
_SENT_FROM, _SENT_TO, _SENT_ON_TO = 4, 5, 6
_BACK: Final = "Det hjälpmedlet är redan återlämnat till oss."
_UNUSED: Final = "Det hjälpmedlet används inte längre, vi tar bara över de andra."
_WRONG: Final = "Fel individnummer: det hjälpmedlet finns hos en annan mottagare."


def devices(
    profile: Profile, units: Units, listed: list[Listed], patients: Sequence[str]
) -> Iterator[DeviceStated]:
    """What the bundles are of: old stock, lent to one patient each."""
    article = next(one.article for one in listed if one.kind.marked and one.kind.stock)
    prescriber, *_ = team(units, _SENT_FROM)
    at = service_point_at(units, _SENT_FROM)
    payer = next(one.payer_id for one in units.customers if one.customer_id == at)
    for bundle, patient in zip(_bundles(profile), patients, strict=False):
        for number in bundle:
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


def plan_bundles(month: Month) -> None:
    """Each bundle is answered in a way of its own."""
    bundles = _bundles(month.profile)
    month.keep(number for bundle in bundles for number in bundle)
    some, none, elsewhere, again, most, later, back = bundles
    _send(month, some, may(5))
    _answer(month, some, some[:1], _UNUSED, may(6))
    _send(month, none, may(6))
    _answer(month, none, none, _WRONG, may(8))
    _send(month, elsewhere, may(7))
    _answer(month, elsewhere, some[:1], _WRONG, may(8))  # in another transfer: refused
    _answer(month, elsewhere, elsewhere[1:2], _WRONG, may(11))
    _send(month, again, may(8))
    _answer(month, again, again[2:], _BACK, may(11))
    _send_on(month, again[2:], may(12))
    _answer(month, again[2:], (), None, may(13), at=_SENT_ON_TO)
    _send(month, most, may(11))
    _answer(month, most, most[1:], None, may(13))
    _send(month, later, may(12), for_=may(25))
    _answer(month, later, later[:1], _UNUSED, may(15))
    _send_on(month, later[:1], may(18))  # before the others change hands
    _answer(month, later[:1], (), None, may(20), at=_SENT_ON_TO)
    _send(month, back, may(13))
    month.plan(may(15), partial(_give_back, month, back[0]))
    _answer(month, back, back[1:2], _BACK, may(18))


def _send(
    month: Month, numbers: Sequence[DeviceNumber], on: date, *, for_: date | None = None
) -> None:
    sender, *_ = team(month.units, _SENT_FROM)
    receiver, *_ = team(month.units, _SENT_TO)
    command = SaveTransfer(
        sender=sender,
        devices=tuple(numbers),
        new_prescriber=receiver,
        transfer_date=for_,
        execute=True,
    )
    _plan(month, numbers, command, on)


def _send_on(month: Month, numbers: Sequence[DeviceNumber], on: date) -> None:
    """What was rejected is free at once, and goes to somebody else."""
    sender, *_ = team(month.units, _SENT_FROM)
    receiver, *_ = team(month.units, _SENT_ON_TO)
    command = SaveTransfer(
        sender=sender, devices=tuple(numbers), new_prescriber=receiver, execute=True
    )
    _plan(month, numbers, command, on)


def _answer(
    month: Month,
    numbers: Sequence[DeviceNumber],
    reject: Sequence[DeviceNumber],
    why: str | None,
    on: date,
    *,
    at: int = _SENT_TO,
) -> None:
    """A transfer is accepted but for some of its devices, in one act."""
    command = AcceptTransfer(
        by=team(month.units, at)[1],
        customer_id=CustomerId(service_point_at(month.units, at)),
        message=why,
        reject=tuple(RejectedLine(device_number=one) for one in reject),
    )
    _plan(month, numbers, command, on)


def _plan(month: Month, numbers: Sequence[DeviceNumber], command: Command, on: date) -> None:
    reference = f"{month.profile.sends_transfer}-{numbers[0]}-{len(numbers)}"
    month.plan(on, partial(month.send, "bmb", reference, command))


def _give_back(month: Month, number: str) -> None:
    give_back(month, number, month.profile.own_stores[0])


def _bundles(profile: Profile) -> list[tuple[DeviceNumber, ...]]:
    numbers = [
        DeviceNumber(f"{profile.device_letter}{49101 + at}") for at in range(_BUNDLES * _IN_EACH)
    ]
    return [tuple(numbers[at : at + _IN_EACH]) for at in range(0, len(numbers), _IN_EACH)]
