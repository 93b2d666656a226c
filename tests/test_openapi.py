"""What each service's OpenAPI document promises: keys where they are demanded."""

from typing import Any

import pytest
from kvitt.site.openapi import document
from kvitt_chassis.web.openapi import KEY_PATTERN
from kvitt_contracts.topics import SERVICES

pytestmark = pytest.mark.long(seconds=60)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_the_idempotency_key_is_required_where_the_runner_demands_it(service: str) -> None:
    keys: dict[str, list[dict[str, Any]]] = {}
    for operations in document(service)["paths"].values():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["name"].lower() == "idempotency-key":
                    keys.setdefault(method, []).append(parameter)

    assert keys["post"]
    assert all(parameter["required"] for parameter in keys["post"])
    assert not any(one["required"] for method in keys if method != "post" for one in keys[method])
    for found in keys.values():
        assert all(parameter["schema"]["pattern"] == KEY_PATTERN for parameter in found)
