"""The world that most tests of inventory begin in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from inventory.app import service
from inventory.article_files.store import files, settings
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import a_person_registered
from contracts.tests.builders.regions import the_catalogue, the_stores


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KVITT_FILES_URL", (tmp_path / "files").as_uri())
    settings.cache_clear()
    files.cache_clear()


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The catalogue, the stores and a patient, on a Monday."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        yield world
