"""What is done with what a patient has who leaves the region, and how each line of it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kvitt_portal import statuses
from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Visit
from kvitt_portal.pages import pickup_form
from kvitt_portal.pages.asking import devices_of
from kvitt_portal.pages.moving_plan import KIND, Chosen
from kvitt_portal.services import Part

AGAIN: Final = "Försök igen"
DONE: Final = "done"
REFUSED: Final = "refused"
WAITING: Final = "waiting"
STATES: Final = {
    DONE: ("Gjort", "success"),
    REFUSED: ("Nekat", "error"),
    WAITING: ("Inte svarat än", "warning"),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a line ended: `state` is DONE, REFUSED, or WAITING where nobody has answered yet; what is
    said of it, and the way on.
    """

    said: str
    state: str
    text: str
    page: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a form does, under keys that follow from its own. A service that is silent is sent no
    more: every further line would wait for it as long.
    """

    here: Visit
    form: Form
    silent: dict[str, Part] = field(default_factory=dict)

    async def post(self, service: str, path: str, body: Any, name: str = "") -> Part:
        """Have a service do one thing; `name` tells it from the form's others."""
        if service in self.silent:
            return self.silent[service]
        form = _part_of(self.form, name) if name else self.form
        part = await self.here.send(service, "POST", path, body, form)
        if part.status >= 500:
            self.silent[service] = part
        return part


async def offer(sending: Sending, person: str, offered: Sequence[Chosen]) -> Part | None:
    """One case with all that is offered; None where nothing is."""
    if not offered:
        return None
    body = {
        "kind": KIND,
        "about": {"kind": "person", "id": person},
        "devices": [one.device for one in offered],
        "service_point": sending.form["service_point"],
        "text": sending.form["text"],
    }
    return await sending.post("orders", "/cases", body)


def fields_of(offered: Sequence[Chosen]) -> dict[str, str]:
    """The form's fields by the names that orders has for them, each line's own included."""
    each = {f"devices.{n}": one.key for n, one in enumerate(offered)}
    return {"text": "text", "service_point": "service_point", **each}


def offered_line(one: Chosen, case: Part) -> Ended:
    """How a line of the case ended."""
    if case.problem is not None:
        return _not_done(one, case)
    page = f"/arenden/{case.value['case_id']}"
    return Ended(one.said, DONE, "Erbjuds: kundtjänst har fått ärendet.", page, "Ärendet")


async def take_back(sending: Sending, one: Chosen) -> Ended:
    """A line's return into the form's store, on its day: by the rule it may be scrapped there."""
    store = sending.form["store"]
    body = {
        "store": store,
        "devices": [one.device] if one.device else [],
        "lines": [{"order": one.order, "line": one.line, "quantity": one.quantity}]
        if one.order
        else [],
        "returned_on": sending.form["on"],
        "leaves_region": True,
    }
    part = await sending.post("inventory", "/returns", body, one.key)
    if part.problem is not None:
        return _not_done(one, part)
    is_scrapped = any(line["is_scrapped"] for line in part.value["lines"])
    said = "Återtaget och skrotat." if is_scrapped else f"Återtaget till förråd {store}."
    return Ended(one.said, DONE, said)


async def fetch(sending: Sending, person: str, fetched: Sequence[Chosen]) -> list[Ended]:
    """One pickup for each cause."""
    ended = []
    for cause in dict.fromkeys(one.cause for one in fetched):
        those = [one for one in fetched if one.cause == cause]
        to = "unit" if cause == pickup_form.BY_POST else "recipient"
        body = {
            "recipient": {"kind": "patient", "person": person},
            "service_point": sending.form["service_point"],
            "ordered_by": "unit",
            "cause": cause,
            "devices": [one.device for one in those],
            "delivery": {"to": {"kind": to}},
        }
        part = await sending.post("orders", "/pickups", body, cause)
        refused = await _refused_of(sending.here, part)
        ended += [fetched_line(one, part, refused, person) for one in those]
    return ended


async def _refused_of(here: Visit, part: Part) -> dict[str, str]:
    """Why the store does not let some of a pickup be fetched, by the device's number."""
    if part.problem is not None or not part.value["refused"]:
        return {}
    reasons = {one["device_id"]: one["reason"] for one in part.value["refused"]}
    named = await devices_of(here, reasons)
    return {one["device_number"]: reasons[device] for device, one in named.items()}


def fetched_line(one: Chosen, part: Part, refused: Mapping[str, str], person: str) -> Ended:
    """How a line of a pickup ended; `refused`: why the store lets some of it not be fetched."""
    if part.problem is not None:
        form = f"/hamtordrar/ny?person={person}&device={one.device}"
        return _not_done(one, part, form, "Beställ hämtning")
    page = f"/hamtordrar/{part.value['pickup_id']}"
    if part.value["status"] == "refused":
        said = statuses.TAKEN.get(refused.get(one.device, ""), "Inget av hämtordern hämtas.")
        return Ended(one.said, REFUSED, said, page, "Hämtordern")
    way = f"Hämtorder {part.value['pickup_number']}"
    if part.waits:
        return Ended(one.said, WAITING, "Hämtas, om lagret svarar ja.", page, way)
    return Ended(one.said, DONE, "Hämtas.", page, way)


def _not_done(one: Chosen, part: Part, page: str = "", way: str = "") -> Ended:
    """Refused, or perhaps done by a service that has not answered."""
    assert part.problem is not None
    if part.status >= 500:
        said = f"{part.problem.title}. Försök igen: det som ändå blev gjort görs inte om."
        return Ended(one.said, WAITING, said, way=AGAIN)
    return Ended(one.said, REFUSED, said_of(part.problem), page, way)


def _part_of(form: Form, name: str) -> Form:
    """The form's key for one of several things that it does."""
    made = Form()
    made.key = f"{form.key}/{name}"
    return made
