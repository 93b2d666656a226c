"""One person with something in every place where people write, who is then erased: stated,
corrected, ordered for, lent to, written of, read in the portal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from examples.generator.registry import number_for_tests
from tests.privacy.business import (
    DEVICES,
    HERE,
    MORNING,
    OTHER,
    OWN,
    PRESCRIBER,
    ROLLATOR,
    STOOL,
    TODAY,
    state_the_registry,
)
from tests.privacy.persons import Somebody
from tests.privacy.region import REGION, Region
from tests.privacy.search import Sought

LEAVING = Somebody(
    id="AC-P-90101",
    given="Utplånette",
    family="Bortåker-Östh",
    number=number_for_tests(date(1935, 6, 7), 988),
    street="Avflyttargränd 21C",
    city="Försvinnå",
    phone="070-174 06 43",
)
BORN = "Bortåker-Ungh"
EMAIL = "utplånette.bortåker@prov.example"
DOOR_CODE = "portkod-5513Z"
LETTER = "lakarintyg.txt"
SOUGHT = Sought.of(
    words=[
        *(LEAVING.given, LEAVING.family, LEAVING.street, LEAVING.city, BORN, EMAIL, DOOR_CODE),
        *(LEAVING.phone, LEAVING.phone.replace("-", "").replace(" ", "")),
    ],
    numbers=[LEAVING.number],
)
TEXT = (
    f"{LEAVING.name}, {LEAVING.number[:8]}-{LEAVING.number[8:]}, {LEAVING.street},"
    f" {LEAVING.phone}, {EMAIL}"
)

Body = dict[str, Any]


def live(region: Region, portal: str) -> UUID:
    """Everything that happens to the person until they are to be erased; answers the reference."""
    region.move_clock(MORNING)
    state_the_registry(region)
    for version, changes in enumerate(({"name": f"{LEAVING.given} {BORN}"}, {}), 1):
        stated = LEAVING.stated(version=version, **changes)
        region.say("persons", LEAVING.id, "region.person.stated.v1", stated)
    region.come_to_rest()
    person = _find(region)
    _write_contact(region, person)
    _order(region, person)
    _lend(region, person)
    region.come_to_rest()
    _transfer(region)
    _write_of_devices(region, person)
    _keep_drafts(region, person)
    region.come_to_rest()
    _read_in_the_portal(portal, person)
    return person


def _find(region: Region) -> UUID:
    for who in ({}, PRESCRIBER):
        body = {"identity": LEAVING.identity, "purpose": "new_patient"}
        found = _good(region.ask("POST", "orders", "/persons:find", json=body, **who))
    person = UUID(found["person"])
    shown = {"refs": [str(person)], "purpose": "ordering"}
    told = region.ask("POST", "orders", "/persons:resolve", json=shown, **PRESCRIBER)
    assert LEAVING.street in told.raise_for_status().text
    return person


def _write_contact(region: Region, person: UUID) -> None:
    contact = {"phone": LEAVING.phone, "door_code": DOOR_CODE, "instructions": TEXT}
    _good(region.ask("POST", "orders", f"/persons/{person}:contact", json=contact, **PRESCRIBER))


def _order(region: Region, person: UUID) -> None:
    address = {"street": LEAVING.street, "postal_code": "90299", "city": LEAVING.city}
    delivery = {
        "to": {"kind": "one_off", "address": address},
        "recipient_phone": LEAVING.phone,
        "door_code": DOOR_CODE,
        "instructions": TEXT,
        "contact_person": LEAVING.name,
    }
    body = _for(person, STOOL)
    body["lines"][0]["comment"] = TEXT
    placed = _good(
        region.ask("POST", "orders", "/orders", json={**body, "delivery": delivery}, **PRESCRIBER)
    )
    order = placed["order_id"]
    _good(region.ask("POST", "orders", f"/orders/{order}:resolve-delivery"))
    _attach(region, {"kind": "order", "id": order})
    case = {"kind": "other", "about": {"kind": "order", "id": order}, "service_point": HERE}
    asked = _good(region.ask("POST", "orders", "/cases", json={**case, "text": TEXT}, **PRESCRIBER))
    answer = {"outcome": "done", "text": TEXT}
    _good(region.ask("POST", "orders", f"/cases/{asked['case_id']}:answer", json=answer))


def _attach(region: Region, about: Body) -> None:
    headers = {"Content-Type": "text/plain", "X-Filename": quote(f"{LEAVING.given} {LETTER}")}
    kept = _good(
        region.ask(
            *("POST", "orders", "/attachments"),
            headers=headers,
            content=TEXT.encode(),
            **PRESCRIBER,
        )
    )["attachment_id"]
    path = f"/attachments/{kept}:attach"
    _good(region.ask("POST", "orders", path, json={"about": about}, **PRESCRIBER))


def _lend(region: Region, person: UUID) -> None:
    for device in DEVICES:
        body = {**_for(person, ROLLATOR, device=device), "store": OWN}
        _good(region.ask("POST", "orders", "/withdrawals", json=body, **PRESCRIBER))


def _transfer(region: Region) -> None:
    body = {"devices": [DEVICES[0]], "new_prescriber": "k201ema", "message": TEXT, "execute": True}
    transfer = _good(region.ask("POST", "bmb", "/transfers", json=body, **PRESCRIBER))["id"]
    region.come_to_rest()
    rejected = {"message": TEXT}
    _good(region.ask("POST", "bmb", f"/transfers/{transfer}:reject", json=rejected, **OTHER))


def _write_of_devices(region: Region, person: UUID) -> None:
    pickup: Body = {
        "recipient": {"kind": "patient", "person": str(person)},
        "service_point": HERE,
        "cause": "not_needed",
        "devices": [DEVICES[1]],
        "delivery": {
            "to": {"kind": "recipient"},
            "order_phone": LEAVING.phone,
            "door_code": DOOR_CODE,
            "information": TEXT,
        },
    }
    _good(region.ask("POST", "orders", "/pickups", json=pickup, **PRESCRIBER))
    work = {
        "kind": "adjustment",
        "recipient": {"kind": "patient", "person": str(person)},
        "service_point": HERE,
        "device_number": DEVICES[2],
        "description": TEXT,
    }
    made = _good(region.ask("POST", "orders", "/work-orders", json=work, **PRESCRIBER))
    path = f"/work-orders/{made['work_order_id']}:note"
    _good(region.ask("POST", "orders", path, json={"text": TEXT}))
    _attach(region, {"kind": "work_order", "id": made["work_order_id"]})
    found = _good(
        region.ask("GET", "inventory", f"/devices?device_number={DEVICES[2]}", **PRESCRIBER)
    )
    device = found["items"][0]["device_id"]
    path = f"/devices/{device}/notes"
    _good(region.ask("POST", "inventory", path, json={"text": LEAVING.name}, **PRESCRIBER))
    damage = {"kind": "damaged", "happened_on": TODAY, "note": TEXT}
    path = f"/devices/{device}:report-damage"
    _good(region.ask("POST", "inventory", path, json=damage, **PRESCRIBER))


def _keep_drafts(region: Region, person: UUID) -> None:
    whom: Body = {
        "recipient": {"kind": "patient", "person": str(person)},
        "service_point": HERE,
    }
    application = {**whom, "application": {"need": TEXT}}
    order = {**whom, "written": {"lines": [{"comment": TEXT}]}}
    _good(region.ask("POST", "orders", "/application-drafts", json=application, **PRESCRIBER))
    _good(region.ask("POST", "orders", "/order-drafts", json=order, **PRESCRIBER))


def _read_in_the_portal(portal: str, person: UUID) -> None:
    with visiting(portal) as client:
        page = client.get(f"/mottagare/{person}")
        assert LEAVING.family in page.raise_for_status().text
        client.post("/mottagare", data={"name": LEAVING.name, "number": LEAVING.number})


@contextmanager
def visiting(portal: str) -> Iterator[httpx.Client]:
    """Within: the prescriber's client of the portal, logged in; nobody logs out."""
    headers = {"Origin": portal, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=portal, headers=headers, timeout=30.0) as client:
        form = {"user": PRESCRIBER["user"], "region": str(REGION), "till": "/"}
        assert client.post("/logga-in", data=form).status_code == 303
        yield client


def _for(person: UUID, article: str, *, device: str | None = None) -> Body:
    line = {"article_number": article, "quantity": 1, "device_number": device}
    return {
        "recipient": {"kind": "patient", "person": str(person)},
        "prescriber": PRESCRIBER["user"],
        "service_point": HERE,
        "lines": [line],
    }


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
