"""The tales of what is in stores. Their goods, and the pens that write them, are their own: the
rest of the month stays as it is, whatever is told here, and so does each other tale.
"""

from datetime import date, datetime, time
from typing import Final

from examples.generator import between_regions, making_fit, refilling, sending_back, stocktaking
from examples.generator.messages import Line, Pen
from examples.generator.month import CUT_OVER, Month
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.telling import Goods, Teller

_WRITTEN: Final = 1_000_000
_OF_ONE: Final = 10_000
_BEGINS: Final = time(6, 5)
_TALES: Final = (stocktaking, refilling, making_fit, sending_back, between_regions)
_LATER: Final = (making_fit,)
"""Those that have days of autumn too."""


def pens(profile: Profile, *, seed: int) -> list[Pen]:
    """Each tale's pen: its ids are nobody else's, and its times are before the others' of a day."""
    times: dict[date, datetime] = {}
    return [
        Pen(
            region=profile.code,
            seed=seed,
            written=_WRITTEN + at * _OF_ONE,
            begins=_BEGINS,
            times=times,
        )
        for at, _ in enumerate(_TALES)
    ]


def cut_over(profile: Profile, units: Units, own: list[Pen]) -> dict[str, list[Line]]:
    """What the tales state at the cut-over, by the file that it stands in."""
    files: dict[str, list[Line]] = {}
    for tale, pen in zip(_TALES, own, strict=True):
        told = Goods()
        tale.state(told, profile, units)
        for name, said in told.by_file().items():
            files.setdefault(name, []).extend(
                pen.write(topic, subject, body, day=CUT_OVER) for topic, subject, body in said
            )
    return files


def plan(month: Month, own: list[Pen]) -> None:
    """Each tale's days, before anything else of them."""
    for tale, pen in zip(_TALES, own, strict=True):
        tale.tell(Teller(month=month, pen=pen))


def plan_in_autumn(month: Month, own: list[Pen]) -> None:
    """The days of autumn of those tales that have any."""
    for tale in _LATER:
        tale.tell_in_autumn(Teller(month=month, pen=own[_TALES.index(tale)]))
