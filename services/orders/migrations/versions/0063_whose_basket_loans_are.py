"""Basket loans are found by whom something of them is delivered to (decisions 0342 and 0526)."""

import sqlalchemy as sa
from alembic import op
from kvitt_chassis.migrations import guard_regions

revision = "0063"
down_revision = "0062"

PERSONS = """
    INSERT INTO basket_loan_persons (region, person, order_id)
    SELECT region, person::uuid, id
    FROM basket_loans CROSS JOIN LATERAL jsonb_array_elements_text(persons) AS named (person)
    WHERE true {narrowed}
    ON CONFLICT DO NOTHING
"""
"""Of the rows of earlier releases, and of each row that is written from here on."""

# decision 0342: kept by the database, so that it is right of every writer's rows
NOTE_PERSONS = f"""
    CREATE OR REPLACE FUNCTION note_basket_persons() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {PERSONS.format(narrowed="AND region = new.region AND id = new.id")};
        RETURN NULL;
    END $$
"""
WHEN_WRITTEN = """
    CREATE OR REPLACE TRIGGER note_basket_persons
    AFTER INSERT OR UPDATE OF persons ON basket_loans
    FOR EACH ROW EXECUTE FUNCTION note_basket_persons()
"""


def upgrade() -> None:
    op.create_table(
        "basket_loan_persons",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "person", "order_id", name=op.f("pk_basket_loan_persons")
        ),
        if_not_exists=True,
    )
    guard_regions(op, "orders")
    op.execute(NOTE_PERSONS)
    op.execute(WHEN_WRITTEN)
    op.execute(PERSONS.format(narrowed=""))  # what is written meanwhile notes its own
