"""The main menu: which pages there are, and for whom."""

from collections.abc import Collection
from dataclasses import dataclass

from kvitt_contracts.access import Grantee

CARE = (Grantee.PRESCRIBER, Grantee.REQUESTER)
STAFF = (Grantee.CUSTOMER_SERVICE,)
HEADS = (Grantee.UNIT_HEAD, *STAFF)
REVIEWERS = (Grantee.LOG_REVIEWER,)
OVERSEERS = (*REVIEWERS, *STAFF)


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the menu. `roles`: those of whom one is needed; none: everybody."""

    address: str
    text: str
    roles: tuple[str, ...] = ()

    def is_for(self, roles: Collection[str]) -> bool:
        """True for a user with these roles; who does nothing but review has the pages of that."""
        if not self.roles:
            return not roles or bool(set(roles) - {*REVIEWERS})
        return not set(self.roles).isdisjoint(roles)


MENU = (
    Place("/", "Startsida"),
    Place("/nyheter", "Nyheter"),
    Place("/mottagare", "Mottagare", CARE + STAFF),
    Place("/bestallningar", "Beställningar"),
    Place("/uttag/nytt", "Uttag", CARE),
    Place("/varukorgar", "Varukorgar"),
    Place("/lagerpafyllnad", "Lagerpåfyllnad", CARE),
    Place("/inkopsordrar", "Inköpsordrar", CARE + STAFF),
    Place("/direktleveranser", "Direktleveranser", CARE + STAFF),
    Place("/bmb/att-gora", "BMB"),
    Place("/hamtordrar", "Hämtordrar"),
    Place("/arbetsordrar", "Aktiviteter"),
    Place("/felanmalningar", "Felanmälningar"),
    Place("/arenden", "Ärenden"),
    Place("/hemregionsarenden", "Hemregionsärenden", CARE + STAFF),
    Place("/forsaljningar", "Försäljningar", CARE + STAFF),
    Place("/kvitteringsansvariga", "Kvitteringsansvariga", CARE + STAFF),
    Place("/anvandare", "Användare", HEADS),
    Place("/behorigheter", "Behörigheter", OVERSEERS),
    Place("/logg", "Logg", REVIEWERS),
    Place("/artiklar", "Artiklar"),
    Place("/individ", "Individer"),
    Place("/lager", "Lager"),
    Place("/rekonditionering", "Rekonditionering", STAFF),
    Place("/fakturor", "Fakturor", CARE + STAFF),
    Place("/leverantorer", "Leverantörer"),
    Place("/leverantorsfakturor", "Leverantörsfakturor", CARE + STAFF),
    Place("/kundtjanst/las-upp", "Kundtjänst", STAFF),
    Place("/manadens-fakturor", "Månadens fakturor", STAFF),
)
