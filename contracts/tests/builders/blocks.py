"""Blocks and consents as orders emits them (REF-25, REF-26)."""

from typing import Any
from uuid import UUID

from kvitt_contracts.orders import (
    BlockLifted,
    BlockOpened,
    BlockOpeningEnded,
    BlockRegistered,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
)
from kvitt_contracts.types import BlockId, BlockOpeningId, ConsentId, PersonRef, identify

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import RECEIVER, RECEIVING, SENDER, SENDING

BLOCK = BlockId(identify("ac", "block", "B-1"))
OPENING = BlockOpeningId(identify("ac", "block-opening", "B-1"))
CONSENT = ConsentId(identify("ac", "consent", "S-1"))
PERSON = PersonRef(UUID("1f6c1d3a-53a2-4a53-a5cb-2f1b0c9a6d11"))


def a_block_registered(person: PersonRef = PERSON, **changes: Any) -> BlockRegistered:
    """What the sender's unit has of the person is blocked."""
    values = {"block_id": BLOCK, "person": person, "service_point": SENDING, "by": SENDER}
    return build(BlockRegistered, values, changes)


def a_block_lifted(**changes: Any) -> BlockLifted:
    """The patient wants no block any more."""
    return build(BlockLifted, {"block_id": BLOCK, "by": SENDER}, changes)


def a_block_opened(person: PersonRef = PERSON, **changes: Any) -> BlockOpened:
    """The receiver has opened it in an emergency."""
    values = {
        "block_id": BLOCK,
        "opening_id": OPENING,
        "person": person,
        "service_point": SENDING,
        "until": "2026-05-05T16:00:00Z",
        "by": RECEIVER,
    }
    return build(BlockOpened, values, changes)


def a_block_opening_ended(**changes: Any) -> BlockOpeningEnded:
    """The hours have passed."""
    return build(BlockOpeningEnded, {"block_id": BLOCK, "opening_id": OPENING}, changes)


def a_consent_given(person: PersonRef = PERSON, **changes: Any) -> ConsentGiven:
    """The receiver's unit sees what others have."""
    values = {
        "consent_id": CONSENT,
        "person": person,
        "service_point": RECEIVING,
        "until_on": "2026-06-01",
        "opens_blocks": False,
        "by": RECEIVER,
    }
    return build(ConsentGiven, values, changes)


def a_consent_withdrawn(**changes: Any) -> ConsentWithdrawn:
    """The patient has taken it back."""
    return build(ConsentWithdrawn, {"consent_id": CONSENT, "by": RECEIVER}, changes)


def a_consent_ended(**changes: Any) -> ConsentEnded:
    """Its last day has passed."""
    return build(ConsentEnded, {"consent_id": CONSENT}, changes)
