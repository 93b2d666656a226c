"""The vault's key for tests, of which none may need a certain value, and a region's policy."""

from pathlib import Path

import pytest
from kvitt_contracts.policy import RegionPolicy
from orders.attachments.store import files, settings

from services.orders.tests.builders import a_policy
from services.orders.tests.vault import give_vault_keys


@pytest.fixture(autouse=True)
def _vault_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give_vault_keys(monkeypatch, tmp_path)


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KVITT_FILES_URL", (tmp_path / "files").as_uri())
    settings.cache_clear()
    files.cache_clear()


@pytest.fixture
def policy() -> RegionPolicy:
    """Västerbotten's."""
    return a_policy()
