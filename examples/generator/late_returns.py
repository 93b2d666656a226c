"""A device that came back in the month, which is told when the month has been invoiced: its days in
the store are credited, with the invoice that they stand on (BIL-9).
"""

from functools import partial
from typing import Final

from examples.generator.model.state import Device
from examples.generator.month import CUT_OVER, Month, june, may
from examples.generator.ordering import give_back

RETURNED_ON: Final = may(20)
TOLD_ON: Final = june(4)


def plan_late_return(month: Month) -> None:
    """Plan that the first device that one patient has had all month comes back."""
    month.plan(TOLD_ON, partial(_give_back, month))


def _give_back(month: Month) -> None:
    number, *_ = month.find_devices(_is_lent_since_the_cut_over)
    month.keep([number])
    give_back(month, number, month.profile.central, days=(TOLD_ON - RETURNED_ON).days)


def _is_lent_since_the_cut_over(device: Device) -> bool:
    return (
        device.now.since == CUT_OVER
        and device.now.holder[0] == "patient"
        and device.now.charging == "rent"
        and len(device.said) == 1
    )
