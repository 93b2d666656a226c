"""What mistakes are made of: input that nothing is wrong with, bodies that no contract checks."""

from collections.abc import Mapping
from typing import Any

from kvitt_contracts.orders import PlaceOrder
from kvitt_contracts.regions import DeviceReturned

from examples.generator.month import Month
from examples.generator.ordering import line_of, patient


def some_order(month: Month) -> PlaceOrder:
    """An order that nothing is wrong with, of what there is plenty of."""
    prescriber = month.rng.choice(month.prescribers())
    return PlaceOrder(
        recipient=patient(month.rng.choice(month.patients)),
        prescriber=prescriber.user_id,
        service_point=prescriber.default_service_point,
        lines=(line_of(plenty(month)),),
    )


def plenty(month: Month) -> str:
    """An unmarked article of which the central store has enough."""
    return str(
        next(
            one.article.article_number
            for one in month.rng.sample(month.listed, len(month.listed))
            if not one.kind.marked
            and one.kind.stock
            and month.promise(month.profile.central, one.article.article_number, 1)
        )
    )


def state_return(month: Month, number: str, said: Mapping[str, Any]) -> None:
    """A return with the fields of `said` in the place of the right ones."""
    body = {
        "version": 1,
        "device_number": number,
        "store": month.profile.own_stores[0],
        "returned_on": month.today.isoformat(),
        **said,
    }
    publish(month, "inventory", number, DeviceReturned.wire_type, body)


def publish(month: Month, topic: str, subject: str, wire_type: str, body: Any) -> None:
    """Publish a body as it is."""
    month.publish(month.pen.write_data(topic, subject, wire_type, body, day=month.today))
