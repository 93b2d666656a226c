"""Rule mutants of what has happened to goods and devices (PHY), and of its days (DAY-5)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_TESTS: Final = "services/inventory/tests"
_RETURNS: Final = f"{_CODE}/returns/domain.py"
_RETURN: Final = f"{_TESTS}/test_returns.py::test"
_DEVICE: Final = f"{_TESTS}/test_devices.py::test"
_STOCK: Final = f"{_TESTS}/test_stock.py::test"
_DISPATCHES: Final = f"{_CODE}/dispatches/domain.py"
_RESERVED: Final = f"{_TESTS}/test_reservations.py::test"
_DISPATCH: Final = f"{_TESTS}/test_arrivals.py::test"
_CORRECTED: Final = f"{_RETURN}_a_corrected_day_of_a_return_decides_who_pays_for_each_day"

PHYSICAL: tuple[RuleMutant, ...] = (
    rule_mutant(
        "PHY-1a",
        "A return leaves what was decided of the days after it",
        _RETURNS,
        "        for day in [on, *(day for day in days if day > on)]\n",
        "        for day in [on]\n",
        _CORRECTED,
    ),
    rule_mutant(
        "PHY-1j",
        "A return takes back a dispatch that left the store after it",
        _RETURNS,
        "        if on >= max(now.began_on, on_the_way.sent_on or now.began_on):\n",
        "        if on >= now.began_on:\n",
        f"{_RETURN}_a_return_before_a_dispatch_breaks_nothing_of_it",
    ),
    rule_mutant(
        "PHY-1j",
        "Goods that an order delivers go on with the loan before, instead of beginning one",
        f"{_CODE}/devices/domain.py",
        "        if found and found[-1].store == store and not change.by_order:\n",
        "        if found and found[-1].store == store:\n",
        f"{_RETURN}_goods_that_are_delivered_without_a_return_before_begin_a_course_of_their_own",
    ),
    rule_mutant(
        "PHY-1a",
        "A return leaves the claim of a transfer on the device",
        f"{_CODE}/returns/handlers.py",
        '        await break_claim(tx, row, reason="RETURNED")\n',
        "        pass\n",
        f"{_DEVICE}_a_return_breaks_the_claim_of_a_transfer",
    ),
    rule_mutant(
        "PHY-1a",
        "What a dispatch takes out of a transfer is left for nobody",
        f"{_CODE}/dispatches/handlers.py",
        "    await serve_all_backorders(tx, order.store, sorted(freed))\n",
        "",
        f"{_TESTS}/test_dispatches.py"
        "::test_what_a_dispatch_takes_out_of_a_transfer_is_set_aside_for_who_waits",
    ),
    rule_mutant(
        "PHY-1b",
        "A return that is told again after another loan is refused",
        _RETURNS,
        "    known = _is_known(past, store=store, on=on, own_stores=own_stores)\n",
        "    known = not past\n",
        f"{_RETURN}_a_return_told_again_after_a_second_loan_changes_nothing",
    ),
    rule_mutant(
        "PHY-1b",
        "A return from the way to a recipient is refused when it is told again",
        _RETURNS,
        "and (stay.on_the_way or before.store is None or",
        "and (before.store is None or",
        f"{_RETURN}_what_came_back_on_its_way_is_told_again_without_effect",
    ),
    rule_mutant(
        "PHY-1i",
        "Nobody pays for the days that a return is moved forward by",
        _RETURNS,
        "    return {**lasted, **_in_store(store, on, days)}\n",
        "    return _in_store(store, on, days)\n",
        _CORRECTED,
    ),
    rule_mutant(
        "PHY-1b",
        "A device of the old stock that has moved since is refused when it is told again",
        f"{_CODE}/receipts/handlers.py",
        "    first = (await custody_history(tx, row))[0].custody\n",
        "    first = row.state().custody\n",
        f"{_DEVICE}_a_device_that_has_moved_since_is_stated_again_as_it_was_without_effect",
    ),
    rule_mutant(
        "PHY-1b",
        "A known return is refused because of what its store has become since",
        f"{_CODE}/returns/handlers.py",
        "    if taken is None:\n        return\n"
        "    await check_store_holds_stock(tx, fact.store)\n",
        "    await check_store_holds_stock(tx, fact.store)\n"
        "    if taken is None:\n        return\n",
        f"{_TESTS}/test_what_has_ended.py"
        "::test_a_known_return_told_again_changes_nothing_though_its_store_holds_no_stock_now",
    ),
    rule_mutant(
        "PHY-1b",
        "A return that is told again is one more change",
        _RETURNS,
        "    if on == now.began_on:\n        return None\n",
        "",
        f"{_DEVICE}_a_return_told_again_raises_nothing",
    ),
    rule_mutant(
        "PHY-1c",
        "A refused return does not say that the device was lent again",
        _RETURNS,
        "eller har lämnats ut igen efter den: kontrollera ",
        "eller så är dagen fel: kontrollera ",
        f"{_RETURN}_a_corrected_day_of_a_return_before_a_second_loan_is_refused",
    ),
    rule_mutant(
        "PHY-1c",
        "A return before a dispatch is taken for a known one, and not refused",
        _RETURNS,
        '_refuse("RETURNED_BEFORE_DISPATCH", unless=known,',
        '_refuse("RETURNED_BEFORE_DISPATCH", unless=True,',
        f"{_RETURN}_a_return_before_a_dispatch_breaks_nothing_of_it",
    ),
    rule_mutant(
        "PHY-1c",
        "A return to the store where it has come back to is given another day",
        _RETURNS,
        "    return None if _ended_a_loan(past) else _NEVER_LEFT\n",
        "    return None if len(past) > 1 else _NEVER_LEFT\n",
        f"{_RETURN}_what_came_back_on_its_way_is_told_again_without_effect",
    ),
    rule_mutant(
        "PHY-1d",
        "A corrected day breaks the claim that somebody has made since",
        f"{_CODE}/returns/handlers.py",
        "    if taken.instead_of is None:\n        await break_claim",
        "    if taken.changes:\n        await break_claim",
        f"{_RETURN}_a_correction_leaves_what_has_claimed_the_device_since",
    ),
    rule_mutant(
        "PHY-1d",
        "The ledger keeps the day that was told first",
        f"{_CODE}/returns/handlers.py",
        " available=-1, on=instead_of)",
        " available=-1, on=on)",
        _CORRECTED,
    ),
    rule_mutant(
        "PHY-1d",
        "A return may be corrected to before the loan began",
        _RETURNS,
        "    if on < loan.began_on:\n",
        "    if on.year < loan.began_on.year:\n",
        f"{_RETURN}_a_correction_does_not_reach_behind_the_loan",
    ),
    rule_mutant(
        "PHY-1d",
        "A return to another store moves the device there",
        _RETURNS,
        "    if store != now.store:\n        return _ELSEWHERE\n",
        "    if store == '':\n        return _ELSEWHERE\n",
        f"{_RETURN}_a_return_to_a_store_where_it_is_not_is_known_or_refused",
    ),
    rule_mutant(
        "PHY-1e",
        "A device is stated again with another payer, and nobody hears of it",
        f"{_CODE}/receipts/domain.py",
        '"payer_id", "customer_id", "prescriber")\n_FIELDS',
        '"prescriber")\n_FIELDS',
        f"{_DEVICE}_a_device_that_is_stated_otherwise_is_refused",
    ),
    rule_mutant(
        "PHY-1e",
        "Another serial number under a known device number is taken for the same device",
        f"{_CODE}/devices/domain.py",
        "device.article_number == article_number and device.serial_number == serial_number",
        "device.article_number == article_number",
        f"{_DEVICE}_another_device_does_not_get_a_number_that_is_taken",
    ),
    rule_mutant(
        "PHY-1f",
        "A delivery that is told again with another day is taken for the same",
        f"{_CODE}/receipts/handlers.py",
        '    "booked_on": None,\n',
        "",
        f"{_STOCK}_a_delivery_that_is_told_otherwise_is_refused_by_its_field",
        f"{_STOCK}_a_balance_that_is_stated_otherwise_is_refused_by_its_field",
    ),
    rule_mutant(
        "PHY-1f",
        "A delivery that is told again with another serial number is taken for the same",
        f"{_CODE}/receipts/domain.py",
        "        if came.serial_number != device.serial_number:\n",
        "        if came.serial_number == '':\n",
        f"{_STOCK}_a_delivery_that_is_told_otherwise_is_refused_by_its_field",
    ),
    rule_mutant(
        "PHY-1f",
        "A booked delivery is told again with another quantity, without a word",
        f"{_CODE}/receipts/handlers.py",
        '    "quantity": "quantity",\n',
        "",
        f"{_STOCK}_a_booked_delivery_is_not_changed",
    ),
    rule_mutant(
        "PHY-1g",
        "Picking that is told again is told once more",
        f"{_CODE}/reservations/domain.py",
        "    if reservation.status not in (Status.RESERVED, Status.BACKORDERED):\n"
        "        return ()\n    return (OrderPicking",
        "    return (OrderPicking",
        f"{_RESERVED}_picking_told_again_is_told_once",
    ),
    rule_mutant(
        "PHY-1h",
        "A dispatch that is told again while it is on its way is another one",
        _DISPATCHES,
        "        for shipment in reservation.in_transit\n",
        "        for shipment in reservation.in_transit[:0]\n",
        f"{_DISPATCH}_a_dispatch_told_again_while_it_is_on_its_way_changes_nothing",
    ),
    rule_mutant(
        "PHY-1k",
        "What was found there on that day, and has been lent since, is missing no more and refused",
        f"{_CODE}/conditions/domain.py",
        "        stay.store == store and stay.began_on == on and before.store == away\n",
        "        stay.store == away and stay.began_on == on and before.store == away\n",
        f"{_TESTS}/test_conditions.py::test_a_condition_told_again_changes_nothing",
    ),
    rule_mutant(
        "PHY-1k",
        "A loss is told of a day before the device was returned",
        f"{_CODE}/conditions/domain.py",
        "    if on < now.moved_on:\n",
        "    if on < now.device.custody.since and now.is_on_its_way:\n",
        f"{_TESTS}/test_conditions.py"
        "::test_what_cannot_have_become_of_a_device_is_refused_with_field_rule_and_way_on",
    ),
    rule_mutant(
        "PHY-1l",
        "A line that was told with another quantity is passed over",
        f"{_CODE}/returned_goods/domain.py",
        "            if said.quantity != fact.quantity:\n",
        "            if said.quantity < 0:\n",
        f"{_TESTS}/test_returned_goods.py"
        "::test_what_cannot_have_come_back_is_refused_with_field_rule_and_way_on",
    ),
    rule_mutant(
        "PHY-1h",
        "A dispatch with another day of arrival is taken for the one that is on its way",
        _DISPATCHES,
        "        (shipment.dispatched_on, shipment.arrives_on) =="
        " (fact.dispatched_on, fact.arrives_on)\n",
        "        shipment.dispatched_on == fact.dispatched_on\n",
        f"{_DISPATCH}_a_dispatch_with_another_day_is_one_of_its_own",
    ),
    rule_mutant(
        "DAY-5a",
        "Goods are sent before their order's day",
        _DISPATCHES,
        "    if fact.dispatched_on < placed_on:\n",
        "    if fact.dispatched_on.year < placed_on.year:\n",
        f"{_DISPATCH}_goods_are_not_sent_before_their_orders_day",
    ),
    rule_mutant(
        "DAY-5b",
        "A device is returned before it left the stores",
        _RETURNS,
        "    if on < loan.began_on:\n",
        "    if on.year < loan.began_on.year:\n",
        f"{_DEVICE}_a_device_is_not_returned_before_it_left_the_stores",
        f"{_DEVICE}_a_loan_begins_where_the_device_left_the_stores_last",
    ),
    rule_mutant(
        "DAY-5c",
        "Goods arrive before they are sent",
        _DISPATCHES,
        "    if fact.arrives_on < fact.dispatched_on:\n",
        "    if fact.arrives_on.year < fact.dispatched_on.year:\n",
        f"{_DISPATCH}_a_dispatch_matches_its_order",
    ),
)
