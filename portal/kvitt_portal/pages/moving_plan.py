"""What becomes of what a patient has who leaves the region: what is proposed for each line, what
its form says, and what is told of it. Asks nobody.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.pages import pickup_form

KIND: Final = "patient_moves"
"""What orders calls a case that offers what a patient has who moves."""
OFFER: Final = "offer"
STORE: Final = "store"
PICKUP: Final = "pickup"
STAY: Final = "stay"
MOST: Final = 100
"""So many devices, and so many unmarked lines, are dealt with at a time."""

CAUSE: Final = "not_needed"
"""Why something is fetched of who moves, where its product area has no other cause."""
_DEVICE: Final = re.compile(r"d-([0-9A-Za-z-]{1,30})")
_LINE: Final = re.compile(r"u-([0-9A-Za-z-]{1,40})\.([0-9]{1,4})\.([0-9]{1,6})")
_CHOICE: Final = re.compile(r"(offer|store|stay|pickup:[a-z_]{1,60})")

_ENDS: Final[Mapping[str, str]] = {
    OFFER: "erbjuds regionen dit patienten flyttar, i ett ärende till kundtjänst",
    STORE: "återtas till förrådet",
    PICKUP: "hämtas eller skickas till centrallagret, med en hämtorder",
    STAY: "lämnas som det är",
}
"""In the order in which a plan tells them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page: `choices` are values and texts; `proposed` is the one that the rule
    gives, `why` says which rule. Without choices nothing can be done about it here. `is_agreed`:
    the other region buys `device`, and its sale can be asked for (BIL-7).
    """

    key: str
    said: str
    choices: tuple[tuple[str, str], ...]
    proposed: str
    why: str
    page: str = ""
    device: str = ""
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A line as the form says it: a device by its number, or an order's unmarked line."""

    key: str
    said: str
    choice: str
    device: str = ""
    order: str = ""
    line: int = 0
    quantity: int = 0

    @property
    def kind(self) -> str:
        """What is done with it."""
        return self.choice.partition(":")[0]

    @property
    def cause(self) -> str:
        """Why it is fetched."""
        return self.choice.partition(":")[2]


def device_row(
    device: Mapping[str, Any],
    *,
    store: str,
    is_central: bool = False,
    causes: Sequence[str] | None,
    case: Mapping[str, Any] | None,
) -> Row:
    """What is proposed for a marked device: it is offered; what was not bought is taken back, into
    the own store, or fetched where the unit has none, its product area is sent by post (PCK-4), or
    it is to be in the central store at once (PCK-7). `causes`: None where they are not known.
    `case`: the latest in which it was offered.
    """
    key, said = f"d-{device['device_number']}", f"{device['device_number']} {device['name']}"
    if case is not None and case["status"] == "waiting":
        page = f"/arenden/{case['case_id']}"
        return Row(key, said, (), STAY, "Erbjuds redan: ärendet väntar på svar.", page)
    if device["claim"] is not None:
        return Row(key, said, (), STAY, "", f"/individ/{device['device_id']}")
    is_posted = causes is not None and list(causes) == [pickup_form.BY_POST]
    at_once = bool(device.get("return_at_once")) and not is_central  # a service before says nothing
    may_stand = bool(store) and causes is not None and not is_posted and not at_once
    back = [(STORE, f"Återta till förråd {store}")] if may_stand else []
    if causes:
        cause = CAUSE if CAUSE in causes else causes[0]
        way = "Skicka med post" if is_posted else "Hämtas"
        back.append((f"{PICKUP}:{cause}", f"{way} till centrallagret"))
    every = ((OFFER, "Erbjud den andra regionen"), *back, (STAY, "Inget nu"))
    must = _must(is_known=causes is not None, is_posted=is_posted, at_once=at_once)
    taken_back = back[0][0] if back else STAY
    if case is not None and case["outcome"] == "refused":
        why = "Köpet godkändes inte: ta tillbaka det."
        return Row(key, said, every, taken_back, f"{why} {must}".strip())
    if case is not None and case["outcome"] == "done":
        why = "Köpet är överenskommet med den andra regionen."
        return Row(key, said, every, STAY, why, device=device["device_number"], is_agreed=True)
    return Row(key, said, every, OFFER, f"Märkt, och regionens: erbjuds. {must}".strip())


def _must(*, is_known: bool, is_posted: bool, at_once: bool) -> str:
    if not is_known:
        return "Hur det kan lämnas tillbaka går inte att läsa just nu: ladda om sidan."
    if is_posted:
        return "Skickas med post: så gör dess produktområde."
    return "Ska genast till centrallagret, inte till ett förråd." if at_once else ""


def unmarked_row(line: Mapping[str, Any], *, store: str) -> Row:
    """What is proposed for unmarked goods: they come back, and inventory says what is scrapped."""
    key = f"u-{line['order_number']}.{line['line']}.{line['quantity']}"
    many = f", {line['quantity']} st" if line["quantity"] > 1 else ""
    said = f"{line['article_number']} {line['name']}{many}"
    is_service = line["article_type"] == "service"
    if is_service and not line["is_scrapped"]:
        return Row(key, said, (), STAY, "En tjänst: det finns inget att återta.")
    if not store:
        return Row(
            key, said, (), STAY, "Enheten har inget förråd att återta det till: be kundtjänst."
        )
    if line["is_scrapped"]:
        why = "tjänst" if is_service else "huvudhjälpmedel under regionens gräns"
        every = ((STORE, "Återta och skrota"), (STAY, "Inget nu"))
        return Row(key, said, every, STORE, f"Skrotas: {why}.")
    every = ((STORE, f"Återta till förråd {store}"), (STAY, "Följer med patienten"))
    return Row(key, said, every, STORE, "Omärkt, och skrotas inte: återtas.")


def give(form: Form, rows: Iterable[Row]) -> None:
    """Propose what the rules say for the lines of which the form says nothing that it offers."""
    for row in rows:
        if row.choices and form[row.key] not in dict(row.choices):
            form.give(row.key, row.proposed)
        if row.choices:
            form.give(f"said-{row.key}", row.said)


def chosen_of(form: Form) -> list[Chosen]:
    """The lines that a form says something of; what is no line is none."""
    found: list[Chosen] = []
    for key, choice in form.sent():
        if not _CHOICE.fullmatch(choice) or any(one.key == key for one in found):
            continue
        said = form[f"said-{key}"]
        if device := _DEVICE.fullmatch(key):
            found.append(Chosen(key, said or device[1], choice, device=device[1]))
        elif (line := _LINE.fullmatch(key)) and choice in (STORE, STAY):
            order, number, quantity = line.groups()
            found.append(
                Chosen(
                    key,
                    said or f"{order}, rad {number}",
                    choice,
                    order=order,
                    line=int(number),
                    quantity=int(quantity),
                )
            )
    return found


def told(chosen: Sequence[Chosen]) -> list[str]:
    """What will happen, as the page says before it happens."""
    counted = {kind: sum(one.kind == kind for one in chosen) for kind in _ENDS}
    return [f"{counted[kind]} {ends}" for kind, ends in _ENDS.items() if counted[kind]]


def seen_of(form: Form, chosen: Sequence[Chosen]) -> list[list[str]]:
    """What the page has shown of it: what becomes of each line, where, and on which day."""
    shown = [[name, form[name]] for name in ("service_point", "store", "on")]
    return shown + sorted([one.key, one.choice] for one in chosen)
