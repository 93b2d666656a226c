"""What a service that has much to tell answers an operator who watches it."""

from typing import Any

KEY = "0b8e1c2a-5d3f-5e6a-9b7c-1d2e3f405162"
WHEN = "2026-05-01T10:00:00+00:00"
ENTRY: dict[str, Any] = {
    "id": 4711,
    "topic": "region.ac.inventory",
    "key": KEY,
    "state": "quarantined",
    "cause": "unknown_version",
    "reason": "no version of this type is read by this release of the service",
    "field": None,
    "tries": 12,
    "messages": 3,
    "parked_at": WHEN,
}
SELECTED = {"region": "ac", "cause": "fault", "topic": None, "reason": None}
RELAY = {"unsent": 3, "oldest_unsent_seconds": 1.5, "has_lease": True, "refusal": None}
EVENT = {
    "at": WHEN,
    "recorded_at": WHEN,
    "topic": "inventory.devices",
    "key": KEY,
    "seq": 1,
    "type": "inventory.device.registered.v1",
    "event_id": KEY,
    "actor": None,
    "because": None,
    "of": None,
    "trace": None,
}
WATCHED: dict[str, Any] = {
    "parked/groups": [ENTRY | {"region": None, "keys": 100_000, "oldest": WHEN}],
    "retries": [
        SELECTED
        | {"id": 7, "who": "anna", "begun_at": WHEN, "ended_at": None, "is_stopped": False}
        | {"total": 100_000, "released": 400, "waiting": 12, "failed": 8, "settled": 380}
    ],
    "proposals": [
        {"entry": 4711, "what": "discard", "who": "anna", "proposed_at": WHEN, "why": "it is old"}
    ],
    "overview": {
        "relay": RELAY,
        "late": [
            {
                "topic": "bmb.transfers",
                "region": None,
                "messages": 12,
                "seconds": 3.5,
                "is_longer": True,
            }
        ],
    },
    "timers": [
        {
            "timer": "return_awaited",
            "region": "ac",
            "key": KEY,
            "due": WHEN,
            "seconds": 3600.0,
            "attempts": 0,
        }
    ],
    "policies": [
        {
            "region": "ac",
            "out": None,
            "versions": [
                {"version": 1, "effective_from": WHEN, "says": {"email": [], "log.keep_years": 10}},
                {"version": 2, "effective_from": WHEN, "says": {"log.keep_years": 12}},
            ],
        }
    ],
    f"story/{KEY}": {
        "said": [EVENT],
        "heard": [],
        "parked": [ENTRY],
        "awaited": [{"timer": "return_awaited", "due": WHEN}],
        "names": [],
    },
}
"""By what is asked."""
