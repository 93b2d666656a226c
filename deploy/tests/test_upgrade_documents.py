"""What was issued before documents were kept has one after the upgrade, of the names known then."""

import psycopg
import pytest
from kvitt.local import migrations
from kvitt.local.databases import DatabaseUrls
from kvitt_testkit.platform import Platform

INVOICE = "00000000-0000-0000-0000-000000000001"
BEFORE = (
    "DROP TABLE documents",
    "UPDATE alembic_version SET version_num = '0008'",
    "INSERT INTO payers (region, payer_id, name) VALUES ('ac', '20011', 'Vilhelmina')",
    "INSERT INTO payers (region, payer_id, name) VALUES ('bd', '20011', 'Kiruna')",
    (
        "INSERT INTO articles (region, article_number, name, type, charging, prices) VALUES"
        " ('ac', '30012', 'Rollator', 'main_device', 'rent', '[]'),"
        " ('ac', '30013', 'Säng', 'main_device', 'rent', '[]')"
    ),
    (
        "INSERT INTO invoices (region, id, seq, number, payer, payer_key, month, issued_on,"
        " is_credit, net_ore, vat_ore, gross_ore, lines) VALUES"
        f" ('ac', '{INVOICE}', 1, 'AC-2026-000001', '{{}}', 'unit/20011', '2026-05', '2026-06-01',"
        """ false, 100, 25, 125, '[{"article_number": "30012"}, {"article_number": "30012"}]')"""
    ),
)


@pytest.fixture
def urls(platform: Platform) -> DatabaseUrls:
    """Billing's database as the release before left it, with what was issued."""
    return platform.database("billing", "upgrade-documents-")


def rows(urls: DatabaseUrls, query: str) -> list[tuple[object, ...]]:
    """The rows of a query, as the owner."""
    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.rule("BIL-9j")
def test_what_was_issued_before_gets_a_document_of_the_names_that_are_known(
    urls: DatabaseUrls,
) -> None:
    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        for statement in BEFORE:
            connection.execute(statement)

    migrations.run({"billing": urls})

    kept = "SELECT region, CAST(invoice_id AS text), template, payer_name, article_names, pdf"
    assert rows(urls, f"{kept} FROM documents") == [
        ("ac", INVOICE, "invoice-1", "Vilhelmina", {"30012": "Rollator"}, None)
    ]
    assert rows(urls, "SELECT timer, region, CAST(key AS text) FROM timers") == [
        ("print_document", "ac", INVOICE)
    ]
    assert rows(urls, "SELECT due <= clock_timestamp() FROM timers") == [(True,)]
