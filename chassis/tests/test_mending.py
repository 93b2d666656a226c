"""An edit mends a parked message, and makes no other one of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest
from kvitt_chassis.consuming.incoming import Incoming, Record
from kvitt_chassis.consuming.mending import NotEditable, mended
from kvitt_contracts.bmb import UnlockTransfer
from kvitt_contracts.envelope import STRUCTURED
from kvitt_contracts.orders import VoidOrder
from kvitt_contracts.types import UserId

from chassis.tests.trail import INBOUND, Log, an_envelope

VOID = {"by": "k082lno"}
"""Who voids an order."""
STRUCTURE = {
    "specversion": "1.0",
    "id": str(uuid4()),
    "source": "urn:region:ac",
    "type": VoidOrder.wire_type,
    "subject": "order-1",
    "region": "ac",
    "data": VOID,
}


def parked(record: Record, *, is_inbound: bool = True) -> Incoming:
    return Incoming(record=record, topic=INBOUND, key="key", region=None, is_inbound=is_inbound)


def structured(document: Mapping[str, object]) -> Record:
    return Log().raw(
        INBOUND,
        key=b"order-1",
        value=json.dumps(document).encode(),
        headers=[("content-type", STRUCTURED.encode())],
    )


def test_a_body_is_mended_under_the_same_attributes() -> None:
    before = parked(Log().stated("4711", 1, "Ume"))

    after = mended(before, b'{"name": "x"}', {"ce_dataschema": "urn:x", "traceparent": None})

    assert after.value == b'{"name": "x"}'
    assert ("ce_dataschema", b"urn:x") in after.headers
    assert (after.offset, after.key) == (before.record.offset, before.record.key)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_type", "region.order.place.v1"),
        ("ce_subject", "order-2"),
        ("ce_source", "urn:region:bd"),
        ("ce_region", "bd"),
        ("ce_actor", "k1"),
        ("ce_type", None),
        ("ce_region", None),
    ],
)
@pytest.mark.parametrize("is_inbound", [True, False])
def test_an_attribute_that_says_which_message_it_is_is_not_changed(
    header: str, value: str | None, is_inbound: bool
) -> None:
    before = parked(Log().void("order-1"), is_inbound=is_inbound)

    with pytest.raises(NotEditable) as refused:
        mended(before, None, {header: value})

    assert refused.value.field == header


def test_an_attribute_that_is_missing_is_not_given() -> None:
    record = Log().void("order-1")
    kept = [one for one in record.headers if one[0] != "ce_subject"]

    with pytest.raises(NotEditable, match="ce_subject"):
        mended(parked(replace(record, headers=kept)), None, {"ce_subject": "order-1"})


@pytest.mark.parametrize(
    "body", [b'{"by": "k1"}', b"{}", b'{"by": null}', b"[]", b"{", b'{"by": ["k082lno"]}']
)
@pytest.mark.parametrize("is_inbound", [True, False])
def test_who_acts_by_a_message_stays_who_it_was(body: bytes, is_inbound: bool) -> None:
    with pytest.raises(NotEditable, match=r"data\.by"):
        mended(parked(Log().void("order-1"), is_inbound=is_inbound), body, {})


def test_who_asked_for_what_is_done_stays_who_it_was() -> None:
    command = UnlockTransfer(by=UserId("k082lno"), asked_by=UserId("k201ema"))
    before = parked(Log().record(INBOUND, an_envelope(command, subject="BMB-1"), command))
    another = command.model_copy(update={"asked_by": UserId("k999xyz")})

    with pytest.raises(NotEditable, match=r"data\.asked_by"):
        mended(before, another.model_dump_json().encode(), {})


def test_who_acts_is_not_made_up_for_a_body_that_cannot_be_read() -> None:
    broken = replace(Log().void("order-1"), value=b'{"by": "k082lno"')

    with pytest.raises(NotEditable, match=r"data\.by"):
        mended(parked(broken), b'{"by": "k082lno"}', {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "region.order.place.v1"}, "ce_type"),
        ({"subject": "order-2"}, "ce_subject"),
        ({"region": "bd"}, "ce_region"),
        ({"actor": "k1"}, "ce_actor"),
        ({"data": {"by": "k1"}}, "data.by"),
        ({"data": None}, "data.by"),
    ],
)
def test_in_structured_mode_the_body_says_it_and_it_is_not_changed(
    change: dict[str, object], field: str
) -> None:
    with pytest.raises(NotEditable) as refused:
        mended(parked(structured(STRUCTURE)), json.dumps(STRUCTURE | change).encode(), {})

    assert refused.value.field == field


def test_in_structured_mode_other_things_are_mended() -> None:
    lost = {name: value for name, value in STRUCTURE.items() if name != "id"}

    after = mended(parked(structured(lost)), json.dumps(STRUCTURE).encode(), {})

    assert json.loads(after.value or b"") == STRUCTURE


def test_another_mode_says_no_other_message() -> None:
    other = json.dumps(STRUCTURE | {"subject": "order-2"}).encode()
    headers = {"content-type": STRUCTURED}

    with pytest.raises(NotEditable, match="ce_subject"):
        mended(parked(Log().void("order-1")), other, headers)
    # what is ours is read by its headers alone, whatever its value seems to be
    ours = parked(Log().void("order-1"), is_inbound=False)
    with pytest.raises(NotEditable, match="ce_subject"):
        mended(ours, json.dumps(STRUCTURE).encode(), headers | {"ce_subject": "order-2"})


def test_a_header_in_another_spelling_does_not_overrule_what_stands_there() -> None:
    record = Log().void("order-1")

    with pytest.raises(NotEditable, match="ce_subject"):
        mended(parked(record), None, {"ce_subject": None, "Ce-Subject": "order-2"})
