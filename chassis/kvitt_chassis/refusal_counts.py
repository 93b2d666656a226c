"""What is refused, counted by region, way and reason. The reasons are not decided here."""

from kvitt_chassis import metrics
from kvitt_chassis.metrics import child

HTTP, MESSAGE = "http", "message"
"""The ways by which something is asked for."""

REFUSED = metrics.declare(
    "counter",
    "refusals_total",
    "What was asked for and refused, by the region that asked, the way (http, message) and the"
    " reason; - where the region is not known.",
    "One reason, growing in one region: its system or its users ask for what the rules refuse; in"
    " all regions: what was released last?",
    ("region", "way", "reason"),
    silent="nothing was refused since the process began",
)


def count(service: str, way: str, reason: str, *, region: str | None) -> None:
    """Count one refusal. `reason` is a code of ours, never what somebody wrote."""
    child(REFUSED, service, region or metrics.NO_REGION, way, reason).inc()
