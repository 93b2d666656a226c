"""Somebody of one region tries what the other region has, by its right ids, at every route that
takes one: each is answered as what does not exist, and recorded once (REF-18c, REF-18i).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx
from schemathesis import GenerationMode

from tests.attack.asking import Operation, ask, make, operations
from tests.attack.setting import OURS, PRESCRIBER, SERVICE_DESK, THEIRS, Attack, Attacked

_PARAMETER = re.compile(r"\{([^}]+)\}")
_THINGS = 2
"""Of the other region's, for each route and user."""
_LEAST_SECONDS = 10.0  # however long it takes to make ready
_SCALARS = (str, int)
_OF_ANYBODY = ("/admin/persons/{person}/stored",)
"""Answered for whatever reference: with what the asker's region has of it, which may be nothing."""


@dataclass(slots=True)
class _Things:
    """What one region has, by what a parameter of an address calls it."""

    named: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str, value: object) -> None:
        if isinstance(value, _SCALARS) and not isinstance(value, bool):
            self.named.setdefault(name, set()).add(str(value))

    def but_those_of(self, other: "_Things") -> Mapping[str, list[str]]:
        """What the other has not, in an order of its own."""
        return {
            name: sorted(values - other.named.get(name, set()))
            for name, values in self.named.items()
            if values - other.named.get(name, set())
        }


def attack(on: Attack) -> None:
    """Each route with each kind of user, in an order of chance, as far as there is time."""
    asked = sorted(operations(on), key=str)
    with httpx.Client(timeout=30.0) as client:
        theirs = _gathered(on, client, asked, THEIRS)
        ours = _gathered(on, client, asked, OURS, only="system")
        _judge_lists(on, ours, theirs)
        things = theirs.but_those_of(ours)
        upon = [one for one in asked if _PARAMETER.search(one.path)]
        reached = [one for one in upon if _PARAMETER.findall(one.path)[0] in things]
        cells = [(one, who) for one in reached for who in _who(one)]
        on.chance.shuffle(cells)
        before, denied = _recorded(on.world), dict.fromkeys(on.world.services, 0)
        tried = 0
        on.take(_LEAST_SECONDS)
        while on.has_time and tried < len(cells):
            one, who = cells[tried]
            _try(on, client, one, who, things, denied)
            tried += 1
    without = sorted({_PARAMETER.findall(one.path)[0] for one in upon} - set(things))
    on.figures["not gathered"] = ", ".join(without)
    on.figures["routes upon a thing"] = (
        f"{len(reached)} of {len(upon)} have one of the other region's"
    )
    on.figures["routes by users"] = f"{tried} of {len(cells)}"
    _judge_records(on, before, denied)


def _who(one: Operation) -> tuple[str, ...]:
    return ("operator",) if one.of.endswith(".admin") else ("system", SERVICE_DESK, PRESCRIBER)


def _token(world: Attacked, who: str, region: str) -> str:
    if who == "operator":
        return world.token("operator", region=region, roles=("ops",))
    return world.region_token(region) if who == "system" else world.token(who, region=region)


# -- what the other region has --------------------------------------------------------------------


def _gathered(
    on: Attack, client: httpx.Client, asked: list[Operation], region: str, only: str = ""
) -> _Things:
    """All that its staff and its system, or its operators, find in its lists."""
    found = _Things()
    for one in asked:
        if one.method != "GET" or "{" in one.path:
            continue
        for who in _who(one):
            if who == PRESCRIBER or (only and who == SERVICE_DESK):
                continue
            headers = {"Authorization": f"Bearer {_token(on.world, who, region)}"}
            answer = client.get(one.base + one.path, headers=headers, params={"limit": 50})
            for line in _lines(answer):
                on.count("lines of lists")
                for name, value in line.items():
                    found.add(name, value)
                for name in _names_of(one.path):
                    found.add(name, line.get("id"))
    return found


def _names_of(path: str) -> Iterator[str]:
    """What the id of a line of this list is called in an address: `transfer_id` of `/transfers`."""
    noun = path.rpartition("/")[2].partition(":")[0].replace("-", "_")
    yield f"{noun.removesuffix('s')}_id"
    yield f"{noun}_id"
    yield noun.removesuffix("s")


