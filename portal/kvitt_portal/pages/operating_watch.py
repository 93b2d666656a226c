"""What who operates watches besides: transfers near their deadline, what reconciliation found, and
the regions' policies with what each version changes.
"""

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import operating_words
from kvitt_portal.here import Here, Visit
from kvitt_portal.pages.operating import PAGE, require_operator
from kvitt_portal.services import Part

router = APIRouter()

DEADLINE: Final = "transfer_deadline"
_DAYS: Final = (1, 3, 7)


@router.get(f"{PAGE}/byten")
async def transfers(here: Here) -> Response:
    """The transfers whose time to be answered is soon out, the first first."""
    require_operator(here)
    asked = here.request.query_params.get("dagar", "3")
    days = int(asked) if asked in map(str, _DAYS) else 3
    found = await here.operated("bmb", "timers", timer=DEADLINE, within=days * 86_400)
    return here.page(
        "operating/transfers.html",
        found=found,
        items=found.value if found else [],
        days=days,
        choices=_DAYS,
        words=operating_words,
    )


@router.get(f"{PAGE}/avstamning")
async def reconciliation(here: Here) -> Response:
    """What each comparison of two records found the last time, by service."""
    require_operator(here)
    found = await _of_all(here, "reconciliation")
    return here.page("operating/reconciliation.html", found=found, words=operating_words)


@router.get(f"{PAGE}/regler")
async def policies(here: Here) -> Response:
    """The region's policy: its versions with what each changes, and whether all services have the
    same.
    """
    require_operator(here)
    found = await _of_all(here, "policies")
    region = here.user.region
    known = {
        service: next((one for one in part.value if one["region"] == region), None)
        for service, part in found.items()
        if part
    }
    said = [one for one in known.values() if one is not None]
    # a service that has the region out of service tells no versions of it
    policy = max(said, key=lambda one: len(one["versions"]), default=None)
    return here.page(
        "operating/policies.html",
        found=found,
        policy=policy,
        outs={service: one["out"] for service, one in known.items() if one and one["out"]},
        differs=_differ(known),
        versions=_versions(policy["versions"]) if policy else [],
        words=operating_words,
    )


async def _of_all(here: Visit, path: str) -> dict[str, Part]:
    names = here.portal.services.operated
    parts = await asyncio.gather(*(here.operated(one, path) for one in names))
    return dict(zip(names, parts, strict=True))


def _differ(known: Mapping[str, dict[str, Any] | None]) -> bool:
    """True where services have other versions than others: a file is not everywhere."""
    hashes = {
        tuple(version["content_hash"] for version in one["versions"])
        for one in known.values()
        if one is not None
    }
    return len(hashes) > 1


def _versions(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest first, each with what it changes of the one before."""
    befores: list[dict[str, Any]] = [{"says": {}}, *versions]
    made = [
        {**now, "changes": _changes(was["says"], now["says"])} for was, now in pairwise(befores)
    ]
    return list(reversed(made))


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What differs, by path: as it was and as it is; None where it was not there, or is not."""
    paths = sorted({**was, **now})
    return [
        (path, was.get(path), now.get(path)) for path in paths if was.get(path) != now.get(path)
    ]
