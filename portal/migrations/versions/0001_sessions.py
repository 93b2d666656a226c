"""Sessions of who is logged in, and forms that wait for somebody to log in again."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    # A session is known by the digest of its cookie, so that who reads the table can use none;
    # its content (tokens, what was filtered by) is sealed.
    op.execute(
        """
        CREATE TABLE sessions (
            digest bytea CONSTRAINT pk_sessions PRIMARY KEY,
            content text NOT NULL,
            idle_until timestamptz NOT NULL,
            ends_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_sessions_ends_at ON sessions (ends_at)")
    # What is kept under a cookie for some minutes: a log-in that has begun, and a form that was
    # sent without a session.
    op.execute(
        """
        CREATE TABLE kept (
            digest bytea CONSTRAINT pk_kept PRIMARY KEY,
            content text NOT NULL,
            ends_at timestamptz NOT NULL
        )
        """
    )