def _lines(answer: httpx.Response) -> list[dict[str, Any]]:
    kind = str(answer.headers.get("content-type", ""))
    if answer.status_code != 200 or not kind.startswith("application/json"):
        return []
    document = answer.json()
    named = ("items", "events")  # of a list, and of the feed
    lines = document
    if isinstance(document, dict):
        lines = next((document[name] for name in named if name in document), [])
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _judge_lists(on: Attack, ours: _Things, theirs: _Things) -> None:
    """What a surrogate id names stands in the lists of one region alone."""
    for name, values in ours.named.items():
        for both in sorted(values & theirs.named.get(name, set())):
            if _is_surrogate(both):
                on.find(f"a thing stands in two regions' lists, as {name}", id=both)


# -- trying it ------------------------------------------------------------------------------------


def _try(
    on: Attack,
    client: httpx.Client,
    one: Operation,
    who: str,
    things: Mapping[str, list[str]],
    denied: dict[str, int],
) -> None:
    token = _token(on.world, who, OURS)

    def request(case: Any, chance: Random) -> None:
        known = things[_PARAMETER.findall(one.path)[0]]
        chosen = chance.sample(known, min(_THINGS, len(known)))
        answers = []
        for thing in [_unlike(chance, chosen[0]), *chosen]:
            case.path_parameters = _parameters(one, thing, things)
            key = str(UUID(int=chance.getrandbits(128), version=4))
            answer = ask(on, client, one, case, token, **{"Idempotency-Key": key})
            if answer is None:
                return
            denied[one.of.partition(".")[0]] += answer.status_code in (401, 403, 404)
            answers.append(answer)
        on.note(f"{one} {who} {case.body!r}")
        for answer in answers[1:]:
            _judge(on, one, who, answer, answers[0])

    make(on, one, GenerationMode.POSITIVE, 1, request)


def _parameters(one: Operation, thing: str, things: Mapping[str, list[str]]) -> dict[str, str]:
    first, *others = _PARAMETER.findall(one.path)
    return {first: thing, **{name: (things.get(name) or ["1"])[0] for name in others}}


def _unlike(chance: Random, thing: str) -> str:
    """What looks like it, and is nobody's."""
    if _is_surrogate(thing):
        return str(UUID(int=chance.getrandbits(128), version=4))
    return "".join(str(chance.randrange(10)) if one.isdigit() else one for one in thing)


def _is_surrogate(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _judge(
    on: Attack, one: Operation, who: str, answer: httpx.Response, unknown: httpx.Response
) -> None:
    """It is answered as what does not exist, whatever that is."""
    on.count("things of another region")
    said, of_unknown = _said(answer), _said(unknown)
    is_shown = one.method == "GET" and answer.status_code not in (403, 404)
    if one.path in _OF_ANYBODY and answer.status_code == 200:
        is_shown = not _is_of_ours_alone(answer)
    if answer.status_code >= 500 or is_shown:
        on.find(f"{one} of another region is {answer.status_code}", who=who, said=answer.text[:150])
    elif said != of_unknown:
        on.find(
            f"{one} tells another region's thing from none",
            who=who,
            said=said,
            of_none=of_unknown,
        )


def _is_of_ours_alone(answer: httpx.Response) -> bool:
    """Each row is of the asker's region, such as that it has asked; nothing rests."""
    stored = answer.json()
    rows = [row for found in stored["rows"].values() for row in found]
    return not stored["parked"] and all(row.get("region") == OURS for row in rows)


def _said(answer: httpx.Response) -> tuple[int, str]:
    kind = str(answer.headers.get("content-type", ""))
    reason = answer.json().get("reason") if kind.startswith("application/problem") else None
    return answer.status_code, str(reason)


# -- what is recorded of it -----------------------------------------------------------------------


def _recorded(world: Attacked) -> dict[str, float]:
    """How much each service has recorded as denied."""
    return {name: world.measured(name, "access_denied_total") for name in world.services}


def _judge_records(on: Attack, before: Mapping[str, float], denied: Mapping[str, int]) -> None:
    """Each denial is recorded once, and nothing else is."""
    for name, now in _recorded(on.world).items():
        on.count("denials", denied[name])
        if now - before[name] != denied[name]:
            on.find(
                f"{name} has not recorded each denial once",
                denied=denied[name],
                recorded=now - before[name],
            )
