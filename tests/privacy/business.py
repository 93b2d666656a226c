"""What happens to the test persons: stated, found, ordered for, transferred, charged; and all that
goes wrong on the way.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

from tests.privacy.persons import (
    ADDED,
    CHILD,
    COLLEAGUE,
    COORDINATED,
    DOOR_CODE,
    KNOWN,
    NOTES,
    OLD,
    PROTECTED,
    REFUSED,
    RESERVED,
    STRANGER,
    UNREADABLE,
    Somebody,
)
from tests.privacy.region import Region
from tests.privacy.search import forms_of

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SOME_DAYS_ON = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 4, 2, 8, 0, tzinfo=UTC)
TODAY = "2026-03-02"

CENTRAL, OWN = "500", "402"
HERE, THERE = "61201", "61301"
PRESCRIBER: dict[str, Any] = {"user": "k082lno"}
OTHER: dict[str, Any] = {"user": "k201ema"}
ROLLATOR, STOOL = "10001", "20001"
DEVICES = ("170091", "170092", "170093")

Body = dict[str, Any]

Refs = dict[str, str]
"""The references of persons, by the region's own id or the name."""


def live_through(region: Region, *, vault: str) -> None:
    """A month from the first message to the invoices; everything has come to rest at its end.

    `vault` is the superuser's URL of the database with the person facts.
    """
    region.move_clock(MORNING)
    state_the_registry(region)
    _state_persons(region)
    region.come_to_rest()
    _state_persons_wrongly(region)
    refs = _find_and_show(region)
    _order_over_kafka(region)
    _order_over_http(region, refs)
    draft = _draft_an_application(region, refs)
    region.come_to_rest()
    _show(region, refs, "delivery", "invoicing")  # those to whom something is ordered
    _transfer(region)
    region.come_to_rest()
    _ask_wrongly(region, refs)
    _be_refused_by_the_database(vault)
    region.move_clock(SOME_DAYS_ON)
    _go_on_with(region, draft)
    _draft_an_order(region, refs)
    region.come_to_rest()
    region.move_clock(NEXT_MONTH)
    region.come_to_rest()


# -- what the region states ------------------------------------------------------------------------


def state_the_registry(region: Region) -> None:
    """The payers, service points, users, stores, articles and devices of the region."""
    body: Body
    for payer in ("61200", "61300"):
        body = {"version": 1, "payer_id": payer, "name": f"Verksamhet {payer}"}
        region.say("orders", payer, "region.payer.stated.v1", body)
    for point, payer, store in ((HERE, "61200", OWN), (THERE, "61300", None)):
        body = {
            "version": 1,
            "customer_id": point,
            "name": f"Rehab {point}",
            "payer_id": payer,
        }
        body |= {"is_service_point": True, "store": store}
        region.say("orders", point, "region.customer.stated.v1", body)
    for user, role, point in (
        ("k082lno", "prescriber", HERE),
        ("k201ema", "prescriber", THERE),
        ("kundtjanst1", "customer_service", HERE),
    ):
        body = {"version": 1, "user_id": user, "roles": [role], "service_points": [point]}
        region.say(
            "orders", user, "region.user.stated.v1", {**body, "default_service_point": point}
        )
    for store, kind, owner in ((CENTRAL, "central", None), (OWN, "own", HERE)):
        body = {"version": 1, "store": store, "name": f"Förråd {store}", "kind": kind}
        region.say("inventory", store, "region.store.stated.v1", {**body, "service_point": owner})
    _state_articles(region)


def _state_articles(region: Region) -> None:
    body: Body
    for article, marked, charging in ((ROLLATOR, True, "rent"), (STOOL, False, "sale")):
        body = {
            "version": 1,
            "article_number": article,
            "name": f"Hjälpmedel {article}",
            "iso_code": "120606",
            "type": "main_device",
            "marked": marked,
            "in_assortment": True,
            "charging": charging,
            "fee_group": None if marked else "small_aid",
        }
        region.say("inventory", article, "region.article.stated.v1", body)
        price = {"version": 1, "article_number": article, "net_ore": 25_000}
        region.say(
            "inventory",
            article,
            "region.article-price.stated.v1",
            {**price, "valid_from": "2026-01-01"},
        )
    for store in (CENTRAL, OWN):
        body = {"version": 1, "store": store, "article_number": STOOL, "quantity": 20}
        region.say(
            "inventory", f"IB-{store}", "region.balance.stated.v1", {**body, "stated_on": TODAY}
        )
    for device in DEVICES:
        body = {
            "version": 1,
            "device_number": device,
            "article_number": ROLLATOR,
            "store": OWN,
        }
        region.say("inventory", device, "region.device.stated.v1", {**body, "stated_on": TODAY})


