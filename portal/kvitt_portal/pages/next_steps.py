"""The first of what waits for somebody, as the start page shows it: each with its next step."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.answering import Question, questions_of
from kvitt_portal.pages.asking import NOTHING, devices_of, items_of
from kvitt_portal.pages.offers import names_of
from kvitt_portal.services import Part

SHOWN: Final = 5
"""So many of each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What can be done from the start page. `unlocks` is what customer service is asked to unlock,
    None for others; `locked` what the user's units have sent, or were to answer; `lacking` what is
    ordered and not bought.
    """

    cases: Sequence[Question]
    works: Sequence[dict[str, Any]]
    devices: Mapping[str, dict[str, Any]]
    locked: Part
    unlocks: Part | None
    lacking: Mapping[str, Any]
    names: Names
    transfer_names: Names
    form: Form


async def steps_of(
    here: Visit,
    *,
    locked: Part,
    lacking: Mapping[str, Any],
    cases: Part = NOTHING,
    works: Part = NOTHING,
    unlocks: Part | None = None,
) -> Steps:
    """The steps of these lists, with what they are about called by its names."""
    asked, own = items_of(cases), items_of(works)
    questions, devices, names, transfer_names = await asyncio.gather(
        questions_of(here, asked),
        devices_of(here, [one["device_id"] for one in own if one["device_id"]]),
        Names.of(
            here,
            customers=[one["service_point"] for one in (*asked, *own, *lacking["items"])],
            users=[one["asked_by"] for one in asked],
        ),
        names_of(here, [*items_of(locked), *items_of(unlocks or NOTHING)]),
    )
    return Steps(
        cases=questions,
        works=own,
        devices=devices,
        locked=locked,
        unlocks=unlocks,
        lacking=lacking,
        names=names,
        transfer_names=transfer_names,
        form=Form(),
    )


async def locked_of(here: Visit) -> Part:
    """Locked transfers of who may ask that they are unlocked. None for who may not."""
    if not here.may_at_units("bmb.transfer.ask-to-unlock"):
        return NOTHING
    return await here.ask("bmb", "/transfers", status="locked", limit=SHOWN)
