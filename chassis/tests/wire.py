"""What the tests of the toy as a process share: its module, and what it has published."""

from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import read_events

MODULE = "chassis.tests.toy"
"""What runs as the toy's process."""


async def read_all(platform: Platform, prefix: str) -> list[tuple[str, int]]:
    """Key and number of everything that the toy has published, each event once."""
    topic = f"{prefix}notifications.messages"
    found = await read_events(platform, topic, principal="notifications")
    return [(one.key, one.envelope.sequence or 0) for one in found]