def _state_persons(region: Region) -> None:
    for one in KNOWN:
        _state(region, one.id, one.stated())
    region.come_to_rest()
    _state(region, "AC-P-90099", OLD.stated())  # a second id of the same person: an alias
    _state(region, CHILD.id, CHILD.stated(version=2, phone=None, active=True))
    _state_contact(region, COLLEAGUE.stated())


def _state_persons_wrongly(region: Region) -> None:
    """Refused: by the check digit, the region, the topic. Set aside: whatever cannot be read."""
    _state(region, REFUSED.id, REFUSED.stated())
    _state(region, REFUSED.id, {**REFUSED.stated(), "identity": REFUSED.number})
    _state_contact(region, COLLEAGUE.stated(version=2, email=COLLEAGUE.family))
    _state(region, "AC-P-90099", STRANGER.stated(version=2))  # another number for a merged id
    _state(region, REFUSED.id, REFUSED.stated(), headers={"ce_region": b"bd"})
    region.say("persons", REFUSED.id, "region.payer.stated.v1", REFUSED.stated())
    whole = str(UNREADABLE.stated()).replace("'", '"').encode()
    for number, body in enumerate(
        (whole[:-30], whole.decode().encode("latin-1"), b"{", whole * 1_500)
    ):
        _state(region, f"{UNREADABLE.id}-{number}", body)
    region.say("persons", "AC-P-90008", "region.person.stated.v9", UNREADABLE.stated())
    for name, value in (("ce_id", None), ("ce_time", UNREADABLE.number.encode())):
        _state(region, f"AC-P-{name}", UNREADABLE.stated(), headers={name: value})
    for form in sorted(forms_of(UNREADABLE.number)):
        # the number where the region's own id should stand: read, too large, and with no id
        _state(region, form, UNREADABLE.stated())
        _state(region, form, whole * 1_500)
        _state(region, form, UNREADABLE.stated(), headers={"ce_id": None})
        _state(region, form, whole[:-30])


def _state_contact(region: Region, body: object) -> None:
    region.say("persons", COLLEAGUE.user_id, "region.user-contact.stated.v1", body)


def _state(region: Region, subject: str, body: object, **more: Any) -> None:
    region.say("persons", subject, "region.person.stated.v1", body, **more)


# -- what users do ---------------------------------------------------------------------------------


def _find_and_show(region: Region) -> Refs:
    refs: Refs = {}
    for one in KNOWN:
        refs[one.id] = _find(region, one)["person"]
    added = region.ask(
        "POST",
        "orders",
        "/persons",
        json={
            "identity": ADDED.identity,
            "name": ADDED.name,
            "address": ADDED.address,
            "home_region": "ac",
            "asked_by": PRESCRIBER["user"],
        },
    )
    refs[ADDED.name] = added.raise_for_status().json()["person"]
    _show(region, refs, "display", "ordering")
    _open(region, refs)
    contact = {"phone": OLD.phone, "door_code": DOOR_CODE, "instructions": NOTES[0]}
    path = f"/persons/{refs[OLD.id]}:contact"
    region.ask("POST", "orders", path, json=contact, **PRESCRIBER).raise_for_status()
    sought = {"name": f"{COLLEAGUE.given} {COLLEAGUE.family}"}
    named = region.ask("POST", "orders", "/users:find", json=sought, **PRESCRIBER)
    assert COLLEAGUE.email in named.raise_for_status().text
    return refs


def _show(region: Region, refs: Refs, *purposes: str) -> None:
    for purpose in purposes:
        body = {"refs": list(refs.values()), "purpose": purpose}
        shown = region.ask("POST", "orders", "/persons:resolve", json=body).raise_for_status()
        assert OLD.name in shown.text, "the search would find nothing if nothing were there"


def _find(region: Region, one: Somebody, **who: Any) -> dict[str, Any]:
    body = {"identity": one.identity, "purpose": "new_patient"}
    found = region.ask("POST", "orders", "/persons:find", json=body, **who)
    person: dict[str, Any] = found.raise_for_status().json()
    return person


