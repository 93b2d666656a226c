"""Mutants of the services: locks, deadlines, timers, money, stock, persons."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, Swap, mutant

_TIMERS: Final = "chassis/tests/test_timers.py"
_FAULTS: Final = "chassis/tests/test_timer_faults.py"
_BMB: Final = "services/bmb/tests"
_INVENTORY: Final = "services/inventory/tests"
_LOCKS: Final = "chassis/tests/test_lock_order.py"
_ROWS: Final = "chassis/tests/test_rows_of_messages.py"
_BILLING: Final = "services/billing/tests"
_ORDERS: Final = "services/orders/tests"

BUSINESS: tuple[Mutant, ...] = (
    mutant(
        "timer-fires-once",
        "A timer fires where its row was removed: without, a cancelled one fires, and one twice",
        f"{CHASSIS}/consuming/timers.py",
        "    return [one for one in due if (one.timer, one.region, one.key) in still_set]",
        "    return [one for one in due if still_set is not None]",
        f"{_TIMERS}::test_a_cancelled_timer_does_not_fire_though_it_was_read_as_due",
    ),
    mutant(
        "timer-of-its-instant",
        "A timer that was set anew does not fire at its old instant",
        f"{CHASSIS}/consuming/timers.py",
        " AND timers.due = fired.due",
        "",
        f"{_TIMERS}::test_a_timer_set_anew_while_it_was_due_fires_at_its_new_instant",
    ),
    mutant(
        "slow-timers-alone",
        "A slow timer has a transaction of its own: without, two hundred documents idle in one",
        f"{CHASSIS}/consuming/timers.py",
        "self._fire_slow(due) if slow else self._fire(due)",
        "self._fire(due)",
        f"{_TIMERS}::test_slow_timers_fire_in_a_transaction_each_and_the_others_in_one",
    ),
    mutant(
        "slow-timers-in-nobodys-way",
        "Slow timers have their own page: without, a night of documents holds up every deadline",
        f"{CHASSIS}/consuming/timers.py",
        "<> CAST(:slow AS boolean)",
        "IS DISTINCT FROM CAST(:slow AS boolean) OR timer <> ''",
        f"{_TIMERS}::test_what_is_due_is_fired_before_many_slow_ones",
    ),
    mutant(
        "slow-timers-end-their-turn",
        "Slow timers are read anew when they have taken long: without, a region that is out fires",
        f"{CHASSIS}/consuming/timers.py",
        "            if monotonic() - began > POLL_SECONDS:",
        "            if monotonic() < began:",
        f"{_TIMERS}::test_slow_timers_leave_off_for_what_has_changed_meanwhile",
    ),
    mutant(
        "slow-timers-beside",
        "Slow timers are fired beside the others: without, a month's run waits for its documents",
        f"{CHASSIS}/consuming/timers.py",
        "pause = await self._round(slow=slow)",
        "pause = min(await self._round(slow=True), await self._round())",
        f"{_TIMERS}::test_what_is_due_is_fired_while_a_slow_one_takes_its_time",
    ),
    mutant(
        "timer-without-a-row-backs-off",
        "A timer whose row is gone is tried later: without, it is tried as fast as it fails",
        f"{CHASSIS}/consuming/timers.py",
        "set anew meanwhile\n            return False\n",
        "set anew meanwhile\n            return True\n",
        f"{_FAULTS}::test_a_timer_whose_row_is_gone_is_tried_later_though_faults_are_told",
    ),
    mutant(
        "timer-fault-is-told",
        "A service is told of its timer's fault: without, one payer stops a region's invoices",
        f"{CHASSIS}/consuming/timers.py",
        "            if not is_lock_trouble(error) and not await self._is_mended(one, error):",
        "            if not is_lock_trouble(error):",
        f"{_FAULTS}"
        "::test_what_fails_is_told_with_how_often_and_what_is_changed_then_lets_it_fire_at_once",
    ),
    mutant(
        "timer-not-early",
        "No timer fires before it is due",
        f"{CHASSIS}/consuming/timers.py",
        "due = [row for row in rows if row.wait <= 0]",
        "due = rows",
        f"{_TIMERS}::test_a_timer_fires_once_when_it_is_due_and_not_before",
    ),
    mutant(
        "rows-are-locked",
        "An aggregate is locked when it is loaded: without, two claim one device",
        f"{CHASSIS}/rows.py",
        "statement = self._locking if locks else self._reading",
        "statement = self._reading",
        f"{_INVENTORY}/test_concurrency.py"
        "::test_two_transfers_that_ask_at_once_do_not_both_get_the_device",
    ),
    mutant(
        "locked-rows-are-read-anew",
        "A row that was read before it was locked is read again",
        f"{CHASSIS}/rows.py",
        "            if anew or name not in known:\n",
        "            if name not in known:\n",
        "chassis/tests/test_inbound.py::test_a_row_that_was_read_before_it_was_locked_is_read_anew",
    ),
    mutant(
        "what-is-written-is-written-once",
        "A row that the driver has written is not written again, with what it was",
        f"{CHASSIS}/row_writing.py",
        "                set_committed_value(row, name, vars(row)[name])\n",
        "                pass\n",
        "tests/test_rows.py::test_a_row_is_written_by_the_driver_as_by_the_orm",
    ),
    mutant(
        "what-the-orm-alone-writes",
        "A row with a column that the database fills is written all the same",
        f"{CHASSIS}/unit_of_work.py",
        "        if is_left(self.session):\n            await self.session.flush()\n",
        "",
        f"{_ORDERS}/test_persons.py::test_a_person_is_told_by_reference_alone",
    ),
    mutant(
        "locks-in-the-declared-order",
        "Rows that are fetched together are locked in the service's order: without, by table name",
        f"{CHASSIS}/unit_of_work.py",
        "return self.lock_order.place(row_type), _name(named)",
        "return 0, _name(named)",
        f"{_LOCKS}::test_what_is_fetched_together_is_locked_in_the_declared_order",
    ),
    mutant(
        "lock-order-is-checked",
        "A test sees a lock that comes after one of a later class",
        f"{CHASSIS}/transaction.py",
        "            order.check(row_type, after=self._last_locked)\n",
        "",
        f"{_LOCKS}::test_a_lock_after_one_of_a_later_class_is_seen",
    ),
    mutant(
        "lock-by-a-statement-is-checked",
        "A test sees a statement that locks a class after one that comes later",
        f"{CHASSIS}/transaction.py",
        "        order = self._unit.lock_order\n"
        "        order.check(row_type, after=self._last_locked)\n",
        "",
        f"{_LOCKS}::test_a_lock_by_a_statement_has_its_place_too",
    ),
    mutant(
        "row-of-a-message-is-fetched-ahead",
        "The rows of a batch's messages are fetched in one statement, not by each handler",
        f"{CHASSIS}/handlers.py",
        "route = MessageRoute(given, _loading(of, named, loads), reads)",
        "route = MessageRoute(given, loads, reads)",
        f"{_ROWS}::test_a_batch_of_messages_gets_its_rows_in_one_statement",
    ),
    mutant(
        "counted-after-the-commit",
        "What is rolled back is not counted",
        f"{CHASSIS}/transaction.py",
        "        self._unit.to_call.append(call)\n",
        "        call()\n",
        f"{_ROWS}::test_a_batch_that_is_rolled_back_and_tried_again_counts_what_was_committed",
    ),
    mutant(
        "claim-is-exclusive",
        "A device in another claim is not claimed",
        "services/inventory/inventory/holds/domain.py",
        "    if wanted.claim is not None:\n        return Reason(IN_CLAIM[wanted.claim.kind])\n",
        "",
        f"{_INVENTORY}/test_holds.py::test_a_device_in_another_claim_is_refused_with_the_claim",
    ),
    mutant(
        "claims-all-or-none",
        "One device that cannot be claimed refuses all",
        "services/inventory/inventory/holds/domain.py",
        "    if refused:\n",
        "    if len(refused) == len(asked):\n",
        f"{_INVENTORY}/test_holds.py"
        "::test_one_device_that_cannot_be_claimed_refuses_all_and_is_named",
    ),
    mutant(
        "price-of-the-delivery-day",
        "A sale is priced by the day of its delivery, not by the day that billing hears of it",
        "services/billing/billing/handlers.py",
        "rents.price_on(article.prices, event.delivered_on)",
        "rents.price_on(article.prices, tx.today)",
        "services/billing/tests/test_charges.py"
        "::test_a_sold_article_is_charged_to_the_lines_payer_at_the_price_of_the_delivery_day",
    ),
    mutant(
        "half-up",
        "Half an öre of a day's share is rounded up",
        "services/billing/billing/rents/domain.py",
        "(2 * numerator + denominator) // (2 * denominator)",
        "(2 * numerator + denominator - 1) // (2 * denominator)",
        "services/billing/tests/test_rent.py::test_half_an_ore_of_a_days_share_is_rounded_up",
    ),
    mutant(
        "deadline-decides",
        "The transfer's row decides: after its deadline nobody accepts, however late the timer",
        "services/bmb/bmb/acknowledgements/domain.py",
        "    if now >= transfer.deadline:\n",
        "    if now < transfer.requested_at:\n",
        f"{_BMB}/test_acknowledgements.py"
        "::test_a_transfer_cannot_be_accepted_once_its_deadline_has_passed",
    ),
    mutant(
        "answered-does-not-expire",
        "Only an unanswered transfer expires",
        "services/bmb/bmb/expiry/domain.py",
        "if transfer.status is not Status.SENT or transfer.deadline is None or "
        "transfer.policy is None:",
        "if transfer.deadline is None or transfer.policy is None:",
        f"{_BMB}/test_expiry.py::test_only_an_unanswered_transfer_expires",
    ),
    mutant(
        "not-before-the-deadline",
        "Nothing expires before its deadline",
        "services/bmb/bmb/expiry/domain.py",
        "    if now < transfer.deadline:\n",
        "    if transfer.deadline is None:\n",
        f"{_BMB}/test_expiry.py::test_nothing_expires_before_its_deadline",
    ),
    mutant(
        "decided-at-the-deadline",
        "An expiry is decided on the deadline's day, however late its timer",
        "services/bmb/bmb/expiry/domain.py",
        "return (_executed(transfer, transfer.deadline, transfer.policy, policy.transfer),)",
        "return (_executed(transfer, now, transfer.policy, policy.transfer),)",
        f"{_BMB}/test_expiry.py"
        "::test_an_automatic_execution_is_decided_on_the_deadlines_day_however_late_its_timer",
    ),
    mutant(
        "pinned-policy",
        "The policy that a transfer was sent under decides its expiry",
        "services/bmb/bmb/expiry/handlers.py",
        "    policy = tx.pinned_policy(row.policy)\n",
        "    policy = tx.policy\n",
        f"{_BMB}/test_expiring.py::test_the_policy_that_it_was_sent_under_decides",
    ),
    mutant(
        "order-number-once",
        "An order number is used once",
        "services/orders/orders/numbers/writes.py",
        'set_={"last": row.last + 1}',
        'set_={"last": row.last}',
        f"{_ORDERS}/test_numbers.py::test_orders_placed_at_once_get_different_numbers",
    ),
    mutant(
        "address-of-the-protected",
        "Only delivery sees where a protected person lives",
        "services/orders/orders/people/domain.py",
        "hidden = details.protected and purpose is not Purpose.DELIVERY",
        "hidden = details.protected and purpose is Purpose.DISPLAY",
        f"{_ORDERS}/test_persons_http.py::test_only_delivery_resolves_the_address_of_a_protected_person",
    ),
    mutant(
        "looks-are-logged",
        "Every look at a person is logged with who and why",
        "services/orders/orders/care/looks.py",
        "    log_accesses(tx, caller.user_id, purpose, sorted(details, key=str))\n",
        "",
        f"{_ORDERS}/test_persons_http.py"
        "::test_every_resolved_person_is_logged_with_who_and_why_and_can_be_read",
    ),
    mutant(
        "one-payer-per-day",
        "The latest change point alone decides who pays for a day",
        "services/billing/billing/rents/domain.py",
        "return max(passed, key=lambda point: point.effective_on) if passed else None",
        "return min(passed, key=lambda point: point.effective_on) if passed else None",
        f"{_BILLING}/test_rent.py::test_the_latest_change_point_decides_who_pays_for_a_day",
    ),
    mutant(
        "owed-minus-issued",
        "A run bills what is owed minus what is issued: without, a day is billed twice",
        "services/billing/billing/rents/domain.py",
        "*((one, -one.sign) for one in settled)]:",
        "*((one, 0) for one in settled)]:",
        f"{_BILLING}/test_rent.py::test_a_second_run_over_the_same_facts_invoices_nothing",
    ),
    mutant(
        "charged-once",
        "A charge stands on one invoice",
        "services/billing/billing/queries.py",
        "            or_(_owed(run), _taken_back(run)),\n",
        "            ChargeRow.charged_on <= run.through,\n",
        f"{_BILLING}/test_billing.py::test_a_charge_stands_on_one_invoice",
    ),
    mutant(
        "run-waits-for-custody",
        "A month is billed when every change of custody of it is applied",
        "services/billing/billing/handlers.py",
        "    if len(missing) > applied.counted:\n",
        "    if missing == 0:\n",
        f"{_BILLING}/test_billing.py"
        "::test_the_run_waits_until_every_custody_change_of_the_month_is_applied",
    ),
    mutant(
        "stock-not-below-zero",
        "No balance falls below zero",
        "services/inventory/inventory/stock/domain.py",
        ", after.on_order, after.in_reconditioning) < 0:\n",
        ", after.on_order, after.in_reconditioning) < -99999:\n",
        f"{_INVENTORY}/test_stock.py"
        "::test_a_balance_never_falls_below_zero_and_is_the_sum_of_its_moves",
    ),
    mutant(
        "ledger-of-moves",
        "Every move stands in the ledger, so that it adds up to the balance",
        "services/inventory/inventory/stock/writes.py",
        "    tx.put(_ledger_line(tx, moved, cause_id))\n",
        "",
        f"{_INVENTORY}/test_stock.py::test_the_ledger_adds_up_to_every_balance",
    ),
    mutant(
        "goods-begin-a-course",
        "A delivery is a physical change: without, a return before it reaches into the loan before",
        "services/inventory/inventory/devices/domain.py",
        "if found and found[-1].store == store and not change.by_order:",
        "if found and found[-1].store == store:",
        f"{_INVENTORY}/test_returns.py"
        "::test_goods_that_are_delivered_without_a_return_before_begin_a_course_of_their_own",
    ),
    mutant(
        "loan-lasts-until-its-return",
        "A return that is corrected to a later day lets the loan last: without, days are unpaid",
        "services/inventory/inventory/returns/domain.py",
        "return {**lasted, **_in_store(store, on, days)}",
        "return _in_store(store, on, days)",
        f"{_INVENTORY}/test_returns.py"
        "::test_a_corrected_day_of_a_return_decides_who_pays_for_each_day",
    ),
    mutant(
        "return-before-a-dispatch",
        "A return of a day before a dispatch leaves what is on its way",
        "services/inventory/inventory/returns/domain.py",
        "if on >= max(now.began_on, on_the_way.sent_on or now.began_on):",
        "if on_the_way.order_id is not None:",
        f"{_INVENTORY}/test_returns.py::test_a_return_before_a_dispatch_breaks_nothing_of_it",
    ),
    mutant(
        "corrected-move",
        "A corrected return is moved in the ledger: without, it stands there on both days",
        "services/inventory/inventory/returns/handlers.py",
        "    await _move(store, row, tx, available=-1, on=instead_of)\n",
        "",
        f"{_INVENTORY}/test_returns.py"
        "::test_a_corrected_day_of_a_return_decides_who_pays_for_each_day",
    ),
    mutant(
        "custody-is-counted",
        "Every change of custody is counted in its own transaction",
        "services/inventory/inventory/days/models.py",
        "    locked_when_loaded = True\n",
        "    locked_when_loaded = False\n",
        f"{_INVENTORY}/test_concurrency.py::test_changes_of_custody_at_once_are_all_counted",
        more=(Swap("services/inventory/inventory/app.py", "        CountRow,\n", ""),),
    ),
    mutant(
        "an-arrival-is-one",
        "Lines that arrive together are told as one",
        "services/notifications/notifications/orders/handlers.py",
        "if row.outstanding > 0 and not event.more_lines:",
        "if row.outstanding > 0:",
        "services/notifications/tests/test_orders.py"
        "::test_a_whole_order_in_one_arrival_is_delivered_and_never_in_part",
    ),
    mutant(
        "said-once",
        "A status that the region heard last is not said again",
        "services/notifications/notifications/feed/domain.py",
        "return () if last == evolve(last, reported) else (reported,)",
        "return (reported,)",
        "services/notifications/tests/test_feed.py"
        "::test_a_status_that_was_said_last_is_not_said_again",
    ),
)
