"""What the chassis makes of a log: who, which version of the policy, and what is told together."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.web.stories import Told, told
from kvitt_contracts.notifications import MessageRead
from kvitt_contracts.types import MessageId, UserId
from kvitt_testkit.world import stockholm

AT = stockholm("2026-03-02 08:00")


def a_row(at: datetime = AT, **changes: Any) -> OutboxRow:
    """A message was read."""
    message = MessageId(uuid4())
    values = {
        "id": 1,
        "event_id": uuid4(),
        "region": "ac",
        "topic": "notifications.messages",
        "key": str(message),
        "seq": 1,
        "type": MessageRead.wire_type,
        "time": at,
        "correlation_id": None,
        "causation_id": None,
        "actor": "k082lno",
        "traceparent": None,
        "payload": MessageRead(message_id=message, by=UserId("k082lno")).model_dump_json(),
        "recorded_at": at,
        **changes,
    }
    return OutboxRow(**values)


def tell(event: MessageRead) -> Told:
    """It was read."""
    return Told(summary="Lästes.", rule="NTF-1")


@pytest.mark.rule("REF-6c")
@pytest.mark.parametrize(
    ("actor", "by"), [("k082lno", "k082lno"), (None, None), ("Anna Andersson", None)]
)
def test_who_did_it_is_an_internal_id_or_nobody(actor: str | None, by: str | None) -> None:
    (item,) = told([a_row(actor=actor)], by=tell)

    assert item.by == by


def test_what_a_regions_system_stated_is_said_to_be_its() -> None:
    (item,) = told(
        [a_row(actor=None)], by=lambda _: Told(summary="Kom.", rule="INV-5", by_region=True)
    )

    assert item.by == "regionen"


def test_what_happened_alike_in_a_row_on_a_day_is_told_once_with_how_many_times() -> None:
    log = [
        a_row(),
        a_row(AT + timedelta(minutes=1)),
        a_row(AT + timedelta(minutes=2), actor="k201ema"),
        a_row(AT + timedelta(days=1), actor="k201ema"),
    ]

    items = told(log, by=tell)

    assert [(one.by, one.times) for one in items] == [
        ("k082lno", 2),
        ("k201ema", 1),
        ("k201ema", 1),
    ]
    assert items[0].at == AT + timedelta(minutes=1)


def test_what_the_caller_is_not_shown_is_not_told() -> None:
    assert told([a_row()], by=lambda _: None) == []


def test_an_event_of_a_newer_release_hides_none_of_the_others() -> None:
    items = told([a_row(type="notifications.message.sung.v1"), a_row()], by=tell)

    assert [one.rule for one in items] == [None, "NTF-1"]
