"""The one registry of what a service measures: kind, meaning, remedy. Only declarations.

Every metric's first label is `service`, so that several services may run in one process (tests).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeVar, overload

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.metrics import MetricWrapperBase

Kind = Literal["counter", "gauge", "histogram"]
M = TypeVar("M", bound=MetricWrapperBase)

REGISTRY = CollectorRegistry()
"""What `/metrics` shows. Not the library's global registry, which holds what others put there."""
ProcessCollector(registry=REGISTRY)  # process_*: CPU, memory, open files

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Buckets of a histogram of seconds, from a commit's round trip to a long outage."""


NO_REGION = "-"
"""The label of what belongs to no region that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One declared metric: `meaning` for its readers, `remedy` for the operator who is alarmed by
    it, `silent` why a sound system may show nothing of it; empty where it always shows.
    """

    kind: Kind
    name: str
    meaning: str
    remedy: str
    labels: tuple[str, ...]
    silent: str = ""

    @property
    def shown(self) -> str:
        """The name that `/metrics` shows: a counter's ends with `_total`."""
        ending = "_total" if self.kind == "counter" else ""
        return self.name.removesuffix(ending) + ending


METRICS: list[Metric] = []
"""Every metric of the chassis and of the services that are imported."""


@overload
def declare(
    kind: Literal["counter"],
    name: str,
    meaning: str,
    remedy: str,
    labels: Sequence[str] = (),
    *,
    silent: str = "",
) -> Counter: ...
@overload
def declare(
    kind: Literal["gauge"],
    name: str,
    meaning: str,
    remedy: str,
    labels: Sequence[str] = (),
    *,
    silent: str = "",
) -> Gauge: ...
@overload
def declare(
    kind: Literal["histogram"],
    name: str,
    meaning: str,
    remedy: str,
    labels: Sequence[str] = (),
    *,
    silent: str = "",
    buckets: Sequence[float] = SECONDS,
) -> Histogram: ...
def declare(
    kind: Kind,
    name: str,
    meaning: str,
    remedy: str,
    labels: Sequence[str] = (),
    *,
    silent: str = "",
    buckets: Sequence[float] = SECONDS,
) -> MetricWrapperBase:
    """Declare `<part>_<noun>_<unit>` once, at import. Use: `METRIC.labels(service, …).inc()`.

    `remedy` says what an operator does when it looks wrong; `labels` come after `service` and hold
    few values each (a topic, a handler; never a key or an id). `silent` says why a sound system may
    show none of it. Raises ValueError on a second one of the same name.
    """
    every = ("service", *labels)
    made = _collector(kind, name, meaning, every, buckets)
    METRICS.append(
        Metric(kind=kind, name=name, meaning=meaning, remedy=remedy, labels=every, silent=silent)
    )
    return made


@cache
def child(metric: M, *labels: str) -> M:
    """`metric.labels(*labels)`, cached: the look-up costs several times the increment."""
    return metric.labels(*labels)


def _collector(
    kind: Kind, name: str, meaning: str, labels: tuple[str, ...], buckets: Sequence[float]
) -> Counter | Gauge | Histogram:
    if kind == "counter":
        return Counter(name, meaning, labels, registry=REGISTRY)
    if kind == "gauge":
        return Gauge(name, meaning, labels, registry=REGISTRY)
    return Histogram(name, meaning, labels, registry=REGISTRY, buckets=buckets)