def _open(region: Region, refs: Refs) -> None:
    """A prescriber finds new patients by the number, and opens another in an emergency."""
    for one in (OLD, PROTECTED, RESERVED, ADDED):
        _find(region, one, **PRESCRIBER)
    reason = {"reason": f"{CHILD.name} larmar från {CHILD.street}"}
    path = f"/persons/{refs[CHILD.id]}:open"
    region.ask("POST", "orders", path, json=reason, **PRESCRIBER).raise_for_status()


def _order_over_kafka(region: Region) -> None:
    order = _order({"kind": "patient", "person": OLD.id}, STOOL)
    delivery = {"to": {"kind": "recipient"}}
    region.say("orders", "VB-1", "orders.order.place.v1", {**order, "delivery": delivery})
    unknown = _order({"kind": "patient", "person": OLD.id}, "99999")
    region.say("orders", "VB-2", "orders.order.place.v1", unknown)
    for number, (one, device) in enumerate(zip((OLD, PROTECTED), DEVICES, strict=False)):
        body = _order({"kind": "patient", "person": one.id}, ROLLATOR, device=device)
        region.say(
            "orders", f"UT-{number}", "orders.withdrawal.register.v1", {**body, "store": OWN}
        )
    body = _order({"kind": "patient", "person": COORDINATED.id}, STOOL)
    region.say("orders", "UT-9", "orders.withdrawal.register.v1", {**body, "store": OWN})
    region.come_to_rest()
    picking = {"version": 1, "order": "VB-1"}
    region.say("inventory", "VB-1", "region.picking.begun.v1", picking)
    sent = {**picking, "dispatched_on": TODAY, "arrives_on": TODAY}
    lines = [{"line": 1, "quantity": 1, "devices": []}]
    region.say("inventory", "VB-1", "region.goods.dispatched.v1", {**sent, "lines": lines})


def _order_over_http(region: Region, refs: Refs) -> None:
    for one in (PROTECTED, CHILD, RESERVED):
        body = _order({"kind": "patient", "person": refs[one.id]}, STOOL)
        body["lines"][0]["comment"] = f"Till {one.name}, {one.number}"
        address = {"street": NOTES[2], "postal_code": "90299", "city": NOTES[3]}
        body["delivery"] = {
            "to": {"kind": "one_off", "address": address},
            "recipient_phone": one.phone,
            "door_code": DOOR_CODE,
            "instructions": NOTES[0],
            "contact_person": NOTES[1],
        }
        placed = region.ask("POST", "orders", "/orders", json=body, **PRESCRIBER)
        order = placed.raise_for_status().json()["order_id"]
        region.ask("POST", "orders", f"/orders/{order}:resolve-delivery").raise_for_status()
    _attach(region, order)
    region.ask("POST", "orders", f"/orders/{order}:void", **PRESCRIBER).raise_for_status()
    body = _order({"kind": "patient", "person": refs[ADDED.name]}, STOOL)
    withdrawn = region.ask(
        "POST", "orders", "/withdrawals", json={**body, "store": OWN}, **PRESCRIBER
    )
    withdrawn.raise_for_status()


def _attach(region: Region, order: str) -> None:
    """A file that says who somebody is goes along with an order."""
    said = {"Content-Type": "text/plain", "X-Filename": quote(f"{RESERVED.name}.txt")}
    content = f"{RESERVED.name}, {RESERVED.number}, {NOTES[0]}".encode()
    sent = region.ask("POST", "orders", "/attachments", content=content, headers=said, **PRESCRIBER)
    file = f"/attachments/{sent.raise_for_status().json()['attachment_id']}"
    about = {"about": {"kind": "order", "id": order}}
    region.ask("POST", "orders", f"{file}:attach", json=about, **PRESCRIBER).raise_for_status()
    read = region.ask("GET", "orders", file, **PRESCRIBER).raise_for_status()
    assert read.content == content


