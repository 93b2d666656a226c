"""The rules of attachments: what is taken, what it may be called, whose it becomes. No clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from kvitt_contracts.file_names import BadFileName, usable_file_name
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId, Value

RULE: Final = "ORD-16"
MOST: Final = 20
"""So many attachments may one order or work order have."""
MOST_SENT: Final = 100
"""So many can be named at once: what is more than MOST is refused by its rule."""

TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "text/plain": (".txt",),
}
"""What is taken, by media type, and how its name ends."""


class Reason(StrEnum):
    """Why something about an attachment is refused."""

    ALREADY_ATTACHED = "ALREADY_ATTACHED"
    EMPTY = "EMPTY"
    FILE_GONE = "FILE_GONE"
    NAME_NOT_USABLE = "NAME_NOT_USABLE"
    NAME_SAYS_OTHER_TYPE = "NAME_SAYS_OTHER_TYPE"
    NOT_WHAT_IT_SAYS = "NOT_WHAT_IT_SAYS"
    PERSONAL_NUMBER_IN_NAME = "PERSONAL_NUMBER_IN_NAME"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY = "TOO_MANY"
    TYPE_NOT_TAKEN = "TYPE_NOT_TAKEN"
    UNKNOWN_ATTACHMENT = "UNKNOWN_ATTACHMENT"


class About(Value):
    """What an attachment goes along with."""

    kind: Literal["order", "work_order"]
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment, as far as rules read it. `draft_id`: the draft of an order that has it."""

    by: UserId
    is_kept: bool
    about: About | None
    draft_id: UUID | None = None

    @property
    def is_put_to_something(self) -> bool:
        """True where an order, a work order or a draft has it."""
        return self.about is not None or self.draft_id is not None


def media_type_of(content_type: str) -> str:
    """The media type that a sender names, without its parameters.

    Raises Refused (TYPE_NOT_TAKEN, ORD-16): none that is taken.
    """
    said = content_type.partition(";")[0].strip().lower()
    if said not in TAKEN:
        way_on = "Spara filen som PDF, PNG, JPEG eller vanlig text, och bifoga den igen."
        raise refusal(Reason.TYPE_NOT_TAKEN, "Content-Type", way_on)
    return said


def cleaned(name: str, *, media_type: str) -> str:
    """A file's name as it is kept: composed letters, single spaces.

    Raises Refused (ORD-16): NAME_NOT_USABLE, PERSONAL_NUMBER_IN_NAME, NAME_SAYS_OTHER_TYPE.
    """
    try:
        return usable_file_name(name, endings=TAKEN[media_type])
    except BadFileName as bad:
        raise refusal(Reason(bad.reason), "X-Filename", bad.way_on) from bad


def must_be_few(attachments: Sequence[UUID]) -> None:
    """Check that no more files go along at once than one thing may have. Raises Refused (TOO_MANY,
    ORD-16).
    """
    if len(set(attachments)) > MOST:
        raise _too_many("attachments")


def must_be_there(
    one: Attachment | None, by: UserId, *, draft_id: UUID | None = None
) -> Attachment:
    """The attachment, which has been kept and is `by`'s own, goes along with something, or is of
    the draft that `by` goes on with (ORD-1i).

    Raises Refused (UNKNOWN_ATTACHMENT, ORD-16).
    """
    is_others = one is not None and one.about is None and one.by != by
    is_of_draft = one is not None and draft_id is not None and one.draft_id == draft_id
    if one is None or not one.is_kept or (is_others and not is_of_draft):
        way_on = "Bifoga filen på nytt: en fil som inte hör till något tas bort efter ett dygn."
        raise refusal(Reason.UNKNOWN_ATTACHMENT, "attachment", way_on)
    return one


def may_attach(one: Attachment, about: About, *, beside: int, draft_id: UUID | None = None) -> bool:
    """Whether a file is to be put to an order or a work order that has so many others; False: it is
    there already. `draft_id`: the draft that the order began as, whose files go with it.

    Raises Refused (ORD-16): ALREADY_ATTACHED to something else, TOO_MANY.
    """
    if one.about == about:
        return False
    if one.about is not None or one.draft_id not in (None, draft_id):
        way_on = "Filen hör redan till något annat. Bifoga den en gång till."
        raise refusal(Reason.ALREADY_ATTACHED, None, way_on)
    if beside >= MOST:
        raise _too_many(None)
    return True


# decision 0480: a draft has its files until it is sent or removed
def may_be_of_draft(one: Attachment, draft_id: UUID) -> None:
    """Check that a file may be put to a draft: it is that one's, or nothing's.

    Raises Refused (ALREADY_ATTACHED, ORD-16).
    """
    if one.about is not None or one.draft_id not in (None, draft_id):
        way_on = "Filen hör redan till något annat. Bifoga den en gång till."
        raise refusal(Reason.ALREADY_ATTACHED, "attachments", way_on)


def too_large(limit: int) -> Refused:
    """The refusal of a file that is larger than the limit, in bytes."""
    way_on = f"Filen får vara högst {limit // 1024 // 1024} MB. Dela den, eller spara den mindre."
    return refusal(Reason.TOO_LARGE, "body", way_on)


def empty() -> Refused:
    """The refusal of a file with nothing in it."""
    return refusal(Reason.EMPTY, "body", "Filen är tom. Öppna den, spara den och bifoga den igen.")


def not_what_it_says() -> Refused:
    """The refusal of a file that is not of the type that its sender names."""
    way_on = "Filen är inte av den typ som den sägs vara. Spara om den som PDF, PNG, JPEG eller"
    return refusal(Reason.NOT_WHAT_IT_SAYS, "body", f"{way_on} text (UTF-8), och bifoga den igen.")


def gone() -> Refused:
    """The refusal to show a file that is not where it was kept."""
    way_on = "Filen kan inte läsas. Hör av dig till kundservice, som kan be om den på nytt."
    return refusal(Reason.FILE_GONE, None, way_on)


def refusal(reason: Reason, field: str | None, way_on: str) -> Refused:
    """The refusal by ORD-16, with the field that it is about and the way on."""
    return Refused(reason, rule=RULE, field=field, way_on=way_on)


def _too_many(field: str | None) -> Refused:
    way_on = f"Högst {MOST} filer kan bifogas. Slå ihop några till en PDF."
    return refusal(Reason.TOO_MANY, field, way_on)
