"""Cases that wait, as customer service reads and answers them where they are listed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kvitt_portal.here import Visit
from kvitt_portal.pages import things

AT_ONCE: Final = 20
"""So many stand on a page where each can be answered: every one is asked for by itself."""
_SHORT: Final = 300


# decision 0394: what waits is answered where it is listed
@dataclass(frozen=True, slots=True)
class Question:
    """A case in a list. `text` is what was written; `about` what it is about, with its page."""

    case: dict[str, Any]
    text: str
    about: str
    about_page: str
    is_whole: bool
    """False where it cannot all be read in the list: it is answered on its own page."""

    @property
    def hastens(self) -> bool:
        """True where to answer that it is done makes a pickup urgent, for a fee."""
        return hastens(self.case)

    @property
    def may_answer(self) -> bool:
        """True where it is answered in the list."""
        return self.case["status"] == "waiting" and self.is_whole and not self.hastens


def hastens(case: dict[str, Any]) -> bool:
    """True where to answer that it is done makes a pickup urgent (CAS-1)."""
    about = case["about"]
    return case["kind"] == "urgent" and about is not None and about["kind"] == "pickup"


async def questions_of(here: Visit, cases: Sequence[dict[str, Any]]) -> list[Question]:
    """These cases with what they say, for who answers them. One that is gone or silent has no text,
    and is answered on its page.
    """
    return list(await asyncio.gather(*(_question(here, one) for one in cases)))


async def _question(here: Visit, case: dict[str, Any]) -> Question:
    of = case["about"]
    # who a person is is looked up, and logged, where their case is read: not wherever it is listed
    is_person = of is not None and of["kind"] == "person"
    view, about = await asyncio.gather(
        here.ask("orders", f"/cases/{case['case_id']}"),
        things.name_of(here, None if is_person else of),
    )
    text = (view.value["text"] or "") if view else ""
    return Question(
        case=case,
        text=text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()} …",
        about=here.word(things.WORDS["person"]) if is_person else about,
        about_page=things.page_of(of["kind"], of["id"]) if of else "",
        # what is offered stands on the case's page, with the list to print
        is_whole=bool(view) and len(text) <= _SHORT and not view.value.get("devices"),
    )
