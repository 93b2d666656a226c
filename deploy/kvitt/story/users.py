"""Users of the month's regions whom one may log in to the portal as: one of each role."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from kvitt_contracts.access import Grantee

from kvitt.local.supervisor import LocalSystem

_ROLES = {
    Grantee.PRESCRIBER: "prescriber",
    Grantee.REQUESTER: "requester",
    Grantee.CUSTOMER_SERVICE: "customer service",
}
_SECONDS = 5.0


def users_to_log_in_as(system: LocalSystem) -> Iterator[str]:
    """A line for each region that has users: an active one of each role, by the register."""
    for region in system.regions:
        found: dict[str, str] = {}
        for user in _users(system, region):
            for role in user["roles"]:
                if user["active"]:
                    found.setdefault(role, user["user_id"])
        named = [f"{found[role]} ({said})" for role, said in _ROLES.items() if role in found]
        if named:
            yield f"region {region}: log in as {', '.join(named)}"


def _users(system: LocalSystem, region: str) -> list[dict[str, Any]]:
    token = system.tokens.issue("operator", region=region, roles=(Grantee.REGION_SYSTEM,))
    request = urllib.request.Request(
        f"{system.urls['orders']}/users?limit=200", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            items: list[dict[str, Any]] = json.load(answer)["items"]
            return items
    except (urllib.error.URLError, OSError):
        return []  # the portal's own page says what is wrong
