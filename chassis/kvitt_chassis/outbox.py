"""The service's event log, which is its outbox: the table, what stands in it, what an operator asks of it.

Rows are written by `transaction.py` and sent by `relay.py`. Nothing here writes an event.
"""



DDL: tuple[str, ...] = (
    """
    CREATE TABLE events (
        id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        event_id uuid NOT NULL,
        region text NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        seq bigint NOT NULL CONSTRAINT ck_events_seq CHECK (seq > 0),
        type text NOT NULL,
        time timestamptz NOT NULL,
        correlation_id text,
        causation_id text,
        actor text,
        traceparent text,
        payload text NOT NULL CONSTRAINT ck_events_contract_limit
            CHECK (octet_length(payload) <= 262144),
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_events_topic_key_seq UNIQUE (topic, key, seq)
    )
    """,
    # The relay reads by the transaction that wrote, and sorts and cuts pages by id.
    "CREATE INDEX ix_events_xid_id ON events (xid, id)",
    "REVOKE UPDATE, DELETE ON events FROM {api}, {worker}",
    # To lock out writers while an operator re-bases the relay; permits no change of a row.
    "GRANT MAINTAIN ON events TO {worker}",
    """
    CREATE TABLE relay (
        single boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_relay_only CHECK (single),
        epoch bigint NOT NULL DEFAULT 0,
        holder text NOT NULL DEFAULT '',
        leased_until timestamptz NOT NULL DEFAULT '-infinity',
        resent_id bigint NOT NULL DEFAULT 0,
        base_id bigint NOT NULL DEFAULT 0,
        s1 pg_snapshot NOT NULL DEFAULT '3:3:',
        s2 pg_snapshot,
        last_id bigint NOT NULL DEFAULT 0,
        system_identifier text,
        timeline text,
        cluster_id text
    )
    """,
    "INSERT INTO relay DEFAULT VALUES",
    "REVOKE ALL ON relay FROM {api}",
    "REVOKE INSERT, DELETE ON relay FROM {worker}",
)
"""`3:3:` is the snapshot in which nothing is visible: a new relay sends from the first row on."""
