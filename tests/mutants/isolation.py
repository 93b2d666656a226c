"""Mutants of isolation: one region's policy, one caller, one connection stops no other."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, mutant

_TESTS: Final = "chassis/tests"
_GUARD: Final = f"{_TESTS}/test_http_guard.py::test"
_ACCESS: Final = f"{_TESTS}/test_access.py::test"
_CELLS: Final = f"{_TESTS}/test_access_cells.py::test"
_POLICIES: Final = f"{_TESTS}/test_service_policies.py::test"
_FILES: Final = f"{_TESTS}/test_policy_files.py::test"

ISOLATION: tuple[Mutant, ...] = (
    mutant(
        "a-changed-policy-takes-its-region-out",
        "A policy that was changed after its use takes its region out of service",
        f"{CHASSIS}/policies.py",
        "            changed[region] = versions\n            continue\n",
        "            continue\n",
        f"{_POLICIES}_a_used_version_that_reads_otherwise_takes_its_region_out_alone",
    ),
    mutant(
        "out-of-service-waits",
        "A message of a region that is out of service waits: without, it is decided",
        f"{CHASSIS}/consuming/incoming.py",
        "        if incoming.envelope.region in self._out:\n",
        "        if incoming.envelope.region is None:\n",
        f"{_TESTS}/test_regions_out.py::test_messages_of_a_region_that_is_out_wait_until_it_is_in_service_again",
    ),
    mutant(
        "an-event-has-no-answer",
        "A quarantined event of a service leaves the park where no region is answered",
        f"{CHASSIS}/consuming/refusals.py",
        "if one.is_inbound and one.region is not None]",
        "if one.region is not None]",
        f"{_TESTS}/test_regions_out.py::test_a_quarantined_event_leaves_the_park_of_a_service_that_answers_nobody",
    ),
    mutant(
        "a-key-has-its-whole-time-again",
        "A key that is let be tried again is not given up for the time before",
        f"{CHASSIS}/consuming/machine.py",
        "    age = 0.0 if before is Cause.BEHIND else age\n",
        "",
        f"{_TESTS}/test_consumer_machine.py::test_a_key_that_is_let_be_tried_again_has_its_whole_time_again",
    ),
    mutant(
        "out-of-service-is-settled-later",
        "What waited for its region is tried at the next start",
        f"{CHASSIS}/consuming/verdicts.py",
        "OF_THIS_START = (Cause.UNKNOWN_VERSION, Cause.UNKNOWN_POLICY, Cause.REGION_OUT)",
        "OF_THIS_START = (Cause.UNKNOWN_VERSION, Cause.UNKNOWN_POLICY)",
        f"{_TESTS}/test_regions_out.py::test_messages_of_a_region_that_is_out_wait_until_it_is_in_service_again",
    ),
    mutant(
        "out-of-service-timers",
        "No timer of a region that is out of service fires",
        f"{CHASSIS}/consuming/timers.py",
        "      AND region <> ALL(CAST(:out AS text[]))\n      AND (not_before",
        "      AND CAST(:out AS text[]) IS NOT NULL\n      AND (not_before",
        f"{_POLICIES}_timers_of_a_region_that_is_out_wait_and_the_others_fire",
    ),
    mutant(
        "out-of-service-http",
        "A call of a region that is out of service is 503 with the reason",
        f"{CHASSIS}/web/app.py",
        "            raise RegionIsOut(outage.cause)\n",
        "            log.warning(outage.cause)\n",
        f"{_POLICIES}_a_region_that_is_out_gets_503_with_the_reason_and_the_others_go_on",
    ),
    mutant(
        "a-key-twice",
        "A key that a policy file gives twice is a fault: without, the later one wins",
        f"{CHASSIS}/policy_files.py",
        "            if name in given:\n",
        "            if not name:\n",
        f"{_FILES}_what_is_wrong_is_named_with_field_value_and_what_is_allowed",
    ),
    mutant(
        "policies-are-strict",
        "A policy's values are of their types: `days: yes` is no number",
        f"{CHASSIS}/policy_files.py",
        "model_validate_json(content, strict=True)",
        "model_validate_json(content)",
        f"{_FILES}_what_is_wrong_is_named_with_field_value_and_what_is_allowed",
    ),
    mutant(
        "caller-before-body",
        "A request without a valid token is refused before its body is read",
        f"{CHASSIS}/web/app.py",
        '        if is_open(str(scope["path"])):\n            yield\n',
        "        if not dict(scope['headers']).get(b'authorization'):\n            yield\n",
        f"{_GUARD}_half_sent_bodies_without_a_token_take_no_slot",
        hangs=True,
    ),
    mutant(
        "a-route-asks-the-table",
        "A route asks the table before it reads its body",
        f"{CHASSIS}/web/bodies.py",
        "            request.scope[GRANT] = access.grant(request.scope)\n"
        "            return await handle(_Strict(request.scope, request.receive))\n",
        "            answer = await handle(_Strict(request.scope, request.receive))\n"
        "            request.scope[GRANT] = access.grant(request.scope)\n"
        "            return answer\n",
        f"{_CELLS}_each_route_is_granted_to_the_roles_of_its_row_and_to_nobody_else",
    ),
    mutant(
        "a-route-says-whose-its-target-is",
        "A route whose address names a thing runs no command without saying whose it is",
        f"{CHASSIS}/http.py",
        '        if scope is None and "{" in (self.grant.act.route or ""):\n',
        "        if self.grant is None:\n",
        f"{_ACCESS}_a_route_whose_address_names_a_thing_says_whose_it_is",
    ),
    mutant(
        "a-scope-names-somebody",
        "A scope names a unit or a user whose the rows are",
        f"{CHASSIS}/web/scopes.py",
        "        if not self.columns and also is None:\n",
        "        if region is None:\n",
        f"{_TESTS}/listing/test_lists.py::test_a_list_says_whose_its_rows_are",
    ),
    mutant(
        "who-acts-is-read-with-the-others",
        "Who acts by a command is fetched with the rows that its handler names",
        f"{CHASSIS}/access.py",
        "                yield self.users, self.user_key(tx.region, names.actor(message))\n",
        "                yield self.users.user_id, names.actor(message)\n",
        f"{_ACCESS}_who_acts_by_a_regions_command_costs_no_statement_of_its_own",
    ),
    mutant(
        "share-of-a-caller",
        "One caller has a share of the slots",
        f"{CHASSIS}/web/slots.py",
        "        if self._of_caller[caller] >= MAX_OF_CALLER:\n",
        "        if self._of_caller[caller] < 0:\n",
        f"{_GUARD}_half_sent_bodies_of_one_caller_leave_slots_to_the_others",
    ),
    mutant(
        "share-of-a-region",
        "One region has a share of the slots",
        f"{CHASSIS}/web/slots.py",
        "        if self._of_region[region] >= MAX_OF_REGION:\n",
        "        if self._of_region[region] < 0:\n",
        f"{_GUARD}_a_region_has_no_more_than_its_share",
    ),
    mutant(
        "connections-of-a-region",
        "One region has half of the connections that requests use",
        f"{CHASSIS}/database.py",
        '        if self.role != "api" or region is None:\n            yield\n',
        "        if region:\n            yield\n",
        f"{_TESTS}/test_database.py::test_a_region_has_half_of_the_connections_and_waits_for_its_own",
    ),
    mutant(
        "slot-given-back",
        "A slot is free again when its request is answered",
        f"{CHASSIS}/web/slots.py",
        "            self._of_caller[caller] -= 1\n",
        "            self._of_caller[caller] -= 0\n",
        f"{_GUARD}_a_slot_is_free_again_after_its_request",
    ),
    mutant(
        "body-in-time",
        "A body that does not come in time is 408",
        f"{CHASSIS}/web/body_bounds.py",
        "            async with asyncio.timeout_at(self._until):\n",
        "            async with asyncio.timeout_at(None):\n",
        f"{_GUARD}_a_body_that_does_not_come_is_408_and_its_connection_closed",
        hangs=True,
    ),
    mutant(
        "connections-are-bounded",
        "The server of a service bounds its connections",
        f"{CHASSIS}/operating/process.py",
        "            http=bounded(Connections(settings.service)),\n",
        "",
        f"{_TESTS}/test_service_process.py"
        "::test_regions_whose_policy_cannot_be_used_are_out_and_the_others_go_on",
    ),
    mutant(
        "head-in-time",
        "A connection whose request's head does not come in time is cut",
        f"{CHASSIS}/web/connections.py",
        "self.loop.call_later(self.head_seconds, self.bounds.cut",
        "self.loop.call_later(3600.0, self.bounds.cut",
        f"{_GUARD}_a_head_that_does_not_come_is_closed",
        hangs=True,
    ),
    mutant(
        "answers-are-read-in-time",
        "A client that does not read its answer is cut, and its slot is free",
        f"{CHASSIS}/web/connections.py",
        '            self.read_seconds, self.bounds.cut, self, "unread"\n',
        '            3600.0, self.bounds.cut, self, "unread"\n',
        f"{_GUARD}_a_client_that_does_not_read_is_cut_and_its_slot_is_free",
    ),
    mutant(
        "oldest-idle-is-cut",
        "At the limit an idle connection is cut for a new one: without, the new one is",
        f"{CHASSIS}/web/connections.py",
        "            oldest = self._oldest_idle()\n",
        "            oldest = None\n",
        f"{_GUARD}_idle_and_half_sent_connections_leave_the_others_answered",
    ),
    mutant(
        "busy-is-not-cut",
        "A connection whose request is in hand is not cut for another",
        f"{CHASSIS}/web/connections.py",
        "            self._end_head_deadline()\n            self.bounds.work(self)\n",
        "            self._end_head_deadline()\n",
        f"{_GUARD}_a_connection_whose_request_is_in_hand_is_not_cut_for_another",
    ),
)
