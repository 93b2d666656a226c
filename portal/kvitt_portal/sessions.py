"""Who is logged in: sessions in the portal's own database, sealed, known by a cookie's digest."""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from cryptography.fernet import Fernet, MultiFernet
from kvitt_chassis.fernet_keys import fernet_of
from kvitt_chassis.secret_files import Live

IDLE = timedelta(minutes=30)
"""So long a session lasts after the last request."""
LONGEST = timedelta(hours=10)
"""So long a session lasts at most: a working day."""
KEPT = timedelta(minutes=30)
"""So long a log-in may take, and a form waits for it."""
_LAPSED = timedelta(days=1)
_TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Session:
    """One person's session. What pages change of it is stored when the request ends."""

    user_id: str
    region: str
    token: str
    """The user's own token, which the services are called with."""
    name: str = ""
    is_known: bool = False
    """True once the register of users has said who this is; until then it is asked again."""
    roles: list[str] = field(default_factory=list)
    service_points: list[str] = field(default_factory=list)
    service_point: str = ""
    """The service point that is chosen at present."""
    places: dict[str, str] = field(default_factory=dict)
    """What the service points are called, by their codes."""
    notices: list[dict[str, str]] = field(default_factory=list)
    """What is said once, on the next page."""
    remembered: dict[str, str] = field(default_factory=dict)
    """The query of each list as it was last looked at."""
    provider: str = ""
    """Where the user has logged in; empty in the local profile."""
    refresh_token: str = ""
    token_ends_at: float = 0.0
    """When the token ends, in seconds of the epoch; 0: with the session."""

    def copy(self) -> dict[str, Any]:
        """Its content as plain values."""
        return asdict(self)


# decision 0297: what a session holds is sealed, and known by a digest
class Sessions:
    """The table of sessions. Times are real ones, in UTC; business time has no part in it."""

    def __init__(self, pool: asyncpg.Pool, *, key: str | Live) -> None:
        self._pool = pool
        self._live = key if isinstance(key, Live) else Live("portal_key", key, check=Fernet)

    @property
    def _fernet(self) -> MultiFernet:
        """Seals by the newest key, and opens by each: a session lasts on when a key is replaced."""
        return fernet_of(self._live.values())

    async def start(self, session: Session) -> str:
        """Store a new session; answers the secret that its cookie holds."""
        secret = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        await self._pool.execute(
            "INSERT INTO sessions (digest, content, idle_until, ends_at) VALUES ($1, $2, $3, $4)",
            _digest(secret),
            self._sealed(session),
            now + IDLE,
            now + LONGEST,
        )
        return secret

    async def find(self, secret: str, *, lasts_on: bool = True) -> Session | None:
        """The session of a cookie's secret, which lasts on from here unless told; None where it has
        ended.
        """
        now = datetime.now(UTC)
        row = await self._pool.fetchrow(
            "SELECT content, idle_until FROM sessions"
            " WHERE digest = $1 AND idle_until > $2 AND ends_at > $2",
            _digest(secret),
            now,
        )
        if row is None:
            return None
        if lasts_on and row["idle_until"] < now + IDLE - _TOUCHED_EVERY:
            await self._pool.execute(
                "UPDATE sessions SET idle_until = $2 WHERE digest = $1", _digest(secret), now + IDLE
            )
        return self._session(row["content"])

    async def store(self, secret: str, session: Session, *, before: dict[str, Any]) -> None:
        """Keep what one request has changed of a session since `before`, and leave what another has
        changed meanwhile: people have several tabs.
        """
        changed = {name: one for name, one in session.copy().items() if one != before[name]}
        async with self._pool.acquire() as connection, connection.transaction():
            content = await connection.fetchval(
                "SELECT content FROM sessions WHERE digest = $1 FOR NO KEY UPDATE", _digest(secret)
            )
            if content is None:  # logged out meanwhile
                return
            merged = replace(self._session(content), **changed)
            await connection.execute(
                "UPDATE sessions SET content = $2 WHERE digest = $1",
                _digest(secret),
                self._sealed(merged),
            )

    async def end(self, secret: str) -> None:
        """Log out: the cookie is worth nothing from here on."""
        await self._pool.execute("DELETE FROM sessions WHERE digest = $1", _digest(secret))

    async def lapsed(self, secret: str) -> Session | None:
        """The session of a cookie whose time is out, for who logs in again; None after a log-out,
        or a day.
        """
        content = await self._pool.fetchval(
            "SELECT content FROM sessions WHERE digest = $1", _digest(secret)
        )
        return None if content is None else self._session(content)

    async def keep(self, content: dict[str, Any]) -> str:
        """Keep something for some minutes; answers the secret of the cookie that it is had by."""
        secret = secrets.token_urlsafe(32)
        await self._pool.execute(
            "INSERT INTO kept (digest, content, ends_at) VALUES ($1, $2, $3)",
            _digest(secret),
            self._fernet.encrypt(json.dumps(content).encode()).decode(),
            datetime.now(UTC) + KEPT,
        )
        return secret

    async def take(self, secret: str) -> dict[str, Any] | None:
        """What was kept, once, and for some minutes alone."""
        row = await self._pool.fetchrow(
            "DELETE FROM kept WHERE digest = $1 RETURNING content, ends_at", _digest(secret)
        )
        if row is None or row["ends_at"] < datetime.now(UTC):
            return None
        return self._opened(row["content"])

    async def forget_old(self) -> None:
        """Delete what ended a day ago, and what was kept too long."""
        now = datetime.now(UTC)
        await self._pool.execute(
            "DELETE FROM sessions WHERE least(ends_at, idle_until) < $1", now - _LAPSED
        )
        await self._pool.execute("DELETE FROM kept WHERE ends_at < $1", now)

    def _session(self, content: str) -> Session:
        # another release may have stored fields that this one has not
        names = {one.name for one in fields(Session)}
        found = self._opened(content)
        return Session(**{name: one for name, one in found.items() if name in names})

    def _opened(self, content: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._fernet.decrypt(content.encode()))
        return found

    def _sealed(self, session: Session) -> str:
        return self._fernet.encrypt(json.dumps(session.copy()).encode()).decode()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
