"""Input that breaks the contract, is quarantined, passed over or sent twice.

What is quarantined parks its key, so each has a subject of its own that nothing else is sent for.
"""

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from kvitt_contracts.bmb import AcceptTransfer, UnlockTransfer
from kvitt_contracts.orders import PlaceOrder
from kvitt_contracts.regions import ArticlePriceStated, GoodsReceived, PayerStated
from kvitt_contracts.types import PayerId, UserId

from examples.generator.messages import Line
from examples.generator.month import Month
from examples.generator.ordering import receive
from examples.generator.samples import plenty, publish, some_order, state_return

# -- what the contract refuses ---------------------------------------------------------------------


def _decimals_of_ore(month: Month) -> None:
    article = month.listed[0].article.article_number
    body = {"version": 9, "article_number": article, "valid_from": "2026-05-20", "net_ore": 6250.5}
    # a subject of its own: the article's other prices must not depend on it
    publish(month, "inventory", f"{article}-X", ArticlePriceStated.wire_type, body)


def _negative_quantity(month: Month) -> None:
    body = {
        "version": 1,
        "store": month.profile.central,
        "article_number": plenty(month),
        "quantity": -3,
        "received_on": month.today.isoformat(),
    }
    publish(month, "inventory", month.name("INL"), GoodsReceived.wire_type, body)


def _no_such_day(month: Month) -> None:
    letter = month.profile.device_letter
    state_return(month, f"{letter}900001", {"version": 1, "returned_on": "2026-02-30"})


def _wrong_types(month: Month) -> None:
    body = some_order(month).model_dump(mode="json", exclude_none=True)
    body["lines"][0]["quantity"] = "två"
    publish(month, "orders", month.name(month.profile.sends_order), PlaceOrder.wire_type, body)


def _wrong_topic(month: Month) -> None:
    body = {"by": "f101", "customer_id": month.units.customers[0].customer_id}
    publish(month, "orders", month.name("FEL"), AcceptTransfer.wire_type, body)


def _foreign_region(month: Month) -> None:
    line = _line(month, "orders", month.name(month.profile.sends_order), some_order(month))
    other = "bd" if month.profile.code == "ac" else "ac"
    month.publish(replace(line, headers={**line.headers, "ce_region": other}))


# -- what is set aside, passed over, told twice ----------------------------------------------------


def _broken_json(month: Month) -> None:
    line = _line(month, "orders", month.name("TRASIG"), some_order(month))
    raw = Line.json_of(line.data)[:-25]
    month.publish(replace(line, data=None, raw_base64=base64.b64encode(raw).decode()))


def _not_utf8(month: Month) -> None:
    line = _line(month, "inventory", month.name("TRASIG"), some_order(month))
    raw = '{"version":1,"name":"Förråd"}'.encode("latin-1")
    headers = {**line.headers, "ce_type": "region.store.stated.v1"}
    headers["ce_dataschema"] = "urn:kvitt:schema:region.store.stated.v1"
    encoded = base64.b64encode(raw).decode()
    month.publish(replace(line, headers=headers, data=None, raw_base64=encoded))


def _unknown_version(month: Month) -> None:
    body = {"by": "f101", "because": "patienten har flyttat"}
    publish(month, "orders", month.name("FRAMTID"), "orders.order.void.v9", body)


def _no_subject(month: Month) -> None:
    line = _line(
        month, "bmb", month.name("UTAN"), UnlockTransfer(by=UserId("f101"), asked_by=UserId("f101"))
    )
    headers = {name: text for name, text in line.headers.items() if name != "ce_subject"}
    month.publish(replace(line, headers=headers))


def _unknown_noun(month: Month) -> None:
    body = {"version": 1, "text": "Receptionen är stängd på fredag."}
    publish(month, "orders", month.name("NYHET"), "region.news.stated.v1", body)


def _told_twice(month: Month) -> None:
    line = month.send("orders", month.name(month.profile.sends_order), some_order(month))
    month.publish(line)
    month.plan(month.later(2), partial(_tell_again, month, line))


def _tell_again(month: Month, line: Line) -> None:
    month.publish(line)


def _received_twice(month: Month) -> None:
    receive(month, plenty(month), 4)
    month.publish(month.lines[-1])


def _older_version(month: Month) -> None:
    payer = month.units.payers[0]
    newer = payer.model_copy(update={"version": 5, "name": f"{payer.name} och bostadsanpassning"})
    month.send("orders", payer.payer_id, newer)
    older = payer.model_copy(update={"version": 3, "name": "Gammalt namn"})
    month.send("orders", payer.payer_id, older)
    month.plan(month.later(1), partial(_state_payer, month, older))


def _state_payer(month: Month, payer: PayerStated) -> None:
    month.send("orders", payer.payer_id, payer)


def _wrong_length(month: Month) -> None:
    payer = PayerId("8100001")
    month.send("orders", payer, PayerStated(version=1, payer_id=payer, name="För lång kod"))


def _line(month: Month, topic: str, subject: str, body: Any) -> Line:
    return month.pen.write(topic, subject, body, day=month.today)


GARBLED: Final[tuple[Callable[[Month], None], ...]] = (
    _told_twice,
    _broken_json,
    _decimals_of_ore,
    _unknown_version,
    _older_version,
    _negative_quantity,
    _no_subject,
    _no_such_day,
    _unknown_noun,
    _wrong_types,
    _foreign_region,
    _not_utf8,
    _wrong_topic,
    _received_twice,
    _wrong_length,
)
