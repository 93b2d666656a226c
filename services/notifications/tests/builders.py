"""notifications' values for tests, with only what matters to say; of region ac unless told."""

from typing import Any

from kvitt_contracts.bmb import TransferRequested, TransferSent
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode

from contracts.tests.builders.bmb import a_transfer_requested, a_transfer_sent
from contracts.tests.builders.orders import a_line, an_order_placed


def an_order_of(*quantities: int) -> OrderPlaced:
    """An order, one line for each quantity."""
    numbered = enumerate(quantities, start=1)
    return an_order_placed(*(a_line(quantity=pieces, number=number) for number, pieces in numbered))


def a_request(policies: Policies, *, region: str = "ac") -> TransferRequested:
    """The draft is executed under the region's policy."""
    return a_transfer_requested(policy=policies.of(RegionCode(region)).versions[0].pin)


def a_sent_transfer(policies: Policies, *, region: str = "ac", **changes: Any) -> TransferSent:
    """The receiver sees the transfer."""
    return a_transfer_sent(policy=policies.of(RegionCode(region)).versions[0].pin, **changes)
