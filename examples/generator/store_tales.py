"""The tales of what is in stores. Their goods, and the pen that writes them, are their own: the
rest of the month stays as it is, whatever is told here.
"""

from datetime import time
from typing import Final

from examples.generator import stocktaking
from examples.generator.messages import Line, Pen
from examples.generator.month import CUT_OVER, Month
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.telling import Goods, Teller

_WRITTEN: Final = 1_000_000
_BEGINS: Final = time(6, 5)
_TALES: Final = (stocktaking,)


def pen(profile: Profile, *, seed: int) -> Pen:
    """The pen of these tales: its ids and its times are nobody else's."""
    return Pen(region=profile.code, seed=seed, written=_WRITTEN, begins=_BEGINS)


def cut_over(profile: Profile, units: Units, own: Pen) -> dict[str, list[Line]]:
    """What the tales state at the cut-over, by the file that it stands in."""
    told = Goods()
    for tale in _TALES:
        tale.state(told, profile, units)
    return {
        name: [own.write(topic, subject, body, day=CUT_OVER) for topic, subject, body in said]
        for name, said in told.by_file().items()
    }


def plan(month: Month, own: Pen) -> None:
    """Each tale's days, before anything else of them."""
    teller = Teller(month=month, pen=own)
    for tale in _TALES:
        tale.tell(teller)
