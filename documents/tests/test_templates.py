"""A published template is never changed: what was issued with it may not have its bytes yet."""

import hashlib
from pathlib import Path

from kvitt_documents import (
    balances,
    counting_lists,
    extracts,
    handouts,
    invoices,
    slips,
    supplier_returns,
)
from kvitt_documents.rendering import TEMPLATES

PUBLISHED = Path(__file__).with_name("published-templates.txt")


def sums() -> dict[str, str]:
    """The SHA-256 sum of each template, by its file's name."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(TEMPLATES.glob("*.typ"))
    }


def test_a_published_template_is_never_changed_and_never_removed() -> None:
    lines = PUBLISHED.read_text().splitlines()
    published = dict(line.split() for line in lines)

    changed = {name for name, told in published.items() if sums().get(name) != told}
    assert changed == set(), "make a new version of it (a new file), and name that in its module"


def test_every_template_is_published() -> None:
    named = [line.split()[0] for line in PUBLISHED.read_text().splitlines()]

    assert named == sorted(sums()), f"add to {PUBLISHED.name}: {sums()}"


def test_the_template_of_what_is_issued_now_is_there() -> None:
    of_slips = (slips.OFFER_TEMPLATE, slips.PICKUP_TEMPLATE, slips.WORK_ORDER_TEMPLATE)
    of_stores = (balances.TEMPLATE, counting_lists.TEMPLATE, supplier_returns.TEMPLATE)
    now = (*of_stores, extracts.TEMPLATE, handouts.TEMPLATE, invoices.TEMPLATE, *of_slips)

    assert {f"{one}.typ" for one in now} <= sums().keys()
