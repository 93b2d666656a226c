"""How a wait is said: what something waits for, on whom, and what happens when the day has passed.
What has no words here is said in general ones.
"""

from collections.abc import Mapping
from typing import Final

AWAITS: Final[Mapping[str, str]] = {
    "acting": "att det levereras eller läggs tillbaka",
    "answer": "svar",
    "arrival": "att det som hämtats är tillbaka",
    "assessment": "en ny bedömning",
    "claim": "svar",
    "closing": "att den avslutas",
    "decision": "beslut",
    "fee": "att egenavgiften tas ut",
    "fetching": "hämtning",
    "finish": "att den avslutas",
    "plan": "planering",
    "posting": "att det skickas med post",
    "renumbering": "det nya individnumret",
    "release": "svar om det som avbeställs",
    "start": "att arbetet börjar",
}
"""What is waited for, by orders' word for it."""
OWNERS: Final[Mapping[str, str]] = {
    "service_point": "tjänstestället",
    "user": "",
    "store": "lagret",
    "technicians": "teknikerna",
    "customer_service": "kundtjänst",
    "assortment_manager": "den sortimentsansvariga",
}
"""On whom."""
THENS: Final[Mapping[str, str]] = {
    "customer_service_told": "Sedan får kundtjänst veta det.",
    "reminded": "Sedan påminns enheten, tills det är tillbaka.",
    "refused": "Sedan blir det inget av med den.",
}
"""What happens then."""
