"""The job that sends mails: takes one, asks orders, hands it over, records what came of it."""

import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import UTC, datetime

from kvitt_chassis import metrics
from kvitt_chassis.database import Database
from kvitt_chassis.operating.jobs import surely
from kvitt_contracts.types import RegionCode

from notifications.emails import writes
from notifications.emails.asking import Orders, OrdersAway, OrdersRefuses
from notifications.emails.domain import ADDRESSEES, Reason
from notifications.emails.letters import TEXTS, write
from notifications.emails.models import EmailRow
from notifications.emails.settings import MailSettings
from notifications.emails.smtp import MailServer, MailServerAway, MailServerRefuses

log = logging.getLogger(__name__)

QUEUED = metrics.declare(
    "gauge",
    "emails_queued",
    "Mails that are to be sent.",
    "Growing: /health/ready says under mail what is away; docs/runbooks/mail.md.",
    silent="no mail server is named, or no mail was looked for yet",
)
PUT_OFF = metrics.declare(
    "counter",
    "emails_put_off",
    "How often a mail was put off: the mail server or orders was away, or said later.",
    "Growing: the log says which, and by what error; docs/runbooks/mail.md.",
    ["away"],
    silent="no mail was put off since the process began",
)

PAUSES = (30.0, 60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0)
"""Seconds of real time until the next try of a mail; the last one again and again."""
TRY_SECONDS = 480.0
"""So long a try may last."""
HELD_SECONDS = 600.0
"""Longer than a try lasts, its last words to the mail server included."""
_POLL_SECONDS = 1.0
"""Between two looks, and between two tries while something is away."""


class NotKnownHere(Exception):
    """A mail of a newer release: a process of that release sends it."""


# decision 0462: at least once, and twice only where a process ended between two words
class Mailer:
    """Sends the mails of one service's database, of which several processes may run one.

    Raises OSError and ValueError for files of the settings that cannot be read or are wrong.
    """

    name = "mail"

    def __init__(
        self, database: Database, settings: MailSettings, *, pauses: Sequence[float] = PAUSES
    ) -> None:
        self._database = database
        self._settings = settings
        self._pauses = tuple(pauses)
        self._away: str | None = None
        self._last: RegionCode | None = None
        self._server = self._orders = None
        if settings.host and settings.orders_url and settings.key_file:
            self._server = MailServer(settings)
            self._orders = Orders(settings.orders_url, settings.key_file)

    def remark(self) -> str | None:
        """What an operator should know, though the service goes on."""
        if self._server is None:
            return "is off: KVITT_MAIL_HOST is not set"
        return self._away

    async def work(self) -> float:
        """Try the next mail that is due."""
        found = await self.send_one()
        return _POLL_SECONDS if self._away or not found else 0.0

    async def send_one(self) -> bool:
        """Try the next mail that is due. False: none is, or mail is off."""
        out = [str(region) for region in self._database.policies.out]
        async with self._database.unit() as unit:
            QUEUED.labels("notifications").set(await writes.waiting(unit))
            if self._server is None:
                return False
            taken = await writes.take(unit, out=out, last=self._last, held_seconds=HELD_SECONDS)
        if taken is None:
            return False
        self._last = taken.region
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await self._send(taken)
        except (OrdersRefuses, MailServerRefuses) as refused:
            await self._settle(taken, refused.reason)
        except (OrdersAway, MailServerAway, NotKnownHere, TimeoutError) as error:
            await self._put_off(taken, error)
        else:
            self._away = None
            await self._settle(taken, None)
        return True

    async def _send(self, taken: writes.Taken) -> None:
        assert self._server is not None
        assert self._orders is not None
        if taken.email.routine not in TEXTS or taken.email.to_kind not in ADDRESSEES:
            raise NotKnownHere
        contents = await self._orders.contents_of(taken.email, region=taken.region)
        try:
            letter = write(
                taken.email.id,
                taken.email.routine,
                sender=self._settings.sender or "",
                to=contents.to,
                at=datetime.now(UTC),
                attachment=contents.attachment,
            )
        except ValueError:  # its text may hold the address
            raise MailServerRefuses(Reason.ADDRESS_UNUSABLE) from None
        await self._server.send(letter, to=contents.to)

    async def _settle(self, taken: writes.Taken, reason: str | None) -> None:
        """Record that it is sent or, for a reason, tried no more; else it would be sent again."""
        await surely(lambda: self._record(taken, reason))
        outcome = "is sent" if reason is None else f"has failed: {reason}"
        log.info("mail %s %s", taken.email.id, outcome)

    async def _record(self, taken: writes.Taken, reason: str | None) -> None:
        async with self._database.unit() as unit:
            tx = unit.begin(region=taken.region, subject=str(taken.email.id), target=taken.email.id)
            row = await tx.lock(EmailRow, taken.email.id)
            if reason is None:
                await writes.settle_as_sent(row, tx)
            else:
                await writes.settle_as_failed(row, tx, reason=reason)

    async def _put_off(self, taken: writes.Taken, error: Exception) -> None:
        match error:
            case OrdersAway():
                which = "orders"
            case NotKnownHere():
                which = "newer release"
            case _:
                which = "mail server"
        self._away = f"{which} away: {str(error) or type(error).__name__}"
        pause = self._pauses[min(taken.tries, len(self._pauses)) - 1]
        async with self._database.unit() as unit:
            await writes.put_off(unit, taken, seconds=pause * random.uniform(0.8, 1.2))
        PUT_OFF.labels("notifications", which.replace(" ", "_")).inc()
        log.warning("mail %s is put off, try %d: %s", taken.email.id, taken.tries, self._away)
