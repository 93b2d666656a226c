"""The vault's key for tests, of which none may need a certain value, and a region's policy."""

import pytest
from kvitt_contracts.policy import RegionPolicy
from orders.people.number_index import person_key

from services.orders.tests.builders import a_policy


@pytest.fixture(autouse=True)
def _vault_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_PERSON_KEY", "5a" * 32)
    person_key.cache_clear()


@pytest.fixture
def policy() -> RegionPolicy:
    """Västerbotten's."""
    return a_policy()
