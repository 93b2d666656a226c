"""What stands on the list by which a store is counted."""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.rendering import Data

TEMPLATE = "counting-list-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingLine:
    """An article to count, or one of its devices to find: `device` is its number, else empty."""

    article_number: str
    name: str
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingList:
    """What is to be counted in a store, in Swedish (INV-10). It says no balance: who counts looks
    at the shelf.
    """

    store: str
    issued_on: date
    lines: tuple[CountingLine, ...]
    template: str = TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": f"Räknelista {self.store}",
            "issued_on": self.issued_on.isoformat(),
            "facts": [
                ["Förråd", self.store],
                ["Dag", self.issued_on.isoformat()],
                ["Rader", str(len(self.lines))],
            ],
            "lines": [
                [one.article_number, one.name, one.device, "☐" if one.device else "______"]
                for one in self.lines
            ],
        }
