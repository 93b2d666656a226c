"""A database of the release before, with what was in it, is as good as a new one once migrated."""

import re
from pathlib import Path

import psycopg
import pytest
from kvitt.local import migrations
from kvitt.local.databases import DatabaseUrls
from kvitt_chassis import key_digests
from kvitt_testkit.platform import Platform

BEFORE = (
    "DROP FUNCTION lock_marks, lock_known_marks, pass_over",
    "DROP INDEX uq_marks_digest",
    "DROP FUNCTION key_digest",
    "ALTER TABLE marks ADD CONSTRAINT marks_pkey PRIMARY KEY (topic, key)",
    "DROP TABLE inbound_facts",
    "ALTER TABLE inbound_seen DROP COLUMN content",
    """
    CREATE TABLE inbound_versions (
        source text NOT NULL, type text NOT NULL, subject text NOT NULL, version bigint NOT NULL,
        PRIMARY KEY (source, type, subject))
    """,
    "DROP INDEX ix_parked_keys_region",
    "ALTER TABLE parked_keys DROP COLUMN untold",
    "ALTER TABLE parked_messages DROP COLUMN told",
    (
        "ALTER TABLE refusals DROP COLUMN outcome, ALTER COLUMN message_id SET NOT NULL,"
        " ALTER COLUMN message_type SET NOT NULL, ALTER COLUMN reason SET NOT NULL,"
        " ALTER COLUMN rule SET NOT NULL"
    ),
    "ALTER TABLE person_details DROP COLUMN stated_phone, DROP COLUMN asked_by",
    "DROP TABLE care_devices, care_transfers, user_contacts, device_numbers",
    "DROP TABLE pickups, pickup_details, fault_reports, responsibles, cases, devices, attachments",
    "DROP TABLE basket_loans",
    "DROP TABLE work_orders, work_order_details, work_order_notes",
    "DROP TABLE application_drafts, order_drafts",
    "DROP TABLE key_rings, person_keys, person_corrections",
    "DROP TABLE receipts",
    "ALTER TABLE users DROP COLUMN product_areas, DROP COLUMN stores, DROP COLUMN profession",
    "DROP TABLE suppliers, purchase_orders, purchase_order_details",
    (
        "ALTER TABLE articles DROP COLUMN product_area, DROP COLUMN return_at_once,"
        " DROP COLUMN lead_time_days, DROP COLUMN supplier_id, DROP COLUMN supplier_article_number,"
        " DROP COLUMN is_kept_in_central, DROP COLUMN is_own_units_only, DROP COLUMN never_from,"
        " DROP COLUMN is_free, DROP COLUMN is_attachment_needed, DROP COLUMN replacement_group,"
        " DROP COLUMN is_hourly"
    ),
    (
        "ALTER TABLE orders DROP COLUMN to_store, DROP COLUMN proposal_id, DROP COLUMN cover,"
        " DROP COLUMN is_urgent"
    ),
    "ALTER TABLE users DROP COLUMN default_supply",
    "DROP TABLE replenishment_addresses",
    "DROP FUNCTION note_articles CASCADE",
    "DROP TABLE order_articles",
    (
        "DROP INDEX ix_orders_status, ix_orders_supply, ix_orders_planned_dispatch_on,"
        " ix_orders_delivered_on, ix_orders_reference, ix_orders_recipient_unit"
    ),
    "CREATE INDEX ix_orders_lines ON orders USING gin (lines jsonb_path_ops)",
    "DROP TABLE refills, templates, template_names",
    "DROP TABLE log_links, log_stones",
    "DROP INDEX ix_audit_at",
    "DROP FUNCTION thin_person_accesses",
    "DROP INDEX ix_person_accesses_user",
    (
        "ALTER TABLE person_accesses DROP COLUMN look, DROP COLUMN reason,"
        " DROP COLUMN unit, DROP COLUMN act,"
        " ALTER COLUMN person SET NOT NULL, ALTER COLUMN at DROP DEFAULT"
    ),
    "ALTER TABLE persons DROP COLUMN is_protected, DROP COLUMN is_erased",
    (
        "ALTER TABLE persons ADD CONSTRAINT uq_one_ref_per_region_person_id"
        " UNIQUE (region, region_person_id)"
    ),
    (
        "ALTER TABLE payers DROP COLUMN organisation_number, DROP COLUMN vat_number,"
        " DROP COLUMN address, DROP COLUMN endpoint, DROP COLUMN reference"
    ),
    "UPDATE alembic_version SET version_num = '0004'",
)
"""From the tables of this release back to those of 0004 in orders."""
WITH_DATA = (
    (
        "INSERT INTO marks (topic, key, seq)"
        " SELECT 'bmb.transfers', n::text, n FROM generate_series(1, 50) n"
    ),
    "INSERT INTO inbound_versions VALUES ('ac urn:region:ac', 'region.payer.stated.v1', 'P', 7)",
    "INSERT INTO inbound_seen (source, id) VALUES ('ac urn:region:ac', gen_random_uuid())",
    (
        "INSERT INTO parked_keys (topic, key, region, state, cause, reason)"
        " VALUES ('region.ac.orders', 'k', 'ac', 'quarantined', 'unreadable', 'is not JSON'),"
        " ('region.ac.orders', 'w', 'ac', 'waiting', 'not_yet_known', 'is not known yet')"
    ),
    (
        "INSERT INTO parked_messages (topic, key, partition, position, sealed)"
        " VALUES ('region.ac.orders', 'k', 0, 1, 'x'), ('region.ac.orders', 'w', 0, 2, 'x')"
    ),
    (
        "INSERT INTO refusals (region, id, seq, message_id, message_type, reason, rule)"
        " VALUES ('ac', gen_random_uuid(), 1, 'm', 't', 'UNKNOWN_PAYER', 'REF-14')"
    ),
)
INVOICE = "00000000-0000-0000-0000-000000000001"
BEFORE_DOCUMENTS = (
    "DROP TABLE log_links, log_stones",
    "DROP INDEX ix_audit_at",
    (
        "DROP TABLE documents, users, customers, persons, work_orders, ledger_entries,"
        " ledger_periods, month_previews, payer_previews, preview_findings, selections,"
        " print_file_fetches,"
        " suppliers, purchase_orders, purchase_lines, takeovers, supplier_invoices,"
        " region_sales, home_region_cases"
    ),
    (
        "ALTER TABLE charges DROP COLUMN pickup_id, DROP COLUMN work_order_id, DROP COLUMN run_id,"
        " DROP COLUMN sale_id"
    ),
    (
        "ALTER TABLE invoice_runs DROP COLUMN previewed_state, DROP COLUMN findings,"
        " DROP COLUMN approved_by, DROP COLUMN preview_step"
    ),
    "ALTER TABLE rents DROP COLUMN facts",
    "ALTER TABLE articles DROP COLUMN is_free",
    (
        "ALTER TABLE charges DROP COLUMN status, DROP COLUMN device_id, DROP COLUMN credit_id,"
        " DROP COLUMN credit_run_id, DROP COLUMN received_on, DROP COLUMN due_on,"
        " DROP COLUMN until_on, DROP COLUMN last_pause_on"
    ),
    "ALTER TABLE order_lines DROP COLUMN fee_timing, DROP COLUMN is_covered",
    "ALTER TABLE devices DROP COLUMN waits_from, DROP COLUMN waits_until",
    "DROP INDEX ix_devices_to_settle",
    "CREATE INDEX ix_devices_unsettled ON devices (region, unsettled_from)",
    "ALTER TABLE articles DROP COLUMN supplier_id, DROP COLUMN supplier_article_number",
    "DROP INDEX ix_devices_number",
    "ALTER TABLE invoices DROP COLUMN due_on, DROP COLUMN ocr",
    "DROP INDEX ix_charges_payer",
    "DROP INDEX ix_invoices_month",
    "ALTER TABLE rents DROP COLUMN corrects",
    (
        "ALTER TABLE payers DROP COLUMN organisation_number, DROP COLUMN vat_number,"
        " DROP COLUMN address, DROP COLUMN endpoint, DROP COLUMN reference"
    ),
    "UPDATE alembic_version SET version_num = '0008'",
)
"""From the tables of this release back to those of 0008 in billing."""
ISSUED = (
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
"""An invoice of the release before, and the names that are known."""
KEPT = """
    SELECT region, CAST(invoice_id AS text), template, payer_name, article_names, pdf FROM documents
    """
OF_THE_INVOICE = ("ac", INVOICE, "invoice-1", "Vilhelmina", {"30012": "Rollator"}, None)
SHAPE = """
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'inbound_versions'
    ORDER BY table_name, column_name
    """
INDEXES = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'inbound_versions'
    ORDER BY indexname
    """
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "upgrading.md"


@pytest.fixture
def urls(platform: Platform) -> DatabaseUrls:
    """Orders' database, as 0004 left it and with something in each table that has changed since."""
    return platform.database("orders", "upgrade-")


def rows(urls: DatabaseUrls, query: str) -> list[tuple[object, ...]]:
    """The rows of a query, as the owner."""
    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        return connection.execute(query).fetchall()


def by_hand(names: str) -> str:
    """What an operator runs once every process is new, as the runbook has it: the block that names
    this.
    """
    blocks = re.findall(r"```sql\n(.*?)```", RUNBOOK.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [one for one in blocks if names in one]
    return str(block)


def an_index_half_made(urls: DatabaseUrls) -> None:
    """As a job leaves it that was ended while it built one."""
    with psycopg.connect(DatabaseUrls.libpq(urls.owner), autocommit=True) as connection:
        connection.execute(key_digests.FUNCTION)
        connection.execute("INSERT INTO marks (topic, key, seq) VALUES ('twice', 'a', 1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(
                "CREATE UNIQUE INDEX CONCURRENTLY uq_marks_digest ON marks ((topic <> ''))"
            )
        connection.execute("DELETE FROM marks WHERE topic = 'twice'")


def test_a_database_with_data_is_upgraded_and_forgets_nothing(urls: DatabaseUrls) -> None:
    shape, indexes = rows(urls, SHAPE), rows(urls, INDEXES)
    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        for statement in (*BEFORE, *WITH_DATA):
            connection.execute(statement)
    an_index_half_made(urls)

    migrations.run({"orders": urls})

    assert rows(urls, SHAPE) == shape
    assert set(rows(urls, INDEXES)) > set(indexes)
    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        connection.execute(by_hand("marks_pkey"))
    assert rows(urls, INDEXES) == indexes
    assert rows(urls, "SELECT count(*), max(seq) FROM marks") == [(50, 50)]
    known = ("ac urn:region:ac", "region.payer.stated.v1", "P", "", 7, None)
    assert rows(urls, "SELECT * FROM inbound_facts") == [known]
    assert rows(urls, "SELECT content FROM inbound_seen") == [(None,)]
    # who sent what is quarantined is told now; what waits is not
    parked = rows(urls, "SELECT key, untold FROM parked_keys ORDER BY key")
    assert parked == [("k", True), ("w", False)]
    assert rows(urls, "SELECT outcome, reason FROM refusals") == [("refused", "UNKNOWN_PAYER")]


@pytest.mark.rule("BIL-9j")
def test_what_was_issued_before_gets_a_document_of_the_names_that_are_known(
    platform: Platform,
) -> None:
    urls = platform.database("billing", "upgrade-documents-")
    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        for statement in (*BEFORE_DOCUMENTS, *ISSUED):
            connection.execute(statement)

    migrations.run({"billing": urls})

    assert rows(urls, KEPT) == [OF_THE_INVOICE]
    assert rows(urls, "SELECT timer, region, CAST(key AS text) FROM timers") == [
        ("print_document", "ac", INVOICE)
    ]
    assert rows(urls, "SELECT due <= clock_timestamp() FROM timers") == [(True,)]


@pytest.mark.rule("BIL-9j")
def test_what_was_issued_beside_the_upgrade_gets_its_document_by_hand_once(
    platform: Platform,
) -> None:
    urls = platform.database("billing", "upgrade-by-hand-")

    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        for statement in ISSUED:
            connection.execute(statement)
        filled = [connection.execute(by_hand("documents")).rowcount for _ in range(2)]

    assert filled == [1, 0]
    assert rows(urls, KEPT) == [OF_THE_INVOICE]


def test_what_is_filled_by_hand_in_transfers_fits_the_table(platform: Platform) -> None:
    urls = platform.database("bmb", "upgrade-")

    with psycopg.connect(DatabaseUrls.libpq(urls.owner)) as connection:
        filled = connection.execute(by_hand("transfers")).rowcount

    assert filled == 0, "there is nothing to fill in a new table"
