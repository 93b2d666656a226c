"""Mutants of the way in: marks, the consumer's batches and offsets, the group."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, Swap, mutant

_TESTS: Final = "chassis/tests"
_INBOX: Final = f"{_TESTS}/test_inbox.py"
_MACHINE: Final = f"{_TESTS}/test_consumer_machine.py"
_KAFKA: Final = f"{_TESTS}/test_consumer_kafka.py"
_PARKING: Final = f"{_TESTS}/test_parking.py"
_QUARANTINE: Final = f"{_TESTS}/test_quarantine.py"
_DRIFT: Final = "tests/simulation/test_drift.py"

RECEIVING: tuple[Mutant, ...] = (
    mutant(
        "mark-checked",
        "A number that the mark has passed is a duplicate: without, its effect comes twice",
        f"{CHASSIS}/consuming/verdicts.py",
        "if facts.sequence is not None and facts.sequence <= known.sequence:",
        "if facts.sequence is not None and facts.sequence < 0:",
        f"{_INBOX}::test_a_message_that_comes_again_has_no_effect_again",
    ),
    mutant(
        "mark-moved",
        "The mark moves in the transaction of the effect",
        f"{CHASSIS}/consuming/marks.py",
        "    if not batch.moved:\n        return\n",
        "    if batch.moved:\n        return\n",
        f"{_INBOX}::test_a_message_that_comes_again_has_no_effect_again",
    ),
    mutant(
        "mark-locked",
        "A mark is locked before it is read: without, two processes have one effect each",
        f"{CHASSIS}/consuming/marks.py",
        "ORDER BY topic, key FOR NO KEY UPDATE OF marks;\n        GET DIAGNOSTICS",
        "ORDER BY topic, key;\n        GET DIAGNOSTICS",
        f"{_INBOX}::test_a_key_that_another_process_has_in_hand_is_waited_for",
        more=(
            Swap(
                f"{CHASSIS}/consuming/marks.py",
                "ORDER BY topic, key FOR NO KEY UPDATE OF marks;\n        END IF",
                "ORDER BY topic, key;\n        END IF",
            ),
        ),
    ),
    mutant(
        "mark-passes-unused-types",
        "The mark moves for types that nobody here handles: without, the next one is a gap",
        f"{CHASSIS}/consuming/verdicts.py",
        "ADVANCES = {Verdict.APPLY, Verdict.PASS_OVER,",
        "ADVANCES = {Verdict.APPLY,",
        f"{_INBOX}::test_the_mark_advances_for_types_that_nobody_here_handles",
    ),
    mutant(
        "gap",
        "A number that is missing parks its key",
        f"{CHASSIS}/consuming/verdicts.py",
        "if facts.sequence is not None and facts.sequence > known.sequence + 1:",
        "if facts.sequence is not None and facts.sequence < 0:",
        f"{_INBOX}::test_a_number_that_is_missing_parks_its_key_and_no_other",
    ),
    mutant(
        "fork",
        "The same number with another id is a fork, not a duplicate",
        f"{CHASSIS}/consuming/verdicts.py",
        "return known.event_ids[-1 - back] not in (None, facts.event_id)",
        "return False",
        f"{_INBOX}::test_the_same_number_with_another_id_is_a_fork_and_never_skipped",
    ),
    mutant(
        "key-parked",
        "A message that fails parks its key: without, it is passed over and lost",
        f"{CHASSIS}/consuming/machine.py",
        "        if faults <= self.limits.faults_in_a_row:\n"
        "            return self._park(Cause.FAULT)",
        "        if faults <= self.limits.faults_in_a_row:\n            return self._advance()",
        f"{_MACHINE}::test_a_fault_is_tried_again_later_each_time_then_parked",
    ),
    mutant(
        "later-ones-wait",
        "What comes for a parked key waits behind what is parked of it",
        f"{CHASSIS}/consuming/verdicts.py",
        "    if known.is_parked:\n        return Verdict.JOIN\n",
        "",
        f"{_QUARANTINE}"
        "::test_what_a_region_sends_waits_behind_what_cannot_be_read_by_source_and_subject",
    ),
    mutant(
        "park-is-looked-into",
        "Whether a key is parked is read under its mark's lock",
        f"{CHASSIS}/consuming/marks.py",
        "EXISTS (SELECT FROM parked_keys p WHERE p.topic = marks.topic AND p.key = marks.key)",
        "false",
        f"{_PARKING}::test_what_a_region_sends_later_waits_behind_its_parked_message",
    ),
    mutant(
        "batch-fallback",
        "A batch that fails goes again without the message that failed: it holds up no other",
        f"{CHASSIS}/consuming/machine.py",
        "return self._split(index)",
        "return self._act(Apply(self._hand))",
        f"{_MACHINE}::test_a_batch_that_fails_goes_again_without_the_message_that_failed",
    ),
    mutant(
        "offsets-after-commit",
        "Offsets are committed after the effects",
        f"{CHASSIS}/consuming/consumer.py",
        "            action = self._machine.step(Received(places))\n",
        "            self._offsets.note(\n"
        "                {TopicPartition(*one.partition): one.offset + 1 for one in places}\n"
        "            )\n"
        "            action = self._machine.step(Received(places))\n",
        f"{_DRIFT}::test_the_consumers_shell_commits_the_offsets_that_its_machine_says",
    ),
    mutant(
        "offsets-of-what-is-done",
        "Offsets pass only what was settled",
        f"{CHASSIS}/consuming/machine.py",
        "        for place in reversed(self._places):\n",
        "        for place in self._places:\n"
        "            self._next[place.partition] = place.offset + 1\n"
        "        for place in reversed(self._places):\n",
        f"{_MACHINE}::test_of_a_revoked_partition_nothing_further_is_begun",
    ),
    mutant(
        "left-over-is-read-again",
        "What was dropped in the middle of a batch is read again",
        f"{CHASSIS}/consuming/machine.py",
        "                self._back[place.partition] = place.offset\n"
        "        return self._act(Finish",
        "                pass\n        return self._act(Finish",
        f"{_MACHINE}::test_whatever_happens_offsets_pass_only_what_was_settled_and_nothing_is"
        "_left_out",
    ),
    mutant(
        "drain-at-revoke",
        "Partitions are given away only when the message in hand is done",
        f"{CHASSIS}/consuming/consumer.py",
        "            await asyncio.wait_for(self._free.wait(), self.tuning.drain_deadline)",
        "            pass",
        f"{_KAFKA}::test_partitions_are_given_away_when_the_message_in_hand_is_done_and_no_other_begun",
    ),
    mutant(
        "nothing-begun-after-revoke",
        "Of what is given away, nothing further is begun",
        f"{CHASSIS}/consuming/consumer.py",
        "        self._machine.revoke([(one.topic, one.partition) for one in partitions])\n",
        "",
        f"{_KAFKA}::test_partitions_are_given_away_when_the_message_in_hand_is_done_and_no_other_begun",
    ),
    mutant(
        "checked-before-settled",
        "Nothing is settled before it is known that what was assigned is still there",
        f"{CHASSIS}/consuming/consumer.py",
        "            await self._checked.wait()\n",
        "",
        f"{_KAFKA}::test_nothing_is_settled_before_what_was_assigned_is_checked",
    ),
    mutant(
        "offset-out-of-range",
        "An offset that is out of range stops the consumer: without, it jumps over what is lost",
        f"{CHASSIS}/consuming/progress.py",
        "                    self._halt(one, stands, begins[one], ends[one])",
        "                    pass",
        f"{_KAFKA}::test_an_offset_out_of_range_stops_the_consumer_instead_of_jumping",
    ),
    mutant(
        "batch-after-a-restore",
        "A batch is not settled in a database that lacks the one before it",
        f"{CHASSIS}/consuming/positions.py",
        "    if rows:\n        raise DatabaseBehind\n",
        "",
        f"{_KAFKA}::test_a_batch_is_not_settled_in_a_database_that_has_lost_the_one_before",
    ),
    mutant(
        "assignment-after-a-restore",
        "A restored database is read again from what it knows, not from the group's offset",
        f"{CHASSIS}/consuming/progress.py",
        "            self.settled[one] = min(read_from, known[one])",
        "            self.settled[one] = known[one] = read_from",
        f"{_KAFKA}::test_a_restored_database_is_read_again_from_what_it_knows[False]",
    ),
    mutant(
        "idle-after-a-restore",
        "A database that is restored under a running process is noticed though no message comes",
        f"{CHASSIS}/consuming/consumer.py",
        "                    await self.progress.check_database()\n",
        "",
        f"{_KAFKA}::test_a_restored_database_is_read_again_from_what_it_knows[True]",
        seconds=90,
    ),
    mutant(
        "pauses-put-back",
        "A pause holds for whoever gets the partition next",
        f"{CHASSIS}/consuming/consumer.py",
        "        await self._pauses.put_back()\n",
        "",
        f"{_KAFKA}::test_a_pause_is_put_back_when_another_process_gets_the_partition",
    ),
    mutant(
        "watchdog",
        "A Kafka client that has fallen silent is started anew",
        f"{CHASSIS}/consuming/consumer.py",
        "        if stuck or self.progress.is_behind or not self.client.is_running:\n",
        "        if not self.client.is_running:\n",
        f"{_KAFKA}::test_a_client_that_has_fallen_silent_is_started_anew",
    ),
    mutant(
        "left-out-records",
        "Records that the client left out are read again",
        f"{CHASSIS}/consuming/progress.py",
        "if offset > expected and",
        "if offset < 0 and",
        f"{_KAFKA}::test_records_that_the_client_left_out_are_read_again",
    ),
    mutant(
        "lock-trouble-is-nobodys-fault",
        "A deadlock or a lost connection is tried again without limit and parks nothing",
        f"{CHASSIS}/consuming/machine.py",
        "if failure is Failure.LOCK_TROUBLE or isinstance(self._last, Park | Pause):",
        "if isinstance(self._last, Park | Pause):",
        f"{_MACHINE}::test_lock_trouble_never_parks_and_now_and_then_hands_the_batch_back",
    ),
    mutant(
        "many-faults-pause",
        "Too many faults in a row pause the partition instead of filling the park",
        f"{CHASSIS}/consuming/machine.py",
        "        if faults <= self.limits.faults_in_a_row:\n",
        "        if faults > 0:\n",
        f"{_MACHINE}::test_too_many_faults_in_a_row_pause_the_partition_longer_each_time",
    ),
    mutant(
        "handler-budget",
        "A handler that hangs is ended, and its key parked",
        f"{CHASSIS}/consuming/inbox.py",
        "asyncio.timeout(self._handler_budget)",
        "asyncio.timeout(None)",
        f"{_PARKING}::test_a_handler_that_hangs_is_ended_and_parked",
        seconds=12.0,
        hangs=True,
    ),
    mutant(
        "park-is-encrypted",
        "Parked messages rest encrypted",
        f"{CHASSIS}/sealing.py",
        "return self._fernet.encrypt(json.dumps(document).encode())",
        "return json.dumps(document).encode()",
        f"{_PARKING}::test_parked_messages_rest_encrypted",
    ),
    mutant(
        "unknown-version-with-each-assignment",
        "What another release did not know is tried again when partitions are assigned",
        f"{CHASSIS}/consuming/consumer.py",
        "            await parking.try_again(unit.session, OF_THIS_START, except_for=out)\n",
        "            pass\n",
        f"{_KAFKA}::test_an_unknown_version_is_tried_again_with_each_assignment",
    ),
    mutant(
        "waits-for-what-is-not-known",
        "An event that names what is not known yet waits: without, it is refused for good",
        f"{CHASSIS}/transaction.py",
        "        if not self.is_command:\n",
        "        if self.is_command:\n",
        f"{_PARKING}::test_what_is_not_known_yet_waits_and_goes_on_as_soon_as_it_is",
    ),
)
