"""The test persons, as a region states them, and what is looked for of them.

Numbers are of Skatteverket's series for tests alone; names and places are made up and stand nowhere
else.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from examples.generator.registry import number_for_tests
from tests.privacy.search import Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One test person. `id` is the region's own; `number` has 12 digits, or is a reserve number."""

    id: str
    given: str
    family: str
    number: str
    kind: str = "personal_number"
    born_on: str | None = None
    protected: bool = False
    street: str
    city: str
    phone: str

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.given} {self.family}"

    @property
    def identity(self) -> dict[str, str]:
        """The number with its kind, as the contract writes it."""
        born = {} if self.born_on is None else {"born_on": self.born_on}
        return {"kind": self.kind, "number": self.number, **born}

    @property
    def address(self) -> dict[str, str]:
        """The address, as the contract writes it."""
        return {"street": self.street, "postal_code": "90299", "city": self.city}

    def stated(self, *, version: int = 1, **others: Any) -> dict[str, Any]:
        """The body of the person fact."""
        return {
            "version": version,
            "identity": self.identity,
            "name": self.name,
            "address": self.address,
            "phone": self.phone,
            "home_region": "ac",
            "protected": self.protected,
            **others,
        }


OLD = Somebody(
    id="AC-P-90001",
    given="Ylvalill",
    family="Sökdotter-Åhs",
    number=number_for_tests(date(1912, 3, 4), 986),
    street="Spårlösgatan 17B",
    city="Provåker",
    phone="070-174 06 05",
)
PROTECTED = Somebody(
    id="AC-P-90002",
    given="Torvaldina",
    family="Skyddström",
    number=number_for_tests(date(1961, 5, 17), 985),
    protected=True,
    street="Hemlighetsstigen 3",
    city="Doldköping",
    phone="070-174 06 11",
)
CHILD = Somebody(
    id="AC-P-90003",
    given="Barnabella",
    family="Prövberg",
    number=number_for_tests(date(2017, 4, 5), 981),
    street="Lekvägsgränd 9",
    city="Smådalen",
    phone="070-174 06 23",
)
COORDINATED = Somebody(
    id="AC-P-90004",
    given="Gästvin",
    family="Samordén",
    number=number_for_tests(date(1975, 11, 30), 982, coordination=True),
    kind="coordination_number",
    street="Tillfälligplan 44",
    city="Ankomstad",
    phone="070-174 06 37",
)
RESERVED = Somebody(
    id="AC-P-90005",
    given="Numerlösa",
    family="Reservell",
    number="19500501R4711",
    kind="reserve_number",
    born_on="1950-05-01",
    street="Väntarvägen 2",
    city="Undantorp",
    phone="070-174 06 41",
)
ADDED = Somebody(
    id="-",  # customer service adds this one by hand
    given="Handskrivne",
    family="Tilläggsson",
    number=number_for_tests(date(1948, 2, 3), 983),
    street="Diskvägen 8",
    city="Kundtjänstby",
    phone="070-174 06 59",
)
REFUSED = Somebody(
    id="AC-P-90006",
    given="Felsiffra",
    family="Kontrollerud",
    number="196105179857",  # the check digit is wrong
    street="Felräkningstorg 1",
    city="Avvisträsk",
    phone="070-174 06 67",
)
UNREADABLE = Somebody(
    id="AC-P-90007",
    given="Trasimund",
    family="Oläsbäck",
    number=number_for_tests(date(1957, 8, 9), 987),
    street="Krossgränden 66",
    city="Karantänö",
    phone="070-174 06 73",
)
STRANGER = Somebody(
    id="-",  # no registry has this one; somebody asks for them
    given="Okändis",
    family="Saknadsdotter",
    number=number_for_tests(date(1944, 12, 12), 984),
    street="Ingenstansvägen 5",
    city="Borta",
    phone="070-174 06 87",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A user with a name, which the region states beside the register of users."""

    user_id: str
    given: str
    family: str
    phone: str
    mobile: str
    email: str

    def stated(self, **others: Any) -> dict[str, Any]:
        """The body of the fact of how they are reached at work."""
        reached = {"phone": self.phone, "mobile": self.mobile, "email": self.email}
        name = f"{self.given} {self.family}"
        return {"version": 1, "user_id": self.user_id, "name": name, **reached, **others}


COLLEAGUE = Colleague(
    user_id="k201ema",
    given="Arbetsvida",
    family="Kollegersson",
    phone="090-174 06 91",
    mobile="070-174 06 95",
    email="arbetsvida.kollegersson@prov.example",
)

KNOWN = (OLD, PROTECTED, CHILD, COORDINATED, RESERVED)
EVERYBODY = (*KNOWN, ADDED, REFUSED, UNREADABLE, STRANGER)
PHONES = (*(one.phone for one in EVERYBODY), COLLEAGUE.phone, COLLEAGUE.mobile)

DOOR_CODE = "portkod-7391X"
NOTES = ("Nyckelskåpsanvisning", "Anhörigholm", "Engångsgatan 12", "Omvägsinge")
"""What somebody writes beside an order: instructions, a contact, an address for once."""


def sought() -> Sought:
    """Everything about everybody."""
    return Sought.of(
        words=[
            *(word for one in EVERYBODY for word in (one.given, one.family, one.street)),
            *(one.city for one in EVERYBODY if one is not STRANGER),
            *PHONES,
            *(phone.replace("-", "").replace(" ", "") for phone in PHONES),
            *(COLLEAGUE.given, COLLEAGUE.family, COLLEAGUE.email),
            *(DOOR_CODE, *NOTES, RESERVED.number),
        ],
        numbers=[one.number for one in EVERYBODY if one is not RESERVED],
    )
