from uuid import UUID

import pytest
from kvitt_contracts.notifications import (
    About,
    MessageKind,
    MessagePosted,
    MessageRead,
    MessageRemoved,
    ToServicePoint,
    ToUser,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import MessageId, UserId
from notifications.messages.domain import (
    Message,
    Reason,
    Status,
    evolve,
    post,
    read,
    remove,
)
from notifications.messages.texts import TEXTS

ID = MessageId(UUID("3c6e0b8a-9c15-4b4b-8a59-1f4a1d6d7f10"))
ABOUT = About(kind="transfer", id=UUID("0c5f2f5e-2a6b-4f64-9f1d-1b7f1d4a9e10"))
KARIN = UserId("k082lno")


def a_message(
    *, to: ToUser | ToServicePoint | None = None, status: Status = Status.UNREAD
) -> Message:
    """A message to Karin."""
    addressee = to or ToUser(user_id=KARIN)
    posted = post(ID, to=addressee, message=MessageKind.TRANSFER_REJECTED, about=ABOUT)
    message = evolve(None, posted)
    if status is Status.READ:
        return evolve(message, MessageRead(message_id=ID, by=KARIN))
    if status is Status.REMOVED:
        return evolve(message, MessageRemoved(message_id=ID, by=KARIN))
    return message


@pytest.mark.rule("NTF-1b")
def test_a_posted_message_is_unread() -> None:
    assert a_message().status is Status.UNREAD


@pytest.mark.rule("NTF-1b")
def test_opening_marks_it_read() -> None:
    message = a_message()

    (event,) = read(message, by=KARIN)

    assert event == MessageRead(message_id=ID, by=KARIN)
    assert evolve(message, event).status is Status.READ


def test_opening_again_changes_nothing() -> None:
    assert read(a_message(status=Status.READ), by=KARIN) == ()


@pytest.mark.rule("NTF-1d")
def test_a_message_can_be_removed() -> None:
    message = a_message()

    (event,) = remove(message, by=KARIN)

    assert evolve(message, event).status is Status.REMOVED


def test_removing_again_is_already_done() -> None:
    assert remove(a_message(status=Status.REMOVED), by=KARIN) == ()


@pytest.mark.rule("NTF-1d")
def test_a_removed_message_is_not_opened() -> None:
    with pytest.raises(Refused) as refused:
        read(a_message(status=Status.REMOVED), by=KARIN)

    assert refused.value.reason == Reason.UNKNOWN_MESSAGE


@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_of_message_has_a_text_with_and_without_a_name(kind: MessageKind) -> None:
    text = TEXTS[kind]

    named, nameless = text.about("BMB-1"), text.about(None)

    assert "BMB-1" in named
    for sentence in (text.title, named, nameless):
        assert "{" not in sentence
        assert "  " not in sentence
        assert " ." not in sentence


def test_the_first_event_of_a_message_is_that_it_was_posted() -> None:
    with pytest.raises(ValueError, match="first event"):
        evolve(None, MessageRead(message_id=ID, by=KARIN))
    assert isinstance(
        post(ID, to=ToUser(user_id=KARIN), message=MessageKind.ORDER_VOIDED, about=ABOUT),
        MessagePosted,
    )
