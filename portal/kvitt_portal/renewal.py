"""Fresh tokens for sessions that outlast theirs."""

import asyncio
import logging
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

from kvitt_portal.providers import FAULTS, OpenId
from kvitt_portal.sessions import Session, Sessions

log = logging.getLogger(__name__)

_RENEWED_BEFORE = 60.0  # seconds


def ends_soon(session: Session) -> bool:
    """True where the session's token has ended, or will within a minute."""
    return 0 < session.token_ends_at < time.time() + _RENEWED_BEFORE


class Renewals:
    """Each session's token is renewed once at a time: a provider takes what renews it once, and
    people have several tabs.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def renewed(
        self, sessions: Sessions, secret: str, provider_of: Callable[[str], OpenId | None]
    ) -> Session | None:
        """The session of a cookie's secret, stored with a fresh token while its provider gives one;
        None where its token has ended.
        """
        lock = self._locks.setdefault(secret, asyncio.Lock())
        async with lock:
            session = await sessions.find(secret)
            if session is None or not ends_soon(session):
                return session
            before = session.copy()
            await _renew(session, provider_of(session.provider))
            await sessions.store(secret, session, before=before)
        return session if session.token_ends_at > time.time() else None


async def _renew(session: Session, openid: OpenId | None) -> None:
    if openid is None or not session.refresh_token:
        return
    try:
        await openid.renew(session)
    except FAULTS as fault:  # the provider is silent for a moment, or gives no more
        log.warning("a token was not renewed: %s", type(fault).__name__)
