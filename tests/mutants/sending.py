"""Mutants of the way out: the event log, the relay, what Kafka gets."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, Swap, mutant

_TESTS: Final = "chassis/tests"
_FAILING: Final = f"{_TESTS}/relaying/test_failing.py"
_LEASE: Final = f"{_TESTS}/relaying/test_lease.py"
_RESTORED: Final = f"{_TESTS}/relaying/test_restored.py"
_SENDING: Final = f"{_TESTS}/relaying/test_sending.py"
_MACHINE: Final = f"{_TESTS}/test_relay_machine.py"
_DATABASE: Final = f"{_TESTS}/test_database.py"
_DRIVER: Final = f"{_TESTS}/test_driver.py"
_SEEDS: Final = (
    "tests/simulation/test_simulation.py::test_whatever_fails_nothing_is_lost_doubled_or_reordered"
)

SENDING: tuple[Mutant, ...] = (
    mutant(
        "snapshot-difference",
        "Rows of transactions that were under way in the first snapshot are read: without, the "
        "cursor goes by number",
        f"{CHASSIS}/relaying/outbox_reader.py",
        '_UNDER_WAY = f"xid = ANY (ARRAY(SELECT pg_snapshot_xip({_S1})))"',
        '_UNDER_WAY = f"xid = ANY (ARRAY(SELECT pg_snapshot_xip({_S1}))) AND false"',
        f"{_SENDING}::test_a_page_holds_only_what_its_snapshot_sees_however_late_it_is_read",
    ),
    mutant(
        "second-snapshot",
        "Only what the second snapshot sees is read: without, a row is sent by two windows",
        f"{CHASSIS}/relaying/outbox_reader.py",
        '_VISIBLE = f"pg_visible_in_snapshot(xid, {_S2})"',
        '_VISIBLE = "true"',
        f"{_SENDING}::test_a_page_holds_only_what_its_snapshot_sees_however_late_it_is_read",
    ),
    mutant(
        "every-regions-rows",
        "The rows of every region are sent",
        f"{CHASSIS}/relaying/outbox_reader.py",
        "AS measured WHERE before <",
        "AS measured WHERE region <> 'w' AND before <",
        f"{_SENDING}::test_what_every_region_recorded_is_sent",
    ),
    mutant(
        "page-order",
        "A page goes in the order of ids",
        f"{CHASSIS}/relaying/outbox_reader.py",
        "rows = [OutboxRow(*row) for row in found]",
        "rows = [OutboxRow(*row) for row in found][::-1]",
        f"{_SENDING}::test_an_older_transaction_that_gets_the_lock_later_is_sent_later",
    ),
    mutant(
        "acknowledged-before-cursor",
        "The cursor moves when a page is acknowledged, not when sending it failed",
        f"{CHASSIS}/relaying/machine.py",
        "self._in_hand = None\n            self._is_fresh = True\n        else:",
        "self.cursor = self.cursor.moved(self._in_hand) if self._in_hand else self.cursor\n"
        "            self._in_hand = None\n            self._is_fresh = True\n        else:",
        f"{_MACHINE}::test_the_cursor_does_not_move_before_the_page_is_acknowledged",
    ),
    mutant(
        "wait-for-acknowledgements",
        "A page is published when Kafka has acknowledged all of it, not when it is handed over",
        f"{CHASSIS}/relaying/publisher.py",
        "await asyncio.gather(*await self._enqueue(producer, rows))",
        "await self._enqueue(producer, rows)",
        f"{_FAILING}::test_a_page_that_kafka_refuses_is_sent_again_until_it_takes_it",
    ),
    mutant(
        "send-deadline",
        "A send has a deadline: an idempotent producer would try for ever",
        f"{CHASSIS}/relaying/publisher.py",
        "asyncio.timeout(PUBLISH_SECONDS)",
        "asyncio.timeout(None)",
        f"{_FAILING}::test_a_send_that_is_never_answered_ends_at_its_deadline",
    ),
    mutant(
        "new-producer",
        "After an error the producer is closed and another one made",
        f"{CHASSIS}/relaying/publisher.py",
        "            await self.close()\n            raise",
        "            raise",
        f"{_FAILING}::test_a_producer_is_given_up_after_an_error",
        more=(
            Swap(
                f"{CHASSIS}/relaying/relay.py",
                "            await self._publisher.close()  # final for this producer",
                "            # final for this producer",
            ),
        ),
    ),
    mutant(
        "lease-epoch",
        "The cursor is stored only under the relay's own epoch",
        f"{CHASSIS}/relaying/lease.py",
        "WHERE epoch = $2 AND holder = $1",
        "WHERE epoch >= $2 AND (holder = $1 OR true)",
        f"{_LEASE}::test_a_relay_that_lost_its_lease_stores_nothing",
    ),
    mutant(
        "lease-held",
        "A lease that runs by the database's clock is not taken from its holder",
        f"{CHASSIS}/relaying/lease.py",
        "WHERE leased_until < clock_timestamp() OR holder = $1",
        "WHERE leased_until < clock_timestamp() + interval '1 minute' OR holder = $1",
        f"{_LEASE}::test_while_one_relay_holds_the_lease_the_other_stands_by",
    ),
    mutant(
        "lease-from-the-future",
        "A lease from before the database's clock went back is free",
        f"{CHASSIS}/relaying/lease.py",
        "make_interval(secs => 3 * $2)",
        "make_interval(secs => 3000000 * $2)",
        f"{_LEASE}::test_a_dead_relays_lease_from_before_the_databases_clock_went_back_is_taken",
    ),
    mutant(
        "lease-renewed",
        "A lease is renewed before it ends, and before anything is sent under it",
        f"{CHASSIS}/relaying/machine.py",
        "now - self._leased_at >= RENEW_SECONDS",
        "now - self._leased_at >= 1e9",
        f"{_MACHINE}::test_an_old_lease_is_renewed_before_anything_is_sent",
    ),
    mutant(
        "full-page",
        "A full page is followed by the next one of its window",
        f"{CHASSIS}/relaying/steps.py",
        "return len(self.rows) >= self.size",
        "return False",
        f"{_SEEDS}[0]",
    ),
    mutant(
        "another-place",
        "A relay refuses a log that was sent from another server, timeline or to another cluster",
        f"{CHASSIS}/relaying/machine.py",
        "            if known != here:",
        "            if not known:",
        f"{_MACHINE}::test_a_cursor_of_another_place_or_time_is_refused",
    ),
    mutant(
        "restored-database",
        "A relay refuses a cursor that knows transactions which the database has not seen",
        f"{CHASSIS}/relaying/machine.py",
        "if found.cursor_xmax > found.xmax:",
        "if found.cursor_xmax < 0:",
        f"{_MACHINE}::test_a_cursor_of_another_place_or_time_is_refused",
    ),
    mutant(
        "rows-before-a-rebase",
        "Rows of a restored dump are not read by their foreign transaction numbers",
        f"{CHASSIS}/relaying/outbox_reader.py",
        "fetch(LOOK, cursor.s1, cursor.base_id, self._page)",
        "fetch(LOOK, cursor.s1, 0, self._page)",
        f"{_RESTORED}::test_rows_of_a_restored_dump_are_not_sent_when_transactions_reach_their_numbers",
    ),
    mutant(
        "rows-before-a-rebase-read-again",
        "Nor when a page that failed is read again",
        f"{CHASSIS}/relaying/outbox_reader.py",
        "max(cursor.last_id, cursor.base_id)",
        "cursor.last_id",
        f"{_RESTORED}::test_rows_of_a_restored_dump_are_not_sent_when_a_failed_page_is_read_again",
    ),
    mutant(
        "events-are-final",
        "No role of a running service may change or remove an event",
        f"{CHASSIS}/relaying/outbox.py",
        '    "REVOKE UPDATE, DELETE ON events FROM {api}, {worker}",\n',
        "",
        f"{_DATABASE}::test_no_role_of_a_service_changes_or_removes_an_event",
    ),
    mutant(
        "number-used-once",
        "The database takes each number of a key once",
        f"{CHASSIS}/relaying/outbox.py",
        "CONSTRAINT uq_events_topic_key_seq UNIQUE (topic, key, seq)",
        "CONSTRAINT uq_events_topic_key_seq UNIQUE (topic, key, seq, id)",
        f"{_DATABASE}::test_a_number_is_used_once_per_topic_and_key",
    ),
    mutant(
        "last-numbers-never-cut",
        "More last numbers than one answer holds are refused: without, a part looks like all",
        f"{CHASSIS}/operating/admin.py",
        "        if len(found) > MAX_KEYS:",
        "        if not found:",
        f"{_TESTS}/test_last_numbers.py::test_a_caller_that_does_not_page_is_told_to",
    ),
    mutant(
        "numbers-per-key",
        "An aggregate's events are numbered 1, 2, 3 …",
        f"{CHASSIS}/transaction.py",
        "row.seq += 1",
        "row.seq += 2",
        f"{_TESTS}/test_row_comparison.py::test_rows_that_were_made_by_events_equal_them",
    ),
    mutant(
        "causation",
        "An event says which message it was caused by",
        f"{CHASSIS}/transaction.py",
        "causation_id=str(self.message.id) if self.message else None",
        "causation_id=None",
        f"{_TESTS}/test_inbound.py::test_an_event_says_what_it_was_caused_by",
    ),
    mutant(
        "same-ids-again",
        "What a message makes has the same ids when the message is handled again",
        f"{CHASSIS}/transaction.py",
        "return uuid5(self._seed, str(self._minted))",
        "return uuid4()",
        "services/notifications/tests/test_transfers.py"
        "::test_the_same_event_gives_the_same_message_id",
    ),
    mutant(
        "all-or-nothing",
        "A unit that fails leaves nothing",
        f"{CHASSIS}/driver.py",
        "            await _roll_back(session, driver)\n",
        '            await _execute(driver, "COMMIT")\n',
        f"{_DATABASE}::test_a_unit_that_fails_leaves_nothing_and_tells_nobody",
    ),
    mutant(
        "no-open-transaction-in-the-pool",
        "A connection whose transaction cannot be ended is thrown away, not given to the next",
        f"{CHASSIS}/driver.py",
        "            await session.invalidate()\n",
        "            pass\n",
        f"{_DRIVER}::test_a_connection_that_cannot_be_rolled_back_is_not_used_again",
    ),
    mutant(
        "thrown-away-at-once",
        "A connection that is thrown away is ended at once, not asked to end",
        f"{CHASSIS}/database.py",
        "        driver.end_at_once(self.engine)\n",
        "",
        f"{_DRIVER}::test_a_connection_that_is_thrown_away_is_not_asked_to_end",
    ),
    mutant(
        "no-dead-connection-is-given",
        "A connection that ended in the pool is not given: without, each costs a try",
        f"{CHASSIS}/driver.py",
        "            raise DisconnectionError\n",
        "            pass\n",
        f"{_DRIVER}::test_a_connection_that_ended_in_the_pool_is_not_given",
    ),
    mutant(
        "sessions-end-nothing",
        "A handler's commit is refused: without, its connection is another's with what is open",
        f"{CHASSIS}/driver.py",
        '        raise RuntimeError("the chassis commits, when the handler has returned")',
        "        await super().commit()",
        f"{_DRIVER}"
        "::test_a_handler_does_not_give_its_connection_to_the_next_by_ending_its_transaction[commit]",
    ),
    mutant(
        "migration-is-nobodys-fault",
        "A statement that a migration has overtaken is tried again: without, a command is a 500",
        f"{CHASSIS}/database.py",
        "    if isinstance(error, _MIGRATED):",
        "    if error is _MIGRATED:",
        f"{_DRIVER}::test_who_meets_a_migration_of_a_columns_type_is_at_no_fault_and_tries_again",
    ),
    mutant(
        "no-connection-is-nobodys-fault",
        "A pool without a free connection is no handler's fault: without, messages are parked",
        f"{CHASSIS}/database.py",
        "    if isinstance(error, NoConnectionFree):",
        "    if error is NoConnectionFree:",
        f"{_DRIVER}::test_who_gets_no_connection_is_at_no_fault",
    ),
    mutant(
        "silent-errors-are-not-commits",
        "What PostgreSQL has rolled back at COMMIT is not taken for committed",
        f"{CHASSIS}/driver.py",
        "                raise NotCommitted\n",
        "                pass\n",
        f"{_DRIVER}::test_an_error_that_nobody_told_of_is_one_at_the_commit",
    ),
)
