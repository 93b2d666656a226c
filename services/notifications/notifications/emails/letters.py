"""What stands in a mail, by its routine. It names no person; Swedish, since people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from kvitt_contracts.regions import EmailAddress
from kvitt_contracts.types import EmailId, Word
from pydantic import TypeAdapter

from notifications.emails.domain import PURCHASE_ORDER
from notifications.preferences.domain import (
    ACCESS,
    BASKET_LOAN,
    DIRECT_DELIVERY,
    ORDER,
    PICKUP_BY_RELATIVES,
    STOCKTAKING,
    TRANSFER,
    WORK_ORDER,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A routine's subject and text; `{number}` stands for the number of what is attached."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes along, and the number of what it shows."""

    number: str
    content: bytes


_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(EmailAddress)
_AUTOMATIC: Final = "Brevet har skickats automatiskt och går inte att svara på."


def _told(subject: str, what: str) -> Text:
    """Of a message that says the rest: it is in the list of whoever gets the mail."""
    text = f"Hej!\n\nDu har ett nytt meddelande i Kvitt om {what}. Logga in och öppna det.\n\n"
    return Text(subject, f"{text}{_AUTOMATIC} Vad som kommer med e-post väljer du i Kvitt.\n")


TEXTS: Final[Mapping[Word, Text]] = {
    TRANSFER: _told("Meddelande om ett byte", "ett byte som du har skickat eller ska kvittera"),
    ORDER: _told("Meddelande om en beställning", "en av dina beställningar"),
    DIRECT_DELIVERY: _told("Meddelande om en direktleverans", "en direktleverans till din enhet"),
    BASKET_LOAN: _told("Meddelande om en varukorg", "en av dina varukorgar"),
    WORK_ORDER: _told("Meddelande om en arbetsorder", "en arbetsorder eller en ansökan"),
    PURCHASE_ORDER: Text(
        "Inköpsorder {number}",
        "Hej!\n\n"
        "Inköpsorder {number} är bifogad som PDF. Där står vad som beställs, vart det ska levereras"
        " och vem som har beställt. Märk leveransen med {number}.\n\n"
        f"{_AUTOMATIC} Kontakta beställaren som står i inköpsordern.\n",
    ),
    PICKUP_BY_RELATIVES: Text(
        "Hämtning beställd av patient eller anhörig",
        "Hej!\n\n"
        "En patient eller anhörig har beställt hämtning av hjälpmedel som din enhet svarar för."
        " Logga in i Kvitt: hämtningen finns i ett av dina meddelanden.\n\n"
        f"{_AUTOMATIC}\n",
    ),
    STOCKTAKING: Text(
        "Inventering av förrådet",
        "Hej!\n\n"
        "Förrådet som din enhet svarar för ska inventeras. Logga in i Kvitt: dagen och det som ska"
        " räknas finns där.\n\n"
        f"{_AUTOMATIC}\n",
    ),
    ACCESS: Text(
        "Din behörighet i Kvitt",
        "Hej!\n\n"
        "Det har hänt något med din behörighet i Kvitt: den är beviljad, eller så har du inte varit"
        " inloggad på länge och den upphör snart, eller har upphört. Logga in i Kvitt så gäller den"
        " vidare. Går det inte: be din enhetschef att ansöka om behörighet på nytt.\n\n"
        f"{_AUTOMATIC}\n",
    ),
}


# decision 0463: no person in a mail, and no reply to it
def write(
    email_id: EmailId,
    routine: Word,
    *,
    sender: str,
    to: str,
    at: datetime,
    attachment: Attachment | None = None,
) -> EmailMessage:
    """The mail as it is sent; the same `email_id` gives the same Message-ID each time.

    Raises ValueError for what is not one address as regions state them, KeyError for a routine that
    has no text.
    """
    text, number = TEXTS[routine], attachment.number if attachment else ""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address("Kvitt", addr_spec=sender)
    letter["To"] = Address(addr_spec=_ADDRESS.validate_python(to))
    letter["Subject"] = text.subject.format(number=number)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{email_id}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text.text.format(number=number), cte="quoted-printable")
    if attachment is not None:
        letter.add_attachment(
            attachment.content,
            maintype="application",
            subtype="pdf",
            filename=f"inkopsorder-{attachment.number}.pdf",
        )
    return letter
