"""The log of persons as the chassis chains it, and as a region's own monitoring reads it."""

from collections.abc import Mapping
from typing import Any, Final

from kvitt_chassis.evidence.tables import Log

from orders.people.domain import Look

_NOT_GIVEN = frozenset({Look.NOT_FOUND, Look.OUT_OF_REACH})


def _ecs(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who, from where, what and of whom: by reference, and no reason in anybody's own words."""
    look = row.get("look")
    return {
        "user": {"id": row["user_id"]},
        "organization": {"id": row.get("unit")},
        "event": {
            "action": row.get("act") or row["purpose"],
            "category": ["database"],
            "type": ["access" if look not in _CHANGES else "change"],
            "outcome": "failure" if look in _NOT_GIVEN else "success",
        },
        "kvitt": {
            "region": row["region"],
            "person": row.get("person"),
            "look": look,
            "purpose": row["purpose"],
        },
    }


_CHANGES = frozenset({Look.ADDED, Look.EDITED, Look.DONE, Look.MERGED, Look.ERASED})
PERSON_LOG: Final = Log(
    table="person_accesses",
    key="access_id",
    key_type="uuid",
    by_region=True,
    is_thinned=True,
    ecs=_ecs,
)
"""Who looked at whom, or did something about them (REF-6, REF-21)."""
