"""How much a region may send over HTTP, by its quota of the broker."""

from kvitt_chassis.web.entrance import Allowance
from kvitt_contracts.quotas import DEFAULT
from kvitt_contracts.types import RegionCode

AC, BD = RegionCode("ac"), RegionCode("bd")


def test_a_region_sends_its_quota_and_waits_for_what_is_above_it_alone() -> None:
    seconds = [100.0]
    allowance = Allowance(lambda: seconds[0])

    allowance.take(AC, 6 * DEFAULT.producer_byte_rate)

    assert (allowance.wait(AC), allowance.wait(BD)) == (2, 0)
    seconds[0] += 2
    assert allowance.wait(AC) == 0
    allowance.take(AC, DEFAULT.producer_byte_rate)
    assert allowance.wait(AC) == 1
    seconds[0] += 60
    assert allowance.wait(AC) == 0


def test_over_a_minute_a_region_sends_no_more_than_its_quota() -> None:
    seconds, sent = [0.0], 0
    allowance = Allowance(lambda: seconds[0])
    while seconds[0] < 60:
        if allowance.wait(AC) == 0:
            allowance.take(AC, 300_000)
            sent += 300_000
        else:
            seconds[0] += 0.1

    assert sent <= DEFAULT.producer_byte_rate * (60 + 5)
