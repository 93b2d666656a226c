"""Rule mutants of what is to be returned at once: by pickup, reminded of until it has gone."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_STOCK: Final = "services/inventory/inventory"
_BACK: Final = f"{_STOCK}/returns/domain.py"
_CLAIMS: Final = f"{_STOCK}/pickups/domain.py"
_PICKUPS: Final = "services/orders/orders/pickups"
_TOLD: Final = "services/notifications/notifications"
_KEPT: Final = "services/inventory/tests/test_returned_at_once.py::test"
_FETCHED: Final = "services/orders/tests/test_returned_at_once.py::test"
_OF_PICKUPS: Final = "services/notifications/tests/test_pickups.py::test"
_OF_DEVICES: Final = "services/notifications/tests/test_devices.py::test"

RETURNED_AT_ONCE: tuple[RuleMutant, ...] = (
    rule_mutant(
        "PCK-7a",
        "What is marked is returned into a unit's own store",
        f"{_STOCK}/registered_returns/domain.py",
        "    if article.return_at_once and not is_central:\n",
        "    if article.return_at_once and article.is_service:\n",
        f"{_KEPT}_it_is_taken_into_no_own_store_by_hand",
    ),
    rule_mutant(
        "PCK-7a",
        "Nothing is returned into another store than the central one",
        f"{_STOCK}/registered_returns/domain.py",
        "    if article.return_at_once and not is_central:\n",
        "    if not is_central:\n",
        f"{_KEPT}_what_is_not_marked_is_returned_to_the_own_store",
    ),
    rule_mutant(
        "PCK-7a",
        "A transfer brings what is marked into a unit's own store",
        f"{_STOCK}/holds/domain.py",
        "    if wanted.may_not_stay:\n",
        "    if wanted.may_not_stay and wanted.device.store is not None:\n",
        f"{_KEPT}_it_is_taken_into_no_own_store_by_a_transfer_either",
    ),
    rule_mutant(
        "PCK-7a",
        "A pickup fetches anything from a unit's own store",
        _CLAIMS,
        "    return article.return_at_once and is_kept and",
        "    return is_kept and",
        f"{_KEPT}_nothing_else_is_fetched_from_a_store",
    ),
    rule_mutant(
        "PCK-7a",
        "A pickup fetches from another unit's store",
        f"{_STOCK}/pickups/handlers.py",
        "is_own_store=await is_own_store_of(tx, store, event.service_point),",
        "is_own_store=await is_own_store_of(tx, store, event.service_point) or bool(store),",
        f"{_KEPT}_nothing_else_is_fetched_from_a_store",
    ),
    rule_mutant(
        "PCK-7a",
        "What a pickup sends on is refused by the central store",
        _BACK,
        "    if is_sent_back and now.store is not None and store != now.store:\n",
        "    if is_sent_back and now.store is None and store != now.store:\n",
        f"{_KEPT}_a_unit_sends_on_what_stands_in_its_own_store",
    ),
    rule_mutant(
        "PCK-7a",
        "What was sent on is refused when it is told again",
        _BACK,
        "and (stay.on_the_way or before.store != stay.store)\n",
        "and (stay.on_the_way or before.store is None)\n",
        f"{_KEPT}_a_unit_sends_on_what_stands_in_its_own_store",
    ),
    rule_mutant(
        "PCK-7a",
        "What a pickup sends on comes to any store",
        f"{_STOCK}/returns/handlers.py",
        "    return store is not None and store.kind is StoreKind.CENTRAL\n",
        "    return store is not None\n",
        f"{_KEPT}_a_pickup_sends_it_to_the_central_store_alone",
    ),
    rule_mutant(
        "PCK-7a",
        "What is sent on stays in the own store's balance",
        f"{_STOCK}/returns/handlers.py",
        "await _move(taken.sent_from, row, tx, reserved=-1, on=fact.returned_on)",
        "await _move(taken.sent_from, row, tx, on=fact.returned_on)",
        f"{_KEPT}_a_unit_sends_on_what_stands_in_its_own_store",
    ),
    rule_mutant(
        "PCK-7a",
        "A pickup does not say what is to be returned at once",
        f"{_PICKUPS}/requesting/domain.py",
        "            return_at_once=device.return_at_once,\n",
        "            return_at_once=False,\n",
        f"{_FETCHED}_each_line_says_what_is_to_be_returned_at_once",
    ),
    rule_mutant(
        "PCK-7b",
        "Who keeps it is reminded a day too early",
        f"{_STOCK}/devices/writes.py",
        "timedelta(days=days + 1)",
        "timedelta(days=days)",
        f"{_KEPT}_who_keeps_it_is_reminded_after_the_policys_days_and_again",
    ),
    rule_mutant(
        "PCK-7b",
        "Who keeps it is reminded once",
        f"{_STOCK}/returns/handlers.py",
        "    day = tx.today + timedelta(days=tx.policy.pickup.return_at_once_days)\n",
        "    day = tx.today + timedelta(days=tx.policy.pickup.return_at_once_days + 300)\n",
        f"{_KEPT}_who_keeps_it_is_reminded_after_the_policys_days_and_again",
    ),
    rule_mutant(
        "PCK-7b",
        "Who keeps it is reminded of what a pickup has",
        _BACK,
        "    if claim is not None or device.store is None:\n",
        "    if device.store is None:\n",
        f"{_KEPT}_nobody_is_reminded_of_what_a_pickup_has_or_of_what_has_gone",
    ),
    rule_mutant(
        "PCK-7b",
        "The central store is reminded of what has come there",
        _BACK,
        "    return article.return_at_once and is_own_store and not device.is_gone\n",
        "    return article.return_at_once and not device.is_gone\n",
        f"{_KEPT}_nobody_is_reminded_of_what_a_pickup_has_or_of_what_has_gone",
    ),
    rule_mutant(
        "PCK-7b",
        "What is marked no longer is reminded of",
        _BACK,
        "    return article.return_at_once and is_own_store and not device.is_gone\n",
        "    return is_own_store and not device.is_gone\n",
        f"{_KEPT}_an_article_that_is_marked_no_longer_is_reminded_of_no_longer",
    ),
    rule_mutant(
        "PCK-7b",
        "What is not marked is reminded of",
        f"{_STOCK}/devices/writes.py",
        "    if not (await get_article(tx, row.article_number)).return_at_once:\n        return\n",
        "",
        f"{_KEPT}_what_is_not_marked_or_never_was_lent_is_not_reminded_of",
        more=(
            Swap(
                _BACK,
                "    return article.return_at_once and is_own_store and not device.is_gone\n",
                "    return is_own_store and not device.is_gone\n",
            ),
        ),
    ),
    rule_mutant(
        "PCK-7b",
        "A reminder says since when it had been lent",
        _BACK,
        "        since_on=courses(history)[-1].began_on,\n",
        "        since_on=max(point.custody.since for point in history[:1]),\n",
        f"{_KEPT}_a_return_that_is_told_late_is_reminded_of_by_its_own_day",
    ),
    rule_mutant(
        "PCK-7b",
        "A pickup's reminder comes a day too early",
        f"{_PICKUPS}/writes.py",
        "due=start_of_day(at_once + timedelta(days=1)))",
        "due=start_of_day(at_once))",
        f"{_FETCHED}_the_unit_is_reminded_after_the_policys_days_and_again_until_it_is_back",
    ),
    rule_mutant(
        "PCK-7b",
        "A pickup's reminder names what is back",
        f"{_PICKUPS}/domain.py",
        "    return tuple(line for line in _open_lines(pickup) if line.return_at_once)\n",
        "    return tuple(line for line in pickup.lines if line.return_at_once)\n",
        f"{_FETCHED}_the_unit_is_reminded_after_the_policys_days_and_again_until_it_is_back",
    ),
    rule_mutant(
        "PCK-7b",
        "A pickup is reminded of before it may begin",
        f"{_PICKUPS}/domain.py",
        "_first_day(pickup, today) + timedelta(days=policy.pickup.return_at_once_days)",
        "today + timedelta(days=policy.pickup.return_at_once_days)",
        f"{_FETCHED}_what_is_fetched_later_is_not_reminded_of_before_it_may_begin",
    ),
    rule_mutant(
        "PCK-7b",
        "A pickup waits until its last day alone",
        f"{_PICKUPS}/writes.py",
        "    row.due_on = min(row.last_on, at_once or row.last_on)\n",
        "    row.due_on = row.last_on\n",
        f"{_FETCHED}_a_pickup_waits_until_the_earlier_day_and_then_for_its_last",
    ),
    rule_mutant(
        "PCK-7b",
        "Who ordered it is not reminded",
        f"{_TOLD}/pickups/handlers.py",
        'row.ordered_by == "unit" and row.service_point in by.service_points:\n',
        'row.ordered_by == "patient" and row.service_point in by.service_points:\n',
        f"{_OF_PICKUPS}_who_ordered_it_and_who_answers_are_reminded_with_the_day",
    ),
    rule_mutant(
        "PCK-7b",
        "Customer service is reminded of what it ordered for a unit",
        f"{_TOLD}/pickups/handlers.py",
        ' and row.ordered_by == "unit" and row.service_point in by.service_points:\n',
        ' and row.ordered_by == "unit":\n',
        f"{_OF_PICKUPS}_who_ordered_it_for_a_unit_of_others_is_not_reminded",
    ),
    rule_mutant(
        "PCK-7b",
        "A reminder does not say since when",
        f"{_TOLD}/messages/views.py",
        "since_on=row.since_on,",
        "since_on=None,",
        f"{_OF_PICKUPS}_each_reminder_is_a_message_of_its_own_and_leads_to_the_pickup",
    ),
    rule_mutant(
        "PCK-7b",
        "Of a store that no unit has nobody is reminded",
        f"{_TOLD}/devices/handlers.py",
        "    for to in dict.fromkeys(told or [ToStaff(duty=CUSTOMER_SERVICE)]):\n",
        "    for to in dict.fromkeys(told):\n",
        f"{_OF_DEVICES}_of_a_store_that_no_unit_has_customer_service_is_reminded",
    ),
)
