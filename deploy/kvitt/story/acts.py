"""What users do over HTTP in the month, and what they are answered. Knows no rule."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import httpx

from kvitt.local.problems import LocalProblem
from kvitt.story.services import Json, Services
from kvitt.story.things import proposals_of
from kvitt.troubles import of_answer

_KEYS: Final = UUID("3f0a7c12-5d0e-5b52-8f6b-5e8a1f3c9d10")
_DONE_BEFORE: Final = frozenset({"ALREADY_REGISTERED", "ENDED", "IS_DECIDED", "REFERENCE_USED"})
"""What an act may be answered that was done when the month was published before."""
_SHOWN: Final[Mapping[str, Callable[[Json], Json]]] = {"/articles:alternatives": proposals_of}
"""Looks of which it is compared what they show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a user does: a command where it has `data`, else a look."""

    name: str
    by: str
    service: str
    path: str
    data: Json | None

    @classmethod
    def read(cls, file: Path) -> "Iterator[Act]":
        """The acts of a file, in its order."""
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield cls(**{"data": None, **json.loads(line)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Why an act was refused, and by which rule; neither where it was done. `found`: what a look
    showed, of those that are compared, and only on their own day: later it is another answer.
    """

    reason: str | None = None
    rule: str | None = None
    found: Json | None = None


# decision 0389: what only users can say is done by users
async def perform(
    services: Services, region: str, file: Path, *, today: date
) -> dict[str, Answered]:
    """Do what users of a region do, one after the other; answers what each was answered, by its
    name. What was done before has its effect once. `today` is the day of business: where it is
    later than the file's, the month was published before. Raises LocalProblem, httpx.HTTPError.
    """
    acts = list(Act.read(file))
    is_over = today > date.fromisoformat(file.stem)
    persons = await services.as_system(region).all("orders", "/persons", sort="region_person_id")
    references = {one["region_person_id"]: one["person"] for one in persons}
    found = {}
    for one in acts:
        caller = services.as_user(one.by, region=region)
        key = str(uuid5(_KEYS, f"{region}/{one.name}"))
        body = _with_references(one.data, references)
        if body is None:
            answer = await caller.try_to("GET", one.service, one.path)
        else:
            headers = {"Idempotency-Key": key}
            answer = await caller.try_to("POST", one.service, one.path, json=body, headers=headers)
        found[one.name] = answered(one, answer, is_over=is_over)
    return found


def answered(act: Act, answer: httpx.Response, *, is_over: bool) -> Answered:
    """What an answer says; of an act whose day `is_over`, that it was done may be a refusal too.
    Raises LocalProblem where the service has failed, or does not know who asks.
    """
    if answer.is_success:
        show = None if is_over else _SHOWN.get(act.path.partition("?")[0])
        return Answered() if show is None else Answered(found=show(answer.json()))
    if answer.status_code >= 500 or answer.status_code == 401:
        problem = of_answer(act.service, answer)
        raise LocalProblem(f"{problem.what} Asked: {act.path}", remedy=problem.remedy)
    said: Json = answer.json()
    if is_over and said["reason"] in _DONE_BEFORE:
        return Answered()
    return Answered(reason=said["reason"], rule=said.get("rule"))


def _with_references(data: Any, references: Mapping[str, str]) -> Any:
    """The body as the API takes it: a person by the reference that the region's id has."""
    if not isinstance(data, dict):
        return data
    return {
        name: references.get(one, one) if name == "person" else _with_references(one, references)
        for name, one in data.items()
    }
