"""The vault's key for tests. No test may need a certain value of it."""

import pytest
from orders.people.number_index import person_key


@pytest.fixture(autouse=True)
def _vault_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_PERSON_KEY", "5a" * 32)
    person_key.cache_clear()
