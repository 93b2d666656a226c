"""The vault's key for tests, of which none may need a certain value, and a region's policy."""

from pathlib import Path

import pytest
from kvitt_contracts.policy import RegionPolicy
from orders.attachments.store import files, settings
from orders.people.number_index import person_keys

from services.orders.tests.builders import a_policy


@pytest.fixture(autouse=True)
def _vault_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_PERSON_KEY", "5a" * 32)
    person_keys.cache_clear()


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KVITT_FILES_URL", (tmp_path / "files").as_uri())
    settings.cache_clear()
    files.cache_clear()


@pytest.fixture
def policy() -> RegionPolicy:
    """Västerbotten's."""
    return a_policy()
