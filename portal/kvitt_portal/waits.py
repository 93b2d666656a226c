"""How a wait is said: what something waits for, on whom, and what happens when the day has passed.
What has no words here is said in general ones.
"""

from collections.abc import Mapping
from typing import Final

AWAITS: Final[Mapping[str, str]] = {
    "answer": "svar",
    "prescriber": "en förskrivare",
    "fetching": "hämtning",
    "return": "att allt är tillbaka",
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
    "customer_service_is_told": "Sedan får kundtjänst veta det.",
}
"""What happens then."""
