"""REF-17: whoever writes freely is told to say only what is relevant and necessary."""

import re
from pathlib import Path
from typing import Final

import kvitt_portal
import pytest
from kvitt_portal.forms import Form
from kvitt_portal.rendering import environment

from tests.privacy.free_text import FREE_TEXT

ONLY: Final = "Skriv bara det som är relevant och nödvändigt"
_TEMPLATES: Final = Path(kvitt_portal.__file__).parent / "templates"
_OF_REGISTER: Final = "a register states it"
_OF_FIELDS: Final = "each its own field of one thing: a number, a name, an address"
_CODE: Final = "nobody writes it here: a choice, an address or a file of one's own"

WRITTEN: Final[dict[str, tuple[str, str]]] = {
    "orders.person_details.instructions": ("recipients/recipient.html", "instructions"),
    "orders.person_accesses.reason": ("recipients/closed.html", "reason"),
    "orders.block_openings.reason": ("recipients/sparrar.html", "reason"),
    "orders.order_details.delivery": ("orders/new.html", "information"),
    "orders.order_details.comments": ("orders/new.html", '"comment-" ~ n'),
    "orders.purchase_order_details.comments": ("orders/order.html", "name"),
    "orders.pickup_details.delivery": ("pickups/new.html", "information"),
    "orders.work_order_details.delivery": ("delivery/parts.html", "information"),
    "orders.work_order_details.description": ("work_orders/new.html", "description"),
    "orders.work_order_details.application": ("work_orders/application.html", "need"),
    "orders.work_orders.action": ("work_orders/acts.html", "action"),
    "orders.work_orders.decision_reason": ("work_orders/acts.html", "why"),
    "orders.work_order_notes.text": ("work_orders/acts.html", "note"),
    "orders.application_drafts.application": ("work_orders/application.html", "tried"),
    "orders.order_drafts.written": ("orders/new.html", "work"),
    "orders.cases.text": ("cases/new.html", "text"),
    "orders.cases.answer": ("cases/case.html", "text"),
    "orders.fault_reports.text": ("fault_reports/new.html", "text"),
    "orders.fault_reports.responsible_text": ("fault_reports/report.html", "risk_why"),
    "orders.fault_reports.technician_text": ("fault_reports/report.html", "risk_why"),
    "orders.template_names.name": ("replenishing/page.html", "name"),
    "bmb.transfer_texts.to_receiver": ("sending/new.html", "message"),
    "bmb.transfer_texts.to_sender": ("bmb/transfer.html", "message"),
    "inventory.article_files.description": ("articles/write_page.html", "description"),
    "inventory.article_information.text": ("articles/write_page.html", "text"),
    "inventory.damage_notes.note": ("devices/damage.html", "note"),
    "inventory.device_notes.text": ("devices/notes.html", "note"),
    "inventory.supplier_returns.comment": ("supplier_returns/new.html", "comment"),
    "billing.selections.name": ("invoices/selections.html", "name"),
    "notifications.news_texts.title": ("news/list.html", "title"),
    "notifications.news_texts.text": ("news/list.html", "text"),
}
"""Each column of free text that somebody fills in the portal: in which template, by which field."""

NOT_WRITTEN: Final = {
    **dict.fromkeys(
        (f"orders.person_details.{one}" for one in ("identity", "name", "address", "stated_phone")),
        _OF_REGISTER,
    ),
    **dict.fromkeys(
        (f"orders.user_contacts.{one}" for one in ("name", "words", "phone", "mobile", "email")),
        _OF_REGISTER,
    ),
    **dict.fromkeys((f"orders.person_details.{one}" for one in ("phone", "door_code")), _OF_FIELDS),
    "orders.person_corrections.changed": "it keeps what stood in other fields, as they were",
    **dict.fromkeys(
        (
            "orders.attachments.name",
            "inventory.article_files.name",
            "inventory.article_information.link",
            "billing.selections.filters",
        ),
        _CODE,
    ),
}
"""The other columns, and why nobody writes freely into them."""


@pytest.mark.rule("REF-17a")
def test_each_column_of_free_text_has_its_field_or_says_why_not() -> None:
    assert WRITTEN.keys() | NOT_WRITTEN.keys() == FREE_TEXT.keys()
    assert not WRITTEN.keys() & NOT_WRITTEN.keys()


@pytest.mark.rule("REF-17a")
@pytest.mark.parametrize(("template", "field"), sorted(set(WRITTEN.values())))
def test_what_is_written_freely_is_written_in_a_field_that_says_so(
    template: str, field: str
) -> None:
    named = field if '"' in field else rf'"?{field}"?'
    pattern = rf"f\.(area|words)\(\w+, {named if named != field else re.escape(field)},"

    assert re.search(pattern, (_TEMPLATES / template).read_text()), pattern


@pytest.mark.rule("REF-17a")
def test_no_page_makes_a_field_of_several_lines_by_itself() -> None:
    own = {
        str(file.relative_to(_TEMPLATES))
        for file in _TEMPLATES.rglob("*.html")
        if "<textarea" in file.read_text()
    }
    of_codes = {
        str(file.relative_to(_TEMPLATES))
        for file in _TEMPLATES.rglob("*.html")
        if "f.lines(" in file.read_text()
    }

    assert own == {"forms.html"}
    assert of_codes == {"stocktaking/store.html"}  # scanned codes, one a line


@pytest.mark.rule("REF-17a")
@pytest.mark.parametrize(
    "field",
    [
        'f.area(form, "note", "Anteckning")',
        'f.area(form, "note", "Anteckning", hint="Läses av alla")',
        'f.words(form, "note", "Anteckning", maxlength=20)',
        'f.words(form, "note", "Anteckning", hint="Läses av alla")',
        'f.free("note", "note", "Anteckning")',
        'f.free("note", "note", "Anteckning", hint="Läses av alla")',
    ],
)
def test_a_field_of_free_text_says_to_write_only_what_is_necessary(field: str) -> None:
    page = environment().from_string(f'{{% import "forms.html" as f %}}{{{{ {field} }}}}')
    shown = page.render(form=Form())

    said = re.search(r'label__description" id="([\w-]+)">([^<]*)<', shown)
    assert said is not None, shown
    assert said[2] == (f"Läses av alla. {ONLY}" if "hint=" in field else ONLY)
    assert f'aria-describedby="{said[1]}' in shown, "it is read out with the field"
