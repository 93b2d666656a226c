"""Rule mutants of direct deliveries: reported, booked, charged, told."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_INVENTORY: Final = "services/inventory/inventory/direct_deliveries"
_BOOKED: Final = "services/inventory/tests/test_direct_deliveries.py::test"
_CHARGED: Final = "services/billing/tests/test_direct_deliveries.py::test"
_TOLD: Final = "services/notifications/tests/test_receipts.py::test"

RECEIPTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-12e",
        "A device number that is borne already is taken all the same",
        f"{_INVENTORY}/domain.py",
        "    if any(device.device_number in known.taken for device in line.devices):\n",
        "    if False:\n",
        f"{_BOOKED}_a_receipt_is_refused_with_each_line_that_cannot_be_booked",
    ),
    rule_mutant(
        "ORD-12e",
        "A serial number may be another device's",
        f"{_INVENTORY}/domain.py",
        "    if any(serial in known.serials for serial",
        "    if not line and any(serial in known.serials for serial",
        f"{_BOOKED}_a_receipt_is_refused_with_each_line_that_cannot_be_booked",
    ),
    rule_mutant(
        "ORD-12k",
        "A receipt of which something is refused is booked too",
        f"{_INVENTORY}/handlers.py",
        "        tx.record_at(ReservationRow, event.order_id, refused)\n        return\n",
        "        tx.record_at(ReservationRow, event.order_id, refused)\n",
        f"{_BOOKED}_a_number_that_is_borne_refuses_the_whole_receipt",
    ),
    rule_mutant(
        "ORD-12l",
        "A line is booked as often as it is received",
        f"{_INVENTORY}/domain.py",
        "    if line.line_id in known.received:\n",
        "    if False:\n",
        f"{_BOOKED}_a_line_is_booked_once",
    ),
    rule_mutant(
        "INV-4b",
        "What came direct stays in the purchasing store",
        f"{_INVENTORY}/writes.py",
        "                (store, MoveKind.DISPATCHED, -quantity),\n",
        "",
        f"{_BOOKED}_the_purchasing_store_never_shows_a_balance_though_the_ledger_has_its_moves",
    ),
    rule_mutant(
        "REF-14e",
        "What is for a store is delivered to nobody's charge all the same",
        f"{_INVENTORY}/domain.py",
        "    if isinstance(reported.deliver_to, StoreHolder):\n",
        "    if reported.deliver_to is None:\n",
        f"{_BOOKED}_what_is_for_a_store_is_stocked_and_charges_nobody",
    ),
    rule_mutant(
        "ORD-12j",
        "What has no price is charged nothing",
        "services/billing/billing/domain.py",
        "    return delivered.unit_price or listed\n",
        "    return listed or NOTHING\n",
        f"{_CHARGED}_what_has_no_price_that_day_is_sold_for_what_its_delivery_note_says",
    ),
    rule_mutant(
        "ORD-12i",
        "What is free of charge costs what it was bought for",
        "services/billing/billing/domain.py",
        "    if is_free:\n",
        "    if is_free and listed is None:\n",
        f"{_CHARGED}_what_is_free_of_charge_costs_nothing",
    ),
    rule_mutant(
        "NTF-2n",
        "Nobody is told that a receipt was refused",
        "services/notifications/notifications/receipts/handlers.py",
        "    post(tx, ToUser(user_id=event.by), NewKind.RECEIPT_REFUSED",
        "    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.RECEIPT_REFUSED",
        f"{_TOLD}_who_reported_is_told_that_nothing_is_booked",
    ),
    rule_mutant(
        "REF-14f",
        "Nobody is told of what was put into a store",
        "services/notifications/notifications/receipts/handlers.py",
        "    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.LINE_DIVERTED, about)\n",
        "    del tx, about\n",
        f"{_TOLD}_customer_service_is_told_of_what_is_in_a_store",
    ),
)