def _draft_an_application(region: Region, refs: Refs) -> tuple[str, Body]:
    """Somebody keeps what they write of an application, and writes too much of it wrongly; answers
    the draft's address and what it says.
    """
    said: Body = {
        "recipient": {"kind": "patient", "person": refs[OLD.id]},
        "service_point": HERE,
        "application": {"need": f"{OLD.name}, {OLD.number}, bor på {OLD.street}."},
    }
    for address, wrong in (
        ("/application-drafts", {**said, "recipient": {"kind": "patient", "person": OLD.number}}),
        ("/application-drafts", {**said, "service_point": OLD.name}),
        (f"/application-drafts/{uuid4()}:save", {**said, "version": 1}),
        (f"/application-drafts/{uuid4()}:discard", {"version": OLD.number}),
    ):
        assert not region.ask("POST", "orders", address, json=wrong, **PRESCRIBER).is_success
    begun = [
        region.ask("POST", "orders", "/application-drafts", json=said, **PRESCRIBER)
        for _ in range(2)  # the other is removed when nobody has gone on with it
    ]
    path = f"/application-drafts/{begun[0].raise_for_status().json()['draft_id']}"
    shown = region.ask("GET", "orders", path, **PRESCRIBER).raise_for_status()
    assert OLD.name in shown.text
    region.ask("GET", "orders", "/application-drafts", **PRESCRIBER).raise_for_status()
    return path, said


def _draft_an_order(region: Region, refs: Refs) -> None:
    """Somebody keeps what they write of an order, and writes too much of it wrongly."""
    said: Body = {
        "recipient": {"kind": "patient", "person": refs[OLD.id]},
        "service_point": HERE,
        "written": {"lines": [{"comment": f"{OLD.name}, {OLD.number}, bor på {OLD.street}."}]},
    }
    for wrong in ({"recipient": {"kind": "patient", "person": OLD.number}}, {"written": OLD.name}):
        answer = region.ask("POST", "orders", "/order-drafts", json=said | wrong, **PRESCRIBER)
        assert not answer.is_success
    region.ask("POST", "orders", "/order-drafts", json=said, **PRESCRIBER).raise_for_status()
    region.ask("GET", "orders", "/order-drafts", **PRESCRIBER).raise_for_status()


def _go_on_with(region: Region, draft: tuple[str, Body]) -> None:
    """The draft is saved once more, so that it is there at the end."""
    path, said = draft
    for _ in range(2):  # the second time as it was before
        region.ask("POST", "orders", f"{path}:save", json={**said, "version": 1}, **PRESCRIBER)
    (listed,) = region.ask("GET", "orders", "/application-drafts", **PRESCRIBER).json()["items"][:1]
    assert listed["version"] == 2


def _order(recipient: dict[str, str], article: str, *, device: str | None = None) -> dict[str, Any]:
    line = {"article_number": article, "quantity": 1, "device_number": device}
    return {
        "recipient": recipient,
        "prescriber": "k082lno",
        "service_point": HERE,
        "lines": [line],
    }


def _transfer(region: Region) -> None:
    """One is accepted, one rejected with words, one left unanswered, one to another patient."""
    message = f"{OLD.name}, {OLD.number}, {OLD.street}"
    for device, answer in ((DEVICES[0], "accept"), (DEVICES[1], "reject"), (DEVICES[1], None)):
        body = {"devices": [device], "new_prescriber": "k201ema", "message": message}
        saved = region.ask(
            "POST", "bmb", "/transfers", json={**body, "execute": True}, **PRESCRIBER
        )
        transfer = saved.raise_for_status().json()["id"]
        region.come_to_rest()
        if answer is not None:
            said = {"message": message} | ({"customer_id": THERE} if answer == "accept" else {})
            path = f"/transfers/{transfer}:{answer}"
            region.ask("POST", "bmb", path, json=said, **OTHER).raise_for_status()
            region.come_to_rest()


# -- what goes wrong -------------------------------------------------------------------------------


