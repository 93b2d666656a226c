"""What runs find: three regions whose policies change in the middle of them, and who works, pays
and keeps stock there. Three devices for each run: two on loan, one in a store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.envelope import Message
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import DeviceId, identify

from contracts.tests.builders.orders import (
    a_customer_registered,
    a_payer_registered,
    a_person_registered,
    a_user_registered,
)
from contracts.tests.builders.regions import (
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_store_stated,
    an_article_price_stated,
    an_article_stated,
)
from contracts.tests.builders.story import (
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

OTHERS_OWN = "602"
PRICES = ((FIRST, 31_000), (date(2026, 5, 16), 40_000))
"""What the devices' article costs a month, in öre, from which day."""
PRESCRIBERS = {SENDER: SENDING, RECEIVER: RECEIVING, OUTSIDER: OTHER}
STORES = {SENDING: OWN, RECEIVING: OTHERS_OWN}
"""The store of a service point."""
KEEPERS = {store: point for point, store in STORES.items()}
PATIENTS = (PATIENT, OTHER_PATIENT)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a policy says of a transfer that nobody answers."""

    days: int
    outcome: str
    clock_starts: str = "sent"


TERMS: Mapping[str, tuple[Terms, Terms]] = {
    "ac": (Terms(3, "auto_execute"), Terms(2, "lock")),
    "bd": (Terms(2, "lock"), Terms(3, "void", "received")),
    "w": (Terms(2, "void"), Terms(2, "auto_execute", "received")),
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
                "stores": {"central": "500", "own": [OWN, OTHERS_OWN]},
                "id_format": {"customer": 5, "payer": 5, "care_unit": 5},
            }
            for number, (start, terms) in enumerate(
                zip(starts, TERMS[region], strict=True), start=1
            )
        ],
    }


def the_registry() -> tuple[Message, ...]:
    """What orders has told: three units with a prescriber each, customer service, two patients."""
    return (
        a_payer_registered(PAYER),
        a_payer_registered(RECEIVING_PAYER),
        a_payer_registered(OTHER_PAYER),
        a_customer_registered(SENDING, payer=PAYER, store=OWN),
        a_customer_registered(RECEIVING, payer=RECEIVING_PAYER, store=OTHERS_OWN),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        *(a_user_registered(user, point) for user, point in PRESCRIBERS.items()),
        a_user_registered(SERVICE, SENDING, role="customer_service"),
        *(a_person_registered(patient) for patient in PATIENTS),
    )


def the_catalogue() -> tuple[Message, ...]:
    """The stores, and an article that is rented."""
    own = (a_store_stated(store, "own", service_point=point) for store, point in KEEPERS.items())
    return (a_store_stated(), *own, an_article_stated(ROLLATOR))


def the_prices() -> tuple[Message, ...]:
    """What it costs, before and after the middle of the month."""
    return tuple(
        an_article_price_stated(ROLLATOR, valid_from=day, net_ore=ore) for day, ore in PRICES
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A device of a run; without `payer` it stands in the store of SENDING."""

    region: str
    number: str
    payer: str | None

    @property
    def id(self) -> DeviceId:
        """Its id, from its first number."""
        return DeviceId(identify(self.region, "device", self.number))

    def fact(self) -> Message:
        """What the region states of it."""
        if self.payer is None:
            return a_device_in_store_stated(self.number, store=OWN, stated_on=FIRST)
        return a_device_on_loan_stated(
            self.number,
            person=PATIENT,
            payer_id=self.payer,
            customer_id=OTHER,
            prescriber=SENDER,
            stated_on=FIRST,
        )


def devices_of(region: str, label: str) -> tuple[Stated, ...]:
    """The devices of the run that is called `label`."""
    return tuple(
        Stated(region=region, number=f"{label}-{number}", payer=payer)
        for number, payer in enumerate((OTHER_PAYER, OTHER_PAYER, None))
    )
