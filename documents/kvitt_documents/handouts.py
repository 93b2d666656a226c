"""What is handed to a patient with devices, or kept about them: a loan agreement, a proof of
ownership, the list of what they have, a receipt of what they gave back (ORD-17).
"""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.rendering import Data
from kvitt_documents.showing import pieces
from kvitt_documents.slips import Fact, shown_facts

TEMPLATE = "handout-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutDevice:
    """A device on the document: its number, its article with number and name, and its day."""

    number: str
    article: str
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """A document about a patient's devices, in Swedish. `day` says what the devices' day is;
    `terms` are paragraphs; `signers` sign it, each on a line of their own.
    """

    title: str
    issued_on: date
    recipient: tuple[Fact, ...]
    unit: tuple[Fact, ...]
    day: str
    devices: tuple[HandoutDevice, ...]
    terms: tuple[str, ...]
    signers: tuple[str, ...]
    template: str = TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": self.title,
            "issued_on": self.issued_on.isoformat(),
            "recipient": shown_facts(self.recipient),
            "unit": shown_facts(self.unit),
            "day": self.day,
            "devices": [
                [str(row), one.number, one.article, one.day.isoformat() if one.day else "–"]
                for row, one in enumerate(self.devices, start=1)
            ],
            "terms": [pieces(paragraph) for paragraph in self.terms],
            "signers": list(self.signers),
        }
