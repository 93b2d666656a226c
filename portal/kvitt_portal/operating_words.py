"""How what is operated is said to people: causes, states, acts, and on whom something waits."""

from collections.abc import Mapping
from typing import Any, Final

from kvitt_portal.services import name_of
from kvitt_portal.statuses import Said

CAUSES: Final[Mapping[str, str]] = {
    "unreadable": "Går inte att läsa",
    "too_large": "För stort",
    "invalid": "Bryter mot schemat",
    "unknown_version": "Okänd version av meddelandet",
    "fork": "Två händelser med samma nummer",
    "gap": "Ett tidigare nummer saknas",
    "not_yet_known": "Nämner något som inte är känt än",
    "unknown_policy": "Okänd version av regionens regler",
    "region_out": "Regionen är ur drift",
    "fault": "Fel i hanteringen",
    "behind": "Står på tur att prövas",
}
PARKED: Final[Said] = {
    "waiting": ("Prövas igen av sig självt", "info"),
    "quarantined": ("I karantän", "error"),
}
WHATS: Final[Mapping[str, str]] = {
    "retry": "Pröva igen",
    "edit": "Rätta",
    "discard": "Kasta",
}
CHECKS_FAILED: Final = "Jämförelsen gick inte att göra"


def cause(code: str) -> str:
    """A cause in words."""
    return CAUSES.get(code, code)


def awaits(group: Mapping[str, Any]) -> str:
    """On whom it waits, of something parked with its cause and topic."""
    owner = _owner(str(group["topic"]))
    match group["cause"]:
        case "gap" | "fork":
            return f"{owner} skickar det som saknas igen"
        case "not_yet_known":
            return "den som äger det som nämns berättar om det"
        case "unreadable" | "too_large" | "invalid":
            return f"driften, och {owner} som avsändare"
        case "unknown_version":
            return "en nyare version av tjänsten"
        case "unknown_policy" | "region_out":
            return "att regionens regler läggs in"
        case "behind":
            return "ingen, det prövas nu"
    return "driften"


def seconds(value: float) -> str:
    """For how long, as people say it."""
    whole = round(value)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min"
    return f"{whole // 3600} tim" if whole < 172_800 else f"{whole // 86_400} dygn"


def service(name: str) -> str:
    """A service as people call it."""
    return name_of(name)


def _owner(topic: str) -> str:
    parts = topic.split(".")
    return f"region {parts[1]}" if parts[0] == "region" else name_of(parts[0])
