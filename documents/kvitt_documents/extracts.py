"""What stands on the extract that a person is handed: who they are, what each service has of them,
what was corrected, and who has looked (REF-24).
"""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.rendering import Data
from kvitt_documents.showing import pieces
from kvitt_documents.slips import Fact, shown_facts

TEMPLATE = "extract-1"
MOST_ROWS = 1_000
"""So many rows of a kind stand on one extract, the latest of them."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what it says, and a table: its columns, and a text for each of a row."""

    heading: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    nothing: str
    """What stands there in place of a table without rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A person's extract on a day, in Swedish. `closing` are paragraphs: what else there is, and
    whom to ask.
    """

    issued_on: date
    who: tuple[Fact, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    template: str = TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": "Uppgifter om dig",
            "issued_on": self.issued_on.isoformat(),
            "who": shown_facts(self.who),
            "sections": [_shown(one) for one in self.sections],
            "closing": [pieces(paragraph) for paragraph in self.closing],
        }


def _shown(section: Section) -> Data:
    return {
        "heading": section.heading,
        "says": pieces(section.says),
        "columns": list(section.columns),
        "rows": [[pieces(text) for text in row] for row in section.rows[:MOST_ROWS]],
        "cut": len(section.rows) > MOST_ROWS,
        "nothing": section.nothing,
    }
