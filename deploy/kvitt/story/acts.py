"""What users do over HTTP in the month, and what they are answered. Knows no rule."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from kvitt.local.problems import LocalProblem
from kvitt.story.services import Json, Services
from kvitt.troubles import of_answer

_KEYS: Final = UUID("3f0a7c12-5d0e-5b52-8f6b-5e8a1f3c9d10")
_DONE_BEFORE: Final = frozenset({"ALREADY_REGISTERED", "ENDED", "IS_DECIDED"})
"""What an act is answered that was done when the month was published before."""


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
    """Why an act was refused, and by which rule; neither where it was done."""

    reason: str | None = None
    rule: str | None = None


# decision 0389: what only users can say is done by users
async def perform(services: Services, region: str, file: Path) -> dict[str, Answered]:
    """Do what users of a region do, one after the other; answers what each was answered, by its
    name. What was done before has its effect once. Raises LocalProblem.
    """
    acts = list(Act.read(file))
    persons = await services.as_system(region).all("orders", "/persons", sort="region_person_id")
    references = {one["region_person_id"]: one["person"] for one in persons}
    return {one.name: await _perform(services, region, one, references) for one in acts}


async def _perform(
    services: Services, region: str, act: Act, references: Mapping[str, str]
) -> Answered:
    caller = services.as_user(act.by, region=region)
    if act.data is None:
        answer = await caller.try_to("GET", act.service, act.path)
    else:
        answer = await caller.try_to(
            "POST",
            act.service,
            act.path,
            json=_with_references(act.data, references),
            headers={"Idempotency-Key": str(uuid5(_KEYS, f"{region}/{act.name}"))},
        )
    if answer.is_success:
        return Answered()
    if answer.status_code >= 500 or answer.status_code == 401:
        problem = of_answer(act.service, answer)
        raise LocalProblem(f"{problem.what} Asked: {act.path}", remedy=problem.remedy)
    said: Json = answer.json()
    if said["reason"] in _DONE_BEFORE:
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