def _ask_wrongly(region: Region, refs: Refs) -> None:
    body: Body
    for text in (*forms_of(STRANGER.number), STRANGER.name, STRANGER.family, STRANGER.street):
        _ask_with_it_in_the_address(region, text)
    identity = STRANGER.identity
    why = {"purpose": "case"}
    region.ask("POST", "orders", "/persons:find", json={"identity": identity, **why})
    for wrong in (
        {"kind": "personal_number", "number": REFUSED.number},
        {"kind": "personal_number", "number": f"{OLD.number[:8]}-{OLD.number[8:]}"},
        {"kind": OLD.number, "number": OLD.number},
        {"kind": OLD.name, "number": OLD.number},
        {"kind": "personal_number", "number": int(OLD.number)},
        {"kind": "reserve_number", "number": OLD.number, "born_on": OLD.number},
        OLD.number,
    ):
        region.ask("POST", "orders", "/persons:find", json={"identity": wrong, **why})
    region.ask("POST", "orders", "/persons:find", json={"identity": identity, "purpose": OLD.name})
    named = {"identity": identity, **why, STRANGER.number: 1, STRANGER.name: {STRANGER.street: 2}}
    region.ask("POST", "orders", "/persons:find", json=named)
    region.ask("POST", "orders", "/persons:find", content=f'{{"identity": {OLD.number}, {OLD.name}')
    region.ask("POST", "orders", "/persons:find", content=OLD.name.encode("latin-1"))
    region.ask("POST", "orders", "/persons:find", json=[OLD.number, OLD.name])
    for body in (
        {"refs": [OLD.number], "purpose": "display"},
        {"refs": [refs[OLD.id]], "purpose": OLD.name},
        {"refs": [refs[OLD.id]], "purpose": "display", OLD.number: OLD.name},
    ):
        region.ask("POST", "orders", "/persons:resolve", json=body)
    _add_wrongly(region, OLD)
    for bad in (
        {"Idempotency-Key": OLD.number},
        {"Prefer": OLD.number},
        {"traceparent": OLD.number},
    ):
        body = {"refs": [refs[OLD.id]], "purpose": "display"}
        region.ask("POST", "orders", "/persons:resolve", json=body, headers=bad)
        region.ask("POST", "bmb", "/transfers", json={"devices": []}, headers=bad, **PRESCRIBER)
    for service in ("orders", "bmb"):
        path = "/orders" if service == "orders" else "/transfers"
        for recipient in (
            {"kind": "patient", "person": OLD.number},
            {"kind": OLD.name},
            OLD.number,
        ):
            body = {"devices": [OLD.number], "new_recipient": recipient, "recipient": recipient}
            region.ask("POST", service, path, json={**body, OLD.number: OLD.name}, **PRESCRIBER)


def _ask_with_it_in_the_address(region: Region, text: str) -> None:
    coded = quote(text, safe="")
    for service, path in (
        ("orders", f"/persons/{coded}"),
        ("orders", f"/persons?region_person_id={coded}"),
        ("orders", f"/orders?recipient={coded}&sort={coded}"),
        ("orders", f"/persons/{quote(coded, safe='')}"),
        ("bmb", f"/transfers/{coded}"),
        ("inventory", f"/devices?holder={coded}"),
        ("billing", f"/invoices/{coded}"),
        ("notifications", f"/{coded}"),
        ("notifications", f"/messages?cursor={coded}"),
    ):
        region.ask("GET", service, path)
    region.ask("DELETE", "notifications", f"/messages/{coded}")


def _add_wrongly(region: Region, one: Somebody) -> None:
    right: Body = {
        "identity": one.identity,
        "name": one.name,
        "home_region": "ac",
        "asked_by": PRESCRIBER["user"],
    }
    wrongs: tuple[Body, ...] = (
        {"home_region": one.number},
        {"address": f"{one.street}, {one.city}"},
        {"address": {"street": one.street, "postal_code": one.number, "city": one.city}},
        {"name": [one.name]},
        {"name": one.name * 20},
        {"protected": one.name},
        {one.name: one.number},
    )
    for wrong in wrongs:
        region.ask("POST", "orders", "/persons", json={**right, **wrong})


def _be_refused_by_the_database(vault: str) -> None:
    """A row that PostgreSQL refuses: its answer shows the whole row to who asked, to no log."""
    values = (OLD.name, OLD.street)
    for cursor_factory in (psycopg.Cursor, psycopg.ClientCursor):  # values beside, and inside
        with (
            psycopg.connect(vault, cursor_factory=cursor_factory) as connection,
            pytest.raises(psycopg.IntegrityError, match=OLD.name),
            connection.transaction(),
        ):
            connection.execute(_WITHOUT_NUMBER, values)


_WITHOUT_NUMBER = """
    INSERT INTO person_details (region, person, name, phone, home_region, protected, deceased)
    VALUES ('ac', gen_random_uuid(), %s, %s, 'ac', false, false)
"""
