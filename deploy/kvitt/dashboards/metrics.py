"""Every metric that is declared, by the chassis and all services, and which an expression names."""

import importlib
import re
from collections.abc import Mapping

from kvitt_chassis.metrics import METRICS, Metric
from kvitt_contracts.topics import SERVICES

NOT_OURS = frozenset(
    {
        "up",  # Prometheus: 1 where a process answered
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
    }
)
"""What Prometheus and its client library declare, and we show."""

_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\bup\b")
_MATCHERS = re.compile(r"\{[^}]*\}|\"[^\"]*\"|\b(?:by|without|on|ignoring) ?\([^)]*\)")
_OF_HISTOGRAMS = ("_bucket", "_count", "_sum")
_FUNCTIONS = {"histogram_quantile", "avg_over_time", "max_over_time", "group_left"}


def declared() -> Mapping[str, Metric]:
    """The declared metrics, by the names that `/metrics` shows. Imports every service."""
    importlib.import_module("kvitt_chassis.operating.process")
    for service in SERVICES:
        importlib.import_module(f"{service}.app")
    return {one.shown: one for one in METRICS}


def named_in(expression: str) -> frozenset[str]:
    """The names of metrics in an expression of PromQL, a histogram's without its ending."""
    found = set(_NAME.findall(_MATCHERS.sub("", expression))) - _FUNCTIONS
    return frozenset(map(_whole, found))


def of(expression: str, known: Mapping[str, Metric]) -> list[Metric]:
    """The declared metrics of an expression. Raises LookupError for a name that nobody declares."""
    names = named_in(expression) - NOT_OURS
    if unknown := sorted(names - known.keys()):
        raise LookupError(f"nobody declares {', '.join(unknown)}: {expression}")
    return [known[name] for name in sorted(names)]


def _whole(name: str) -> str:
    for ending in _OF_HISTOGRAMS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name
