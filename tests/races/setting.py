"""What runs find: three regions whose policies change in the middle of them, and who works, pays
and keeps stock there. For each run an article, three devices, two on loan and one in a store, and
that store: it is counted in the run alone.

The region states its registry to orders, from which the others learn of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.envelope import Message
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import DeviceId, StocktakingId, StoreId, identify

from contracts.tests.builders.regions import (
    OLD_WOMAN,
    a_customer_stated,
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_payer_stated,
    a_person_stated,
    a_store_stated,
    a_user_stated,
    an_article_price_stated,
    an_article_stated,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OTHER,
    OTHER_PATIENT,
    OTHER_PAYER,
    OUTSIDER,
    OWN,
    PATIENT,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
)

FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)
"""The month that is invoiced."""
STATED_AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
BEGINS_AT = datetime(2026, 5, 9, 7, tzinfo=UTC)
POLICY_CHANGES_ON = date(2026, 5, 12)
TROUBLED_UNTIL = datetime(2026, 5, 22, 18, tzinfo=UTC)
"""No act comes later: what was sent by then is over in the month."""

OTHERS_OWN, INVESTIGATION = "602", StoreId("900")
PICKUP_WINDOW = (1, 5)
"""The first and the last day after a relative's order, by every policy."""
PRICES = ((FIRST, 31_000), (date(2026, 5, 16), 40_000))
"""What each article costs a month, in öre, from which day."""
PRESCRIBERS = {SENDER: SENDING, RECEIVER: RECEIVING, OUTSIDER: OTHER}
STORES = {SENDING: OWN, RECEIVING: OTHERS_OWN}
"""The store of a service point."""
KEEPERS = {store: point for point, store in STORES.items()}
PATIENTS = (PATIENT, OTHER_PATIENT)
_NUMBERS = (OLD_WOMAN, "189002029818")
_SHELF = "S"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a policy says of a transfer that nobody answers, and after how many days a
    pickup is late.
    """

    days: int
    outcome: str
    clock_starts: str = "sent"
    overdue_days: int = 3


TERMS: Mapping[str, tuple[Terms, Terms]] = {
    "ac": (Terms(3, "auto_execute"), Terms(2, "lock", overdue_days=5)),
    "bd": (Terms(2, "lock"), Terms(3, "void", "received")),
    "w": (Terms(2, "void"), Terms(2, "auto_execute", "received", 1)),
}
"""Each region's, before and after its policy changes."""
REGIONS = tuple(TERMS)


def terms_at(region: str, instant: datetime) -> Terms:
    """What the region's policy says that is in force then."""
    before, after = TERMS[region]
    return after if instant >= start_of_day(POLICY_CHANGES_ON) else before


def the_policies() -> Policies:
    """Two versions for each region."""
    return Policies.parse([_document(region) for region in REGIONS])


def _document(region: str) -> dict[str, Any]:
    starts = (start_of_day(date(2026, 1, 1)), start_of_day(POLICY_CHANGES_ON))
    return {
        "region": region,
        "name": f"Region {region}",
        "versions": [
            {
                "version": number,
                "effective_from": start.isoformat(),
                "transfer": {
                    "expiry": {"days": terms.days, "outcome": terms.outcome},
                    "clock_starts": terms.clock_starts,
                    "sender": "prescriber",
                    "ack_payer": "chosen",
                    "rejection_message": "optional",
                    "patient_to_patient": "allowed",
                    "notify": "main_responsible",
                },
                "pickup": {"overdue_days": terms.overdue_days, "window_days": PICKUP_WINDOW},
                "stores": {"central": CENTRAL, "own": [OWN, OTHERS_OWN]},
                "id_format": {"customer": 5, "payer": 5, "care_unit": 5},
            }
            for number, (start, terms) in enumerate(
                zip(starts, TERMS[region], strict=True), start=1
            )
        ],
    }


def the_registry() -> tuple[tuple[str, Message], ...]:
    """What the region states to orders, each with its subject: three units with a prescriber each,
    customer service, two patients with phones.
    """
    units = {SENDING: PAYER, RECEIVING: RECEIVING_PAYER, OTHER: OTHER_PAYER}
    return (
        *((payer, a_payer_stated(payer)) for payer in units.values()),
        *(
            (point, a_customer_stated(point, payer=payer, store=STORES.get(point)))
            for point, payer in units.items()
        ),
        *((user, a_user_stated(user, point)) for user, point in PRESCRIBERS.items()),
        (SERVICE, a_user_stated(SERVICE, SENDING, roles=("customer_service",))),
        *(
            (name, a_person_stated(PersonalNumber(number=number), phone="070-174 06 05"))
            for name, number in zip(PATIENTS, _NUMBERS, strict=True)
        ),
    )


def keeper_of(store: str) -> str | None:
    """The service point whose own store it is; a run's shelf is that of SENDING."""
    return KEEPERS.get(store, SENDING if store.startswith(_SHELF) else None)


def the_catalogue(articles: Iterable[str], shelves: Iterable[str]) -> tuple[Message, ...]:
    """The stores, and the articles, which are rented."""
    own = {**KEEPERS, **dict.fromkeys(shelves, SENDING)}
    return (
        a_store_stated(),
        a_store_stated(INVESTIGATION, "investigation"),
        *(a_store_stated(store, "own", service_point=point) for store, point in own.items()),
        *(an_article_stated(one) for one in articles),
    )


def the_prices(articles: Iterable[str]) -> tuple[Message, ...]:
    """What they cost, before and after the middle of the month."""
    return tuple(
        an_article_price_stated(one, valid_from=day, net_ore=ore)
        for one in articles
        for day, ore in PRICES
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A device of a run; without `payer` it stands on the run's shelf."""

    region: str
    number: str
    article: str
    shelf: StoreId
    payer: str | None

    @property
    def id(self) -> DeviceId:
        """Its id, from its first number."""
        return DeviceId(identify(self.region, "device", self.number))

    def fact(self) -> Message:
        """What the region states of it."""
        if self.payer is None:
            return a_device_in_store_stated(
                self.number, store=self.shelf, article_number=self.article, stated_on=FIRST
            )
        return a_device_on_loan_stated(
            self.number,
            article_number=self.article,
            person=PATIENT,
            payer_id=self.payer,
            customer_id=OTHER,
            prescriber=SENDER,
            stated_on=FIRST,
        )


def article_of(label: str) -> str:
    """What the devices of the run that is called `label` are: stores count its devices alone."""
    return f"{ROLLATOR}-{label.upper()}"


def shelf_of(label: str) -> StoreId:
    """The store of SENDING that the run which is called `label` alone counts."""
    return StoreId(f"{_SHELF}{uuid5(NAMESPACE_OID, label).hex[:9].upper()}")


def stocktaking_of(region: str, store: StoreId) -> StocktakingId:
    """The id of a store's stocktaking."""
    return StocktakingId(identify(region, "stocktaking", store))


def devices_of(region: str, label: str) -> Sequence[Stated]:
    """The devices of the run that is called `label`."""
    article, shelf = article_of(label), shelf_of(label)
    return [
        Stated(region=region, number=f"{label}-{at}", article=article, shelf=shelf, payer=payer)
        for at, payer in enumerate((OTHER_PAYER, OTHER_PAYER, None))
    ]
