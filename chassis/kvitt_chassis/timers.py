"""Timers: rows that become due on business time, handled in transactions like messages."""

DDL: tuple[str, ...] = (
    """
    CREATE TABLE timers (
        timer text NOT NULL,
        region text NOT NULL,
        key uuid NOT NULL,
        due timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        not_before timestamptz,
        PRIMARY KEY (timer, region, key)
    )
    """,
    "CREATE INDEX ix_timers_due ON timers (due)",
)
"""`due` is business time; `not_before` is real time: when one whose handler failed is tried again.
"""
