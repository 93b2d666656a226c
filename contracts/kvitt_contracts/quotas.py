"""How much of the broker one region may use, or one subscriber: the quotas of its user,
`region-<code>` or `sub-<name>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MIB = 1024 * 1024


# decision 0190: a region's share of the broker is bounded by the broker
@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Bytes a second that a user may write and read, and the percentage of one broker thread that
    its requests may take. Who takes more is answered later; nothing is refused.
    """

    producer_byte_rate: int
    consumer_byte_rate: int
    request_percentage: int


DEFAULT = Quota(producer_byte_rate=MIB, consumer_byte_rate=4 * MIB, request_percentage=50)
"""A mebibyte a second is some 1 500 messages, several times what a service handles on one core."""

SUBSCRIBER = Quota(producer_byte_rate=1024, consumer_byte_rate=4 * MIB, request_percentage=25)
"""Of each subscriber: it writes nothing, and reads a topic from its beginning in minutes."""

BY_REGION: Mapping[str, Quota] = MappingProxyType({})
"""Regions whose quota differs from DEFAULT, by their code."""


def region_quota(code: str) -> Quota:
    """The quota of a region's user."""
    return BY_REGION.get(code, DEFAULT)
