"""Reading and writing CloudEvents: what is wrong is told by the attribute's name."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts import bmb
from kvitt_contracts.envelope import (
    Envelope,
    EnvelopeError,
    Event,
    from_structured,
    is_known_noun,
    message_class,
)
from kvitt_contracts.types import RegionCode


def the_attributes(**changes: object) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": "7b1c7a2e-3d50-4a35-9c53-1f3a1c5a0001",
        "source": "urn:region:ac:hjalpmedelssystem",
        "type": "orders.order.void.v1",
        "time": "2026-03-02T13:59:59+01:00",
        "subject": "VB-2026-00871",
        "region": "ac",
    }
    return {key: value for key, value in {**attributes, **changes}.items() if value is not None}


def an_envelope() -> Envelope:
    return Envelope(
        id=UUID("7b1c7a2e-3d50-4a35-9c53-1f3a1c5a0001"),
        source="urn:kvitt:bmb",
        type="bmb.transfer.sent.v1",
        time=datetime(2026, 5, 1, 8, 0, 1, tzinfo=UTC),
        subject="a-transfer",
        region=RegionCode("ac"),
        sequence=3,
        correlation_id="c",
        causation_id="d",
        actor="k082lno",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def _fault(**changes: object) -> tuple[str, str]:
    with pytest.raises(EnvelopeError) as refused:
        Envelope.from_attributes(the_attributes(**changes))
    return refused.value.field, refused.value.problem


def test_what_is_written_is_read_back() -> None:
    read = Envelope.from_headers(an_envelope().headers())

    assert read.dataschema == "urn:kvitt:schema:bmb.transfer.sent.v1"
    assert read.headers() == an_envelope().headers()


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "subject", "region"])
def test_a_missing_attribute_is_named(name: str) -> None:
    assert _fault(**{name: None}) == (f"ce_{name}", "is missing or not a text")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("id", "4711", "is not a UUID"),
        ("time", "igår", "is not an RFC 3339 instant"),
        ("time", "2026-02-30T08:00:00Z", "is not an RFC 3339 instant"),
        ("time", "2026-03-02T13:59:59", "has no time zone"),
        ("time", "0001-01-01T00:00:00+14:00", "lies outside the years 1901 to 2199"),
        ("region", "Västerbotten", "is not a region's code"),
        ("sequence", "0", "is not a whole number from 1"),
        ("sequence", "1.0", "is not a whole number from 1"),
        ("specversion", "0.3", "is not 1.0"),
        ("subject", "", "is missing or not a text"),
        ("subject", 17, "is missing or not a text"),
        ("subject", "x" * 256, "is longer than 255 characters"),
        ("subject", "a\x00b", "holds a control character"),
        ("subject", "\ud800", "holds a control character"),
    ],
)
def test_a_wrong_attribute_is_named_with_what_is_wrong(
    name: str, value: object, problem: str
) -> None:
    assert _fault(**{name: value}) == (f"ce_{name}", problem)


def test_a_header_that_is_not_utf8_is_named() -> None:
    headers = [*an_envelope().headers(), ("ce_actor", b"\xff\xfe")]

    with pytest.raises(EnvelopeError, match="ce_actor: is not UTF-8"):
        Envelope.from_headers(headers)


def test_foreign_headers_are_passed_over_whatever_they_hold() -> None:
    headers = [*an_envelope().headers(), ("x-trace", b"\xff\xfe")]

    assert Envelope.from_headers(headers).subject == "a-transfer"


def test_an_instant_is_read_into_utc() -> None:
    read = Envelope.from_attributes(the_attributes())

    assert read.time == datetime(2026, 3, 2, 12, 59, 59, tzinfo=UTC)


def test_structured_mode_gives_the_same_envelope_and_body() -> None:
    document = json.dumps({**the_attributes(), "data": {"by": "k082lno", "note": "å"}}).encode()

    envelope, body = from_structured(document)

    assert envelope == Envelope.from_attributes(the_attributes())
    assert json.loads(body) == {"by": "k082lno", "note": "å"}


def test_structured_mode_takes_a_number_as_sequence() -> None:
    document = json.dumps({**the_attributes(), "sequence": 4, "data": {}}).encode()

    assert from_structured(document)[0].sequence == 4


@pytest.mark.parametrize(
    ("document", "field", "problem"),
    [
        (b"\xff\xfe", "data", "is not UTF-8"),
        (b"{nope", "data", "is not JSON"),
        (b'{"a": NaN}', "data", "is not JSON"),
        (b'{"specversion": "1.0", "data": {"net_ore": 1e400}}', "data", "is not JSON"),
        (b"[" * 200_000, "data", "is not JSON"),
        (b"[]", "data", "is not a JSON object"),
        (b"{}", "ce_specversion", "is missing or not a text"),
        (b'{"specversion": "1.0"}', "data", "is missing (data_base64 is not read)"),
        (b'{"specversion": "1.0", "data": {}}', "ce_id", "is missing or not a text"),
        (
            b'{"specversion": "1.0", "datacontenttype": "text/xml", "data": "x"}',
            "ce_datacontenttype",
            "is not application/json",
        ),
    ],
)
def test_a_broken_structured_message_is_told_by_field(
    document: bytes, field: str, problem: str
) -> None:
    with pytest.raises(EnvelopeError) as refused:
        from_structured(document)

    assert (refused.value.field, refused.value.problem) == (field, problem)


def test_an_unknown_version_of_a_known_noun_is_told_from_an_unknown_noun() -> None:
    assert message_class("bmb.transfer.accepted.v99") is None
    assert is_known_noun("bmb.transfer.accepted.v99")
    assert not is_known_noun("bmb.weather.changed.v1")
    assert not is_known_noun("not a type")


def test_a_wire_type_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        type("Again", (Event,), {}, type=bmb.TransferSent.wire_type)


def test_a_wire_type_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="is not <owner>"):
        type("Wrong", (Event,), {}, type="TransferSent")


@pytest.mark.parametrize("trace", ["", "00-xyz", 17, "ÿ"])
def test_a_broken_trace_is_left_behind(trace: object) -> None:
    assert Envelope.from_attributes(the_attributes(traceparent=trace)).traceparent is None


@given(
    headers=st.lists(
        st.tuples(st.sampled_from([n for n, _ in an_envelope().headers()]), st.binary())
    )
)
def test_no_headers_whatever_fail_in_another_way(headers: list[tuple[str, bytes]]) -> None:
    with contextlib.suppress(EnvelopeError):
        envelope = Envelope.from_headers([*an_envelope().headers(), *headers])
        assert Envelope.from_headers(envelope.headers()) == envelope


@given(
    document=st.one_of(
        st.binary(),
        st.dictionaries(
            st.sampled_from([*the_attributes(), "data", "sequence", "datacontenttype"]),
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        ).map(lambda changes: json.dumps({**the_attributes(data={}), **changes}).encode()),
    )
)
def test_no_structured_document_whatever_fails_in_another_way(document: bytes) -> None:
    with contextlib.suppress(EnvelopeError):
        envelope, body = from_structured(document)
        assert Envelope.from_headers(envelope.headers()).subject == envelope.subject
        json.loads(body)
