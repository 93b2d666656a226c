"""REF-9, architecture §4: no topic but the person facts' has room for who a person is.

A field has room for it when its name says so, or when it takes any text; exceptions have reasons.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from kvitt_contracts import coming
from kvitt_contracts.regions import PersonStated
from kvitt_contracts.schemas import schema_of
from kvitt_contracts.topics import CATALOGUE, ORDERS_UNITS, Topic
from kvitt_contracts.types import TEXT

WORDS = {
    *("name", "number", "identity", "personnummer", "birth", "born", "age"),
    *("address", "street", "city", "postal", "door", "code"),
    *("phone", "mobile", "email", "mail", "contact"),
    *("comment", "message", "instructions", "information", "note", "text"),
}
"""What a field that tells of a person is called, by the words of its name."""

OPEN_TEXTS = {
    "name": "of a unit, a store or an article",
    "supplier": "a company",
    "product": "of an article",
    "serial_number": "of a device",
    "reason": "a code in capitals",
    "rule": "an id of docs/domain.md",
    "field": "a path",
    "way_on": "written by us, repeats no value",
    "message_id": "ce_id",
    "message_source": "ce_source",
    "message_type": "ce_type",
    "message_subject": "ce_subject: what the region calls the thing",
    "subject": "ce_subject: what the region calls the thing",
    "service": "one of ours",
    "source": "ce_source",
    "topic": "one of ours",
    "order": "the region's reference",
    "order_number": "ORD-2",
    "transfer": "the region's reference",
    "status": "a state",
    "fee_group": "of an article",
    "unit": "piece, pair or set",
    "number": "of an invoice",
    "thing_number": "of an order, a transfer or the like: by which people call it",
}
"""Fields of any text on domain topics and feeds, and what stands in them."""

SAYS_SO = {
    "name": "of a unit, a store or an article",
    "number": "of an order line or an invoice",
    "article_number": "of an article",
    "device_number": "of a device",
    "serial_number": "of a device",
    "order_number": "ORD-2",
    **dict.fromkeys(("purchase_order_number", "pickup_number", "work_order_number"), "ORD-2"),
    "number_kind": "order or purchase_order (ORD-12)",
    "new_number": "of a device",
    "thing_number": "of an order, a transfer or the like: by which people call it",
    "supplier_article_number": "of an article",
    "organisation_number": "of a legal person: its form is never a personal number's",
    "vat_number": "of a legal person",
    "email": "of a user's preferences: the routines, no address",
    "email_id": "of a mail",
    "iso_code": "ISO 9999",
    "address_kind": "the kind alone; the address stays with orders (ORD-3)",
    "message": "of a notification: its kind",
    "message_id": "ce_id",
    "message_source": "ce_source",
    "message_type": "ce_type",
    "message_subject": "ce_subject",
}
"""Fields whose names hold such a word and that tell of no person."""

OF_A_UNIT = {"address", "street", "postal_code", "city"}
"""Parts of a payer's address on `orders.units`, and on no other topic of a service (BIL-9)."""

ALL = (*CATALOGUE, *coming.TOPICS)
OUTBOUND = [topic for topic in ALL if not topic.is_inbound]
INBOUND = [topic for topic in ALL if topic.is_inbound and not topic.personal_data]

FROM_A_REGION = {
    "comment": "to the one who picks the line; stays with orders",
    "message": "to the receiver of a transfer; stays with bmb",
    **dict.fromkeys(("order_email", "phone"), "of a supplier (SupplierStated)"),
    **dict.fromkeys(("address", "street", "postal_code", "city"), "of a unit or a supplier"),
}


def _name(topic: Topic) -> str:
    return topic.name


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {}).items()


def _says_so(name: str) -> bool:
    return bool(WORDS & set(name.split("_")))


def _takes_any_text(field: dict[str, Any]) -> bool:
    options = [field, field.get("items", {}), *field.get("anyOf", [])]
    bounds = {"pattern", "format", "enum", "const"}
    return any(
        option.get("type") == "string"
        and (not bounds & set(option) or option.get("pattern") == TEXT)
        for option in options
    )


def _of_units(topic: Topic) -> set[str]:
    return OF_A_UNIT if topic is ORDERS_UNITS else set()


def _is_flag(field: dict[str, Any]) -> bool:
    """True for what says only that there is something, not what it says (architecture §3)."""
    kinds = {option.get("type") for option in field.get("anyOf", [field])}
    return kinds - {"null"} == {"boolean"}


def _named(topic: Topic) -> set[str]:
    schemas = [schema_of(message) for message in (*topic.types, *topic.coming)]
    return {
        name
        for schema in schemas
        for name, field in _fields(schema)
        if _says_so(name) and not _is_flag(field) and field.get("type") != "null"
    }


def _open(topic: Topic) -> set[str]:
    schemas = [schema_of(message) for message in (*topic.types, *topic.coming)]
    return {name for schema in schemas for name, field in _fields(schema) if _takes_any_text(field)}


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize("topic", OUTBOUND, ids=_name)
def test_no_domain_event_has_a_field_that_is_called_after_a_person(topic: Topic) -> None:
    assert _named(topic) - set(SAYS_SO) - _of_units(topic) == set()


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize("topic", OUTBOUND, ids=_name)
def test_no_domain_event_has_a_free_text_that_a_person_could_stand_in(topic: Topic) -> None:
    assert _open(topic) - set(OPEN_TEXTS) - _of_units(topic) == set()


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize("topic", INBOUND, ids=_name)
def test_what_a_region_sends_tells_of_no_person(topic: Topic) -> None:
    known = set(SAYS_SO) | set(FROM_A_REGION)

    assert _named(topic) - known == set()


def test_the_search_finds_what_it_looks_for() -> None:
    found = {name for name, _ in _fields(schema_of(PersonStated)) if _says_so(name)}

    assert {"name", "number", "identity", "address", "street", "phone", "born_on"} <= found
    assert _takes_any_text({"anyOf": [{"type": "string"}, {"type": "null"}]})
    assert _takes_any_text({"type": "array", "items": {"type": "string"}})


def test_every_reason_is_of_a_field_that_exists() -> None:
    outbound = {name for topic in OUTBOUND for name in _named(topic) | _open(topic)}
    inbound = {name for topic in INBOUND for name in _named(topic)}

    assert set(SAYS_SO) <= outbound | inbound
    assert set(OPEN_TEXTS) <= outbound
