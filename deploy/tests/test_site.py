"""The site's pages: what is said of a message, of a schema's fields, and of what has changed."""

from pathlib import Path

from kvitt.site import changes, messages, sources
from kvitt.site.fields import Schema, fields, table
from kvitt_contracts.bmb import TransferAccepted
from kvitt_contracts.orders import PlaceOrder
from kvitt_contracts.schemas import schema_of

ROOT = Path(__file__).parents[2]

OLD: Schema = {
    "properties": {"number": {"type": "integer"}, "lines": {"items": {"$ref": "#/$defs/Line"}}},
    "required": ["number"],
    "$defs": {"Line": {"properties": {"quantity": {"type": "integer", "maximum": 9}}}},
}


def test_the_parts_of_a_field_are_fields_with_their_path() -> None:
    assert [(one.path, one.required) for one in fields(OLD)] == [
        ("number", True),
        ("lines", False),
        ("lines[].quantity", False),
    ]
    assert "| `lines[].quantity` |  | heltal, högst 9 |  |" in table(OLD)


def test_what_differs_between_two_schemas_is_told_by_field() -> None:
    new = OLD | {"properties": {"number": {"type": "string"}, "kind": {"const": "one"}}}

    assert changes.changes(OLD, OLD) == []
    assert changes.changes(OLD, new) == [
        "nytt fält `kind`: `one` (får saknas)",
        "fältet `lines` är borta",
        "fältet `lines[].quantity` är borta",
        "`number`: heltal (krävs) blev text (krävs)",
    ]


def test_a_messages_page_says_who_sends_and_reads_it_its_fields_and_examples() -> None:
    text = messages.page(TransferAccepted, {})

    assert "| `bmb.transfers` | bmb |" in text
    assert "| `transfer_id` | ja | UUID |" in text
    assert "Inte publicerad än" in text
    assert '"ce_type": "bmb.transfer.accepted.v1"' in text


def test_every_message_in_use_has_a_page_and_stands_in_the_list(tmp_path: Path) -> None:
    sources.write(ROOT, tmp_path / "pages")

    listed = (tmp_path / "pages/messages/index.md").read_text(encoding="utf-8")
    for name in messages.in_use():
        assert (tmp_path / f"pages/messages/{name}.md").is_file()
        assert f"({name}.md)" in listed


def test_each_link_of_a_page_that_is_taken_over_leads_to_a_file(tmp_path: Path) -> None:
    sources.write(ROOT, tmp_path / "pages")

    text = (tmp_path / "pages/integrators/topics.md").read_text(encoding="utf-8")
    assert "](../contracts/schemas/orders.order.place.v1.json)" in text
    assert "../../contracts" not in text


def test_what_is_forbidden_on_a_topic_is_told_so() -> None:
    assert "| `delivery.door_code` |  | får inte stå | Over HTTP only. |" in table(
        schema_of(PlaceOrder)
    )
