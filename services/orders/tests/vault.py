"""The vault's keys for tests, and what the vault holds of a person."""

import json
from pathlib import Path
from typing import Any, TypeVar

import pytest
from kvitt_contracts.types import PersonRef, RegionCode
from kvitt_testkit.world import REGION, World
from orders.people import domain
from orders.people.keys.opening import opened
from orders.people.keys.wrapping import wrapper
from orders.people.models import PersonDetailsRow
from orders.people.number_index import configured_keys

R = TypeVar("R")


def give_vault_keys(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """Keys of which no test may need a certain value."""
    file = directory / "person-keys.json"
    file.touch(0o600)
    file.write_text(json.dumps({"1": "a5" * 32}))
    monkeypatch.setenv("KVITT_PERSON_KEY", "5a" * 32)
    monkeypatch.setenv("KVITT_PERSON_KEYS", file.as_uri())
    configured_keys.cache_clear()
    wrapper.cache_clear()


async def only_details(world: World) -> domain.Details:
    """Who the only person is, opened."""
    (row,) = await world.rows(PersonDetailsRow)
    return await details_in(world, row.person)


async def details_in(world: World, ref: PersonRef, *, region: str = REGION) -> domain.Details:
    """Who a person is, opened."""
    async with world.worker.unit(RegionCode(region)) as unit:
        tx = unit.begin(region=RegionCode(region))
        return (await opened(await tx.get(PersonDetailsRow, ref), tx)).details()


async def opened_row(world: World, row_type: type[R], key: Any, *, region: str = REGION) -> R:
    """A row with the key of whom it is about."""
    async with world.worker.unit(RegionCode(region)) as unit:
        tx = unit.begin(region=RegionCode(region))
        row: Any = await tx.get(row_type, key)
        found: R = await opened(row, tx)
        return found
