"""What was asked of customer service about a thing, as the thing's page shows it."""

from kvitt_portal import statuses
from kvitt_portal.here import Visit
from kvitt_portal.services import Part


async def asked_about(here: Visit, thing: str) -> Part:
    """The cases about a thing, as far as the user sees them, answered ones included."""
    return await here.ask(
        "orders", "/cases", about_id=thing, status=list(statuses.CASES), sort="-asked_on", limit=5
    )
