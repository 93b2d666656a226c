"""A TLS certificate that is replaced while connections go on. Knows no route."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path

from kvitt_chassis.secret_files import stamp_of

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0


# decision 0539: connections that are open go on, the next ones are shown the new certificate
class Certificates:
    """A certificate and its key, in files. `contexts` answers the servers' contexts, which are
    given what is there when both suit each other.
    """

    def __init__(
        self,
        certificate: Path,
        key: Path,
        contexts: Callable[[], Iterable[ssl.SSLContext]],
    ) -> None:
        self._files = (certificate, key)
        self._contexts = contexts
        self._given = self._stamps()

    async def keep_at(self) -> None:
        """Look every few seconds, for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await asyncio.to_thread(self.look)

    def look(self) -> bool:
        """Give the servers what is there now. True: it is another than before, and is served."""
        stamps = self._stamps()
        if stamps == self._given:
            return False
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files)
            for context in self._contexts():
                context.load_cert_chain(*self._files)
        except OSError as error:  # one of the two is not there yet, or is replaced right now
            log.warning("the certificate was not read anew: %s", type(error).__name__)
            return False
        self._given = stamps
        log.info("the certificate was read anew")
        return True

    def _stamps(self) -> tuple[tuple[int, ...], ...]:
        return tuple(stamp_of(file) for file in self._files)
