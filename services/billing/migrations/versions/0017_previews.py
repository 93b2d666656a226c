"""A month's preview: of its run, and of charges that it has taken."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("charges", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.add_column("invoice_runs", sa.Column("previewed_state", sa.Text(), nullable=True))
    op.add_column(
        "invoice_runs", sa.Column("findings", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("invoice_runs", sa.Column("approved_by", sa.Text(), nullable=True))
    op.add_column("invoice_runs", sa.Column("preview_step", sa.String(40), nullable=True))
    op.create_table(
        "month_previews",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("last_net_ore", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("previewed_state", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_month_previews")),
    )
    op.create_table(
        "payer_previews",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("payer_key", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("last_net_ore", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_payer_previews")),
    )
    op.create_index(
        "uq_payer_preview_bil_9", "payer_previews", ["region", "month", "payer_key"], unique=True
    )
    op.create_index("ix_payer_previews_weight", "payer_previews", ["region", "weight", "id"])
    op.create_table(
        "preview_findings",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=True),
        sa.Column("last_net_ore", sa.BigInteger(), nullable=True),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region", "id", name=op.f("pk_preview_findings")),
    )
    op.create_index("ix_preview_findings_weight", "preview_findings", ["region", "weight", "id"])
    op.create_index("ix_preview_findings_month", "preview_findings", ["region", "month"])
    guard_regions(op, "billing")
