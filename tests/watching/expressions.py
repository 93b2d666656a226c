"""Every expression that an alarm or a dashboard asks, and what a running Prometheus answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from kvitt.dashboards.metrics import declared, of

WATCHING = Path(__file__).parents[2] / "deploy" / "watching"
ALARMS = WATCHING / "alarms.yaml"
BOUND = re.compile(r"(?P<looked_at>.+) (?P<sign>[<>]) (?P<bound>[\d.]+)", re.DOTALL)
"""An alarm's expression: what is looked at, and a bound at its end."""

UNASKED = {
    "RequestsSlow": "nobody has asked a service for anything but its health",
}
"""What may be empty on a sound system though its metrics always show, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One expression, and where it stands. `silent`: why a sound system may answer with nothing."""

    where: str
    name: str
    expr: str
    silent: str


def alarms() -> list[dict[str, Any]]:
    """The alarms, as their file has them."""
    groups = yaml.safe_load(ALARMS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def looked_at(expr: str) -> str:
    """An alarm's expression without its bound. Raises ValueError where it has none."""
    found = BOUND.fullmatch(expr)
    if found is None:
        raise ValueError(f"an alarm ends with a bound: {expr}")
    return found["looked_at"]


def every_expression() -> Iterator[Asked]:
    """Of alarms what they look at; of dashboards each panel, with everything chosen."""
    for rule in alarms():
        yield _asked("alarm", rule["alert"], looked_at(rule["expr"]))
    for file in sorted((WATCHING / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                chosen = target["expr"].replace("$service", ".*").replace("$region", ".*")
                yield _asked(file.stem, panel["title"], chosen)


def answers(url: str, expr: str) -> list[dict[str, Any]]:
    """What Prometheus answers now. Raises httpx.HTTPStatusError for what it cannot read."""
    got = httpx.get(f"{url}/api/v1/query", params={"query": expr}, timeout=60.0)
    got.raise_for_status()
    found: list[dict[str, Any]] = got.json()["data"]["result"]
    return found


def unanswered(url: str) -> list[str]:
    """The expressions that Prometheus answers with nothing, and that may not be empty."""
    return [
        f"{one.where}, {one.name}: {one.expr}"
        for one in every_expression()
        if not answers(url, one.expr) and not one.silent
    ]


def _asked(where: str, name: str, expr: str) -> Asked:
    silent = [one.silent for one in of(expr, declared()) if one.silent]
    if name in UNASKED:
        silent.append(UNASKED[name])
    return Asked(where=where, name=name, expr=expr, silent="; ".join(silent))
