"""What a test has for itself: persons, users, service points and devices that nobody else touches,
stated by the region as its own system does.

Methods note what there is to be and answer what it is called; `await scene.set()` states all of it
and awaits its effect.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kvitt_contracts.envelope import Message
from kvitt_contracts.personnummer import PersonalNumber

from contracts.tests.builders.purchases import a_supplier_stated
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_customer_stated,
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_payer_stated,
    a_person_stated,
    a_safety_level_stated,
    a_store_stated,
    a_user_contact_stated,
    a_user_stated,
    an_article_price_stated,
    an_article_stated,
)
from contracts.tests.builders.supplier_invoices import a_supplier_invoice_stated
from examples.generator.registry import number_for_tests
from portal.tests.system import PortalSystem

_FIRST_BORN = date(1996, 1, 1)
"""Nobody of the month is born in the ten years from here."""


_FIRST = {"ac": (60_000, 10_000), "bd": (6_000, 1_000)}
"""The first id of a test's customers, and of its payers: none of the month's is among them."""
_MOST = 4_000
"""So many ids there are before they would be longer than their region's are."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A person. `region_id` is the region's own id; the portal's is had by `Scene.ref`."""

    region_id: str
    number: str
    name: str

    @property
    def hyphenated(self) -> str:
        """The personal number as people write it: `19960101-9802`."""
        return f"{self.number[:8]}-{self.number[8:]}"


@dataclass(frozen=True, slots=True)
class Place:
    """A service point, who pays for it, and its own store ("" where it has none)."""

    id: str
    payer: str
    store: str


class Scene:
    """One test's things, in a region."""

    def __init__(self, system: PortalSystem, region: str = "ac") -> None:
        self.system = system
        self.region = region
        self._noted: list[tuple[str, Message]] = []

    def payer(self, code: str = "", **more: Any) -> str:
        """A payer that several places may have, or that pays for none; answers its code."""
        if not code:
            number = next(self.system.numbers)
            assert number < _MOST, "the tests have used all ids of payers"
            code = str(_FIRST[self.region][1] + number)
        self._note(code, a_payer_stated(code, **more))
        return code

    def place(
        self, name: str = "", *, with_store: bool = True, payer: str = "", draws_from: str = ""
    ) -> Place:
        """A service point with a payer of its own, and by default a store; `draws_from`: the
        region's store that it has instead.
        """
        number = next(self.system.numbers)
        assert number < _MOST, "the tests have used all ids of places"
        customer, pays = _FIRST[self.region]
        found = Place(
            id=str(customer + number),
            payer=payer or str(pays + number),
            store=draws_from or (f"S{number:03}" if with_store else ""),
        )
        if not payer:
            self._note(found.payer, a_payer_stated(found.payer))
        changes: dict[str, Any] = {"name": name} if name else {}
        stated = a_customer_stated(
            found.id, payer=found.payer, store=found.store or None, **changes
        )
        self._note(found.id, stated)
        if found.store and not draws_from:
            store = a_store_stated(found.store, "own", service_point=found.id)
            self._note(found.store, store)
        return found

    def user(
        self, *places: Place, name: str = "", roles: tuple[str, ...] = ("prescriber",), **more: Any
    ) -> str:
        """A user who works at these service points, the first by default; answers their user id."""
        user = f"t{next(self.system.numbers):03}"
        points = [one.id for one in places]
        self._note(user, a_user_stated(user, *points, roles=roles, **more))
        contact = a_user_contact_stated(user, name=name or f"Testa Förskrivare {user}")
        self._note(user, contact)
        return user

    def person(self, name: str = "", *, born: date | None = None, **more: Any) -> Patient:
        """A person of the population registry, with an address; grown up unless told."""
        at = next(self.system.numbers)
        day = born or _FIRST_BORN + timedelta(days=at // 10)
        number = number_for_tests(day, 980 + at % 10)
        patient = Patient(f"T-P-{at:05}", number, name or f"Tess Testsson {at}")
        identity = PersonalNumber(number=number)
        self._note(patient.region_id, a_person_stated(identity, name=patient.name, **more))
        return patient

    def article(
        self, name: str = "", *, marked: bool = True, priced: bool = True, **more: Any
    ) -> str:
        """An article with a price, unless told; a marked one is rented. Answers its number."""
        number = f"9{next(self.system.numbers):04}-01"
        changes: dict[str, Any] = {"name": name, **more} if name else more
        self._note(number, an_article_stated(number, marked=marked, **changes))
        if priced:
            self._note(number, an_article_price_stated(number, valid_from=date(2026, 1, 1)))
        return number

    def stock(self, article: str, quantity: int, *, store: str) -> None:
        """So many of an unmarked article stand in a store."""
        stated = a_balance_stated(article, quantity, store=store, stated_on=_STATED_ON)
        self._note(f"T-IB-{next(self.system.numbers)}", stated)

    def safety_level(self, article: str, level: int, *, store: str) -> None:
        """Below this balance the store wants more of an article: it is proposed in the night."""
        stated = a_safety_level_stated(article, level, store=store)
        self._note(f"T-SL-{next(self.system.numbers)}", stated)

    def device(
        self,
        article: str,
        *,
        store: str = "",
        patient: Patient | None = None,
        payer: str = "",
        prescriber: str = "",
        number: str = "",
        since: date | None = None,
    ) -> str:
        """A marked device: in a store, or on loan to a patient since the cut-over, unless told.
        Answers its number.
        """
        number = number or f"T{next(self.system.numbers):05}"
        stated_on = since or _STATED_ON
        if patient is None:
            stated = a_device_in_store_stated(
                number, store=store, article_number=article, stated_on=stated_on
            )
        else:
            stated = a_device_on_loan_stated(
                number,
                person=patient.region_id,
                article_number=article,
                payer_id=payer,
                prescriber=prescriber,
                stated_on=stated_on,
            )
        self._note(number, stated)
        return number

    def supplier(self, **more: Any) -> str:
        """A supplier of the register. Answers its code."""
        code = f"T{next(self.system.numbers)}"
        self._note(code, a_supplier_stated(code, **more))
        return code

    def supplier_invoice(self, supplier: str, **more: Any) -> str:
        """An invoice of a supplier's, which names no purchase order unless told. Answers its
        number.
        """
        number = f"F-{next(self.system.numbers)}"
        changes: dict[str, Any] = {"purchase_order": None, "due_on": date(2026, 6, 1), **more}
        stated = a_supplier_invoice_stated(number, supplier_id=supplier, **changes)
        self._note(f"{supplier}/{number}", stated)
        return number

    async def set(self) -> None:
        """State all that was noted, and await it."""
        noted, self._noted = self._noted, []
        await self.system.state(noted, region=self.region)

    async def ref(self, patient: Patient, *, opened_to: str = "") -> str:
        """The reference by which the portal's addresses name a person; the look opens them to this
        user.
        """
        system = self.system
        asking = (
            system.api("orders", opened_to, region=self.region)
            if opened_to
            else system.as_region("orders", region=self.region)
        )
        async with asking as client:
            body = {
                "identity": {"kind": "personal_number", "number": patient.number},
                "purpose": "new_patient" if opened_to else "case",
            }
            answer = await client.post("/persons:find", json=body)
            answer.raise_for_status()
            return str(answer.json()["person"])

    def _note(self, subject: str, message: Message) -> None:
        self._noted.append((subject, message))


_STATED_ON = date(2026, 5, 1)
"""The cut-over: what stands and is lent since before counts from that day."""
