"""A mail handed over to the mail server, and what its answer means."""

import ssl
from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib

from notifications.emails.domain import Reason
from notifications.emails.settings import MailSettings

ANSWER_SECONDS = 20.0
"""So long the server may take to answer a word."""
LOOK_SECONDS = 300.0
"""So long it may look through a mail before it says that it has it: hung up on, it may have it all
the same, and would get it again.
"""


class MailServerAway(Exception):
    """The server does not answer, does not know us, or says: later. Try again."""


class MailServerRefuses(Exception):
    """The server takes this mail never; `reason` says what it will not have."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class MailServer:
    """The mail server of the settings. Raises OSError where a file of theirs cannot be read."""

    def __init__(
        self,
        settings: MailSettings,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._settings = settings
        self._answer_seconds, self._look_seconds = answer_seconds, look_seconds
        self._password = settings.password()
        self._context = ssl.create_default_context(cafile=settings.ca_file)

    async def send(self, letter: EmailMessage, *, to: str) -> None:
        """Hand it over; returns when the server has said that it has it.

        Raises MailServerAway, MailServerRefuses.
        """
        client = await self._connected()
        try:
            await client.mail(self._settings.sender or "")
            await client.rcpt(to)
            await client.data(letter.as_bytes(), timeout=self._look_seconds)
        except aiosmtplib.SMTPRecipientRefused as error:
            raise _refused(error, Reason.ADDRESS_REFUSED) from error
        except aiosmtplib.SMTPDataError as error:
            raise _refused(error, Reason.MAIL_REFUSED) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerAway(_named(error)) from error
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):  # it has the mail, or has it not
                await client.quit()
            client.close()

    # decision 0539
    async def _connected(self) -> aiosmtplib.SMTP:
        """By the newest password, by the older one where the server refuses that. Raises
        MailServerAway.
        """
        passwords = self._password.values() if self._password else (None,)
        for number, password in enumerate(passwords, 1):
            client = self._client(password)
            try:
                await client.connect()
                return client
            except aiosmtplib.SMTPAuthenticationError as error:
                client.close()
                if number == len(passwords):
                    raise MailServerAway(_named(error)) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                raise MailServerAway(_named(error)) from error
        raise AssertionError("a secret has a value")

    def _client(self, password: str | None) -> aiosmtplib.SMTP:
        chosen = self._settings
        return aiosmtplib.SMTP(
            hostname=chosen.host,
            port=chosen.port,
            username=chosen.username,
            password=password,
            timeout=self._answer_seconds,
            use_tls=chosen.tls == "tls",
            start_tls=chosen.tls == "starttls",
            tls_context=self._context if chosen.tls != "none" else None,
        )


def _refused(error: aiosmtplib.SMTPResponseException, reason: Reason) -> Exception:
    if 500 <= error.code < 600:
        return MailServerRefuses(reason)
    return MailServerAway(_named(error))


def _named(error: Exception) -> str:
    """What went wrong, without the server's words: an address may stand in them."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code is not None else type(error).__name__
