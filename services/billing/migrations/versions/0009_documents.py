"""The document of each invoice is kept: what it shows, and its bytes. Those that were issued before
show the names that are known now, and are made after the release has started.
"""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

KEEP = """
    INSERT INTO documents (region, invoice_id, template, payer_name, article_names)
    SELECT i.region, i.id, 'invoice-1', p.name, coalesce(
        (SELECT jsonb_object_agg(a.article_number, a.name) FROM articles a
         WHERE a.region = i.region AND a.article_number IN
             (SELECT line->>'article_number' FROM jsonb_array_elements(i.lines) line)), '{}')
    FROM invoices i
    LEFT JOIN payers p ON p.region = i.region AND i.payer_key = 'unit/' || p.payer_id
    """
MAKE = """
    INSERT INTO timers (timer, region, key, due)
    SELECT 'print_document', region, invoice_id, now() FROM documents
    """


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=True),
        sa.Column("article_names", postgresql.JSONB(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("region", "invoice_id", name=op.f("pk_documents")),
    )
    op.execute(KEEP)
    op.execute(MAKE)
    guard_regions(op, "billing")
