"""Rule mutants of what an order is: whom it is for, its number, where it goes, when."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CHANGED: Final = "services/orders/tests/test_delivery_changes.py::test"
_CODE: Final = "services/orders/orders"
_TESTS: Final = "services/orders/tests"
_PLACING: Final = f"{_CODE}/placements/domain.py"
_PARTIES: Final = f"{_CODE}/parties/domain.py"
_NUMBERS: Final = f"{_CODE}/numbers/domain.py"
_DRAWN: Final = f"{_CODE}/numbers/writes.py"
_ORDER: Final = f"{_CODE}/customer_orders/domain.py"
_DELIVERIES: Final = f"{_CODE}/places/resolving.py"
_PEOPLE: Final = f"{_CODE}/people"
_PLACE: Final = f"{_TESTS}/test_placing.py::test"
_STATE: Final = f"{_TESTS}/test_order_states.py::test"
_FLOW: Final = f"{_TESTS}/test_order_flow.py::test"
_NUMBERED: Final = f"{_TESTS}/test_numbers.py::test"
_DELIVERED: Final = f"{_TESTS}/test_order_deliveries.py::test"

DELIVERY: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-1a",
        "A care unit as recipient becomes another",
        _PARTIES,
        "    return as_published(parties.recipient)\n",
        "    return CareUnitRecipient(unit=CareUnitId(parties.service_point.customer_id))\n",
        f"{_PLACE}_an_order_may_be_for_a_care_unit",
        more=(
            Swap(
                _PARTIES,
                "    CareUnitRecipient,\n    PatientRecipient,\n",
                "    CareUnitId,\n    CareUnitRecipient,\n    PatientRecipient,\n",
            ),
        ),
    ),
    rule_mutant(
        "ORD-1b",
        "An order is delivered from the unit's own store",
        f"{_CODE}/placements/supply/domain.py",
        "        return Source(supply=LineSupply.CENTRAL, store=policy.stores.central)\n",
        "        return Source(supply=LineSupply.OWN_STORE, store=policy.stores.central)\n",
        f"{_PLACE}_an_order_for_a_patient_comes_from_the_central_store",
    ),
    rule_mutant(
        "ORD-1c",
        "Lines are numbered from zero",
        _PLACING,
        "zip(command.lines, sources, strict=True), start=1):\n",
        "zip(command.lines, sources, strict=True), start=0):\n",
        f"{_PLACE}_lines_are_numbered_from_one_and_keep_their_ids",
    ),
    rule_mutant(
        "ORD-1c",
        "A line's comment is lost",
        f"{_CODE}/placements/handlers.py",
        "enumerate(command.lines, 1) if line.comment}",
        "enumerate(command.lines, 1) if line.comment and n > 1}",
        f"{_FLOW}_a_comment_on_a_line_is_kept_with_the_order_and_not_told",
    ),
    rule_mutant(
        "ORD-2a",
        "Five running digits",
        _NUMBERS,
        '    return OrderNumber(f"{week}{running:04}")\n',
        '    return OrderNumber(f"{week}{running:05}")\n',
        f"{_NUMBERED}_a_number_has_two_digits_for_the_year_two_for_the_week_and_four_running",
    ),
    rule_mutant(
        "ORD-2b",
        "The year is the calendar's and not the week's",
        _NUMBERS,
        "    year, week, _ = day.isocalendar()\n",
        "    year, week = day.year, day.isocalendar().week\n",
        f"{_NUMBERED}_the_year_is_the_iso_year_of_the_week",
    ),
    rule_mutant(
        "ORD-2c",
        "All regions draw from one series",
        _DRAWN,
        "    week = week_of(tx.today)\n",
        '    week = week_of(tx.today) if tx.region == "ac" else week_of(tx.today) + "1"\n',
        f"{_NUMBERED}_each_region_has_a_series_of_its_own",
    ),
    rule_mutant(
        "ORD-2c",
        "The first number of a week is given twice",
        _DRAWN,
        '            index_elements=[row.region, row.series_week], set_={"last": row.last + 1}\n',
        '            index_elements=[row.region, row.series_week], set_={"last": row.last}\n',
        f"{_NUMBERED}_a_voided_orders_number_is_never_given_again",
    ),
    rule_mutant(
        "ORD-2d",
        "After 9999 the running number begins anew",
        _NUMBERS,
        '    return OrderNumber(f"{week}{running:04}")\n',
        '    return OrderNumber(f"{week}{running % 10_000:04}")\n',
        f"{_NUMBERED}_after_9999_the_running_number_goes_on_with_a_fifth_digit",
    ),
    rule_mutant(
        "ORD-2e",
        "Nothing is told when the numbers of a week have run out",
        _DRAWN,
        "    tx.after_commit(lambda: gauge.set(running))\n",
        "    tx.after_commit(lambda: gauge.set(min(running, 9_999)))\n",
        f"{_NUMBERED}_after_9999_a_fifth_digit_comes_and_the_metric_tells",
    ),
    rule_mutant(
        "ORD-3a",
        "Every order goes to the unit",
        _PLACING,
        "        address_kind=AddressKind(command.delivery.to.kind),\n",
        "        address_kind=AddressKind.UNIT,\n",
        f"{_PLACE}_an_order_goes_to_the_unit_or_to_the_recipients_address",
    ),
    rule_mutant(
        "ORD-3a",
        "An order is sent to a recipient without an address",
        _PLACING,
        "    if to_recipient and isinstance(recipient, Patient) and not recipient.has_address:\n",
        "    if to_recipient and isinstance(recipient, Patient) and not recipient.person:\n",
        f"{_PLACE}_nothing_is_sent_to_a_recipient_without_an_address",
    ),
    rule_mutant(
        "ORD-3b",
        "A one-off address is not where the order is taken",
        _DELIVERIES,
        "        door = _Door(name=recipient.name, address=said.to.address)\n",
        "        door = recipient\n",
        f"{_DELIVERED}_who_delivers_is_told_where_to",
    ),
    rule_mutant(
        "ORD-3b",
        "A one-off address is taken over Kafka",
        _PLACING,
        '        yield "delivery.to"\n',
        "        yield from ()\n",
        f"{_PLACE}_what_is_private_to_an_order_is_refused_over_kafka",
    ),
    rule_mutant(
        "ORD-3b",
        "A one-off address becomes the recipient's",
        f"{_PEOPLE}/writes.py",
        "    details.phone = delivery.recipient_phone or details.phone\n",
        "    details.phone = delivery.recipient_phone or details.phone\n"
        '    details.address = getattr(delivery.to, "address", details.address)\n',
        f"{_DELIVERED}_what_is_private_to_an_order_is_kept_with_it_and_never_told",
    ),
    rule_mutant(
        "ORD-3c",
        "The recipient's phone is not saved",
        f"{_PEOPLE}/writes.py",
        "    details.phone = delivery.recipient_phone or details.phone\n",
        "",
        f"{_DELIVERED}_the_recipients_phone_is_saved_and_the_orders_phone_is_not",
    ),
    rule_mutant(
        "ORD-3c",
        "The order's phone becomes the recipient's",
        f"{_PEOPLE}/writes.py",
        "    details.phone = delivery.recipient_phone or details.phone\n",
        "    details.phone = delivery.order_phone or details.phone\n",
        f"{_DELIVERED}_the_recipients_phone_is_saved_and_the_orders_phone_is_not",
    ),
    rule_mutant(
        "ORD-3d",
        "Door code and contact person are not stored with the order",
        f"{_CODE}/placements/handlers.py",
        "    if comments or domain.has_details(delivery):\n",
        "    if comments and not domain.has_details(delivery):\n",
        f"{_DELIVERED}_what_is_private_to_an_order_is_kept_with_it_and_never_told",
    ),
    rule_mutant(
        "ORD-3d",
        "A door code is taken over Kafka",
        f"{_CODE}/placements/handlers.py",
        "        domain.must_carry_no_details(command.delivery)\n",
        "        pass\n",
        f"{_FLOW}_an_address_over_kafka_is_refused_with_the_way_to_send_it",
    ),
    rule_mutant(
        "ORD-3e",
        "Free information is not stored with the order",
        f"{_CODE}/placements/handlers.py",
        "details.delivery, details.comments = delivery, comments",
        "details.comments = comments\n"
        '        details.delivery = delivery.model_copy(update={"information": None})',
        f"{_DELIVERED}_free_information_reaches_who_delivers_and_orders_nothing",
    ),
    rule_mutant(
        "ORD-3e",
        "An order with free information has each line twice",
        _PLACING,
        "    _must_be_reachable(command.delivery, parties.recipient)\n",
        "    _must_be_reachable(command.delivery, parties.recipient)\n"
        "    if command.delivery.information is not None:\n"
        '        command = command.model_copy(update={"lines": command.lines * 2})\n',
        f"{_DELIVERED}_free_information_reaches_who_delivers_and_orders_nothing",
    ),
    rule_mutant(
        "ORD-3f",
        "Part deliveries cannot be asked for",
        _PLACING,
        "        consolidated=command.delivery.consolidated and not has_direct,\n",
        "        consolidated=not has_direct,\n",
        f"{_PLACE}_consolidated_delivery_is_on_by_default_and_can_be_turned_off",
    ),
    rule_mutant(
        "ORD-3h",
        "The customer's own address is not where an order goes",
        _DELIVERIES,
        "    if what.address_kind is AddressKind.UNIT:\n        door = await _unit(what, tx)\n",
        "    if what.address_kind is AddressKind.UNIT:\n"
        "        door = _Door(name=None, address=None)\n",
        f"{_DELIVERED}_an_order_goes_to_the_customers_own_address_unless_another_is_given",
    ),
    rule_mutant(
        "ORD-4a",
        "An order keeps the first planned day",
        _ORDER,
        "            return replace(order, planned_dispatch_on=event.planned_dispatch_on)\n",
        "            return replace(\n"
        "                order, planned_dispatch_on=order.placed_on\n"
        "            )\n",
        f"{_FLOW}_a_backorder_is_planned_by_the_suppliers_lead_time",
    ),
    rule_mutant(
        "ORD-4d",
        "The first planned day is told as a change",
        _ORDER,
        "    changed = order.planned_dispatch_on is not None\n",
        "    changed = True\n",
        f"{_STATE}_the_first_planned_date_is_no_change",
    ),
    rule_mutant(
        "ORD-4d",
        "A later day is not told as a change",
        _ORDER,
        "    changed = order.planned_dispatch_on is not None\n",
        "    changed = False\n",
        f"{_STATE}_a_later_date_is_told_as_a_change",
    ),
    rule_mutant(
        "REF-12b",
        "What customer service makes urgent is not",
        "services/orders/orders/customer_orders/domain.py",
        '{"is_urgent": event.is_urgent, "consolidated"',
        '{"is_urgent": not event.is_urgent, "consolidated"',
        f"{_CHANGED}_customer_service_makes_an_order_urgent_for_who_asked",
    ),
    rule_mutant(
        "REF-12c",
        "Customer service voids no more than users may",
        "services/orders/orders/customer_orders/line_rules/domain.py",
        '    if by.may_for_all("orders.order.void-lines"):\n',
        '    if by.may_for_all("orders.order.void-lines") and order.status is Status.DECLINED:\n',
        f"{_TESTS}/test_voiding_lines.py::test_customer_service_voids_what_users_no_longer_can",
    ),
    rule_mutant(
        "REF-12d",
        "What comes direct is delivered together with others",
        "services/orders/orders/customer_orders/delivery_rules/domain.py",
        "if is_consolidated and any(line.is_direct",
        "if not is_consolidated and any(line.is_direct",
        f"{_CHANGED}_what_comes_direct_is_never_delivered_together",
    ),
    rule_mutant(
        "REF-12d",
        "An order that is over is delivered in parts",
        "services/orders/orders/customer_orders/delivery_rules/domain.py",
        "in (*ENDED, Status.VOIDING) or",
        "in (Status.VOIDING,) or",
        f"{_CHANGED}_of_what_is_over_nothing_is_left_to_deliver",
    ),
    rule_mutant(
        "REF-12m",
        "An order is made urgent for somebody whom nobody knows",
        "services/orders/orders/customer_orders/handlers.py",
        '    await user_named(command.asked_by, tx, field="asked_by")\n    changed',
        "    changed",
        f"{_CHANGED}_who_asked_is_named_and_known",
    ),
)
