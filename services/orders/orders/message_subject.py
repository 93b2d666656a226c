"""Reads a message's subject as the code that it must be. Uses no table."""

from typing import TypeVar

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Code

C = TypeVar("C", bound=Code)


def subject_as(code: type[C], subject: str) -> C:
    """The subject as a code. Raises Refused (INVALID_SUBJECT, contract); repeats nothing of it."""
    try:
        return code(subject)
    except ValueError:
        raise Refused(
            "INVALID_SUBJECT",
            rule="contract",
            field="ce_subject",
            way_on=f"Sätt ce_subject till ett giltigt {code.__name__} och skicka på nytt.",
        ) from None


def subject_must_be(code: C, subject: str) -> None:
    """A fact's subject is the id that its body states.

    Raises Refused (SUBJECT_DIFFERS, contract): order and versions go by the subject.
    """
    if subject != code:
        raise Refused(
            "SUBJECT_DIFFERS",
            rule="contract",
            field="ce_subject",
            way_on="Sätt ce_subject till samma id som i innehållet och skicka på nytt.",
        )
