"""What an operator's act upon a parked message would do, before it is done. Pure: what is
parked in, what would follow out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.mending import changes, is_meant, values_at
from kvitt_chassis.consuming.quarantine import MASKED, Opened
from kvitt_chassis.operating.masking import mask


class What(StrEnum):
    """An act upon one parked message."""

    RETRY = "retry"
    EDIT = "edit"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would follow. `takes_effect`: the service reads the message (as it would be) and does
    something about it; `lost`: an effect that its sender meant never comes; `behind` messages of
    the same key are tried after it; `skipped` numbers before it are not waited for any more;
    `changed` are the fields and headers that an edit changes, `values` what stands in the fields
    then, for who decides; hidden where the topic holds personal data. `needs_two`: a second person
    decides.
    """

    what: What
    type: str | None
    takes_effect: bool
    lost: bool
    behind: int
    skipped: int
    tells_sender: bool
    changed: tuple[str, ...]
    values: Mapping[str, str]
    needs_two: bool


# decision 0603: two persons decide where an act changes what comes of a message
def preview(opened: Opened, what: What, *, after: Incoming | None = None) -> Preview:
    """What an act would do; `after` is the message as an edit would make it."""
    before = opened.incoming
    message = after if after is not None else before
    changed = changes(before, after) if after is not None else ()
    behind = opened.entry.messages - 1
    is_thrown = what is What.DISCARD
    lost = is_thrown and _is_handled(before)
    skipped = _skipped(before, opened.known) if is_thrown else 0
    return Preview(
        what=what,
        type=message.envelope.type if message.envelope else None,
        takes_effect=not is_thrown and _is_handled(message),
        lost=lost,
        behind=behind,
        skipped=skipped,
        tells_sender=is_thrown and before.is_inbound,
        changed=changed,
        values=_shown(opened, message, changed),
        needs_two=lost or (is_thrown and bool(behind or skipped)) or is_meant(changed),
    )


def _shown(opened: Opened, message: Incoming, changed: tuple[str, ...]) -> dict[str, str]:
    values = values_at(message, changed)
    return {path: MASKED if opened.is_personal else mask(str(one)) for path, one in values.items()}


def _is_handled(incoming: Incoming) -> bool:
    is_read = incoming.unreadable is None and incoming.refused is None
    return is_read and incoming.route is not None


def _skipped(incoming: Incoming, known: int) -> int:
    number = incoming.facts.sequence
    return 0 if number is None else max(0, number - known - 1)
