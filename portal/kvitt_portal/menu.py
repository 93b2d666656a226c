"""The main menu and the one search: which pages there are and what is sought, and by which act each
is somebody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the menu, for whoever the table grants one of its acts; without any it is
    everybody's. `at_units`: for whoever has one at their own units.
    """

    address: str
    text: str
    acts: tuple[str, ...] = ()
    at_units: bool = False


MENU = (
    Place("/", "Startsida"),
    Place("/nyheter", "Nyheter", ("notifications.news.list",)),
    Place("/mottagare", "Mottagare", ("orders.person.find",)),
    Place("/bestallningar", "Beställningar", ("orders.orders.list",)),
    Place("/uttag/nytt", "Uttag", ("orders.withdrawal.register",), at_units=True),
    Place("/varukorgar", "Varukorgar", ("orders.basket-loans.list",)),
    Place("/lagerpafyllnad", "Lagerpåfyllnad", ("orders.replenishment.place",), at_units=True),
    Place("/inkopsordrar", "Inköpsordrar", ("orders.purchase-orders.list",)),
    Place("/direktleveranser", "Direktleveranser", ("orders.receipts.awaited",)),
    Place("/bmb/att-gora", "BMB", ("bmb.transfers.list",)),
    Place("/hamtordrar", "Hämtordrar", ("orders.pickups.list",)),
    Place("/arbetsordrar", "Aktiviteter", ("orders.work-orders.list",)),
    Place("/felanmalningar", "Felanmälningar", ("orders.fault-reports.list",)),
    Place("/arenden", "Ärenden", ("orders.cases.list",)),
    Place("/hemregionsarenden", "Hemregionsärenden", ("billing.home-region-cases.list",)),
    Place("/forsaljningar", "Försäljningar", ("billing.region-sales.list",)),
    Place("/kvitteringsansvariga", "Kvitteringsansvariga", ("bmb.responsibles.list",)),
    Place("/anvandare", "Användare", ("orders.users.access",)),
    Place("/behorigheter", "Behörigheter", ("orders.log-lines.list", "orders.users.access")),
    Place("/logg", "Logg", ("orders.log-lines.list",)),
    Place("/artiklar", "Artiklar", ("inventory.articles.list",)),
    Place("/individ", "Individer", ("inventory.devices.list",)),
    Place("/lager", "Lager", ("inventory.balances.list",)),
    Place("/rekonditionering", "Rekonditionering", ("inventory.reconditionings.list",)),
    Place("/fakturor", "Fakturor", ("billing.invoices.list",)),
    Place("/leverantorer", "Leverantörer", ("orders.suppliers.list",)),
    Place("/leverantorsfakturor", "Leverantörsfakturor", ("billing.supplier-invoices.list",)),
    Place("/kundtjanst/las-upp", "Kundtjänst", ("bmb.transfer.unlock",)),
    Place("/drift", "Drift", ("orders.admin.overview",)),
    Place("/manadens-fakturor", "Månadens fakturor", ("billing.run.approve",)),
)

SOUGHT: Final[Mapping[str, tuple[str, ...]]] = {
    "personnummer": ("orders.person.find",),
    "individ": ("inventory.devices.list",),
    "order": (
        "orders.orders.list",
        "orders.purchase-orders.list",
        "orders.pickups.list",
        "orders.work-orders.list",
    ),
    "artikel": ("inventory.articles.list",),
}
"""What the one search finds: each for whoever is granted one of its acts."""
