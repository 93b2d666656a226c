"""Mutants of HTTP: repeated requests, who asks, whose rows are read, lists page by page."""

from typing import Final

from tests.mutants.mutant import CHASSIS, Mutant, Swap, mutant

_TESTS: Final = "chassis/tests"
_HTTP: Final = f"{_TESTS}/test_http.py"
_CURSORS: Final = f"{_TESTS}/listing/test_cursors.py::test"
_LISTS: Final = f"{_TESTS}/listing/test_lists.py::test"
_PAGES: Final = f"{_TESTS}/listing/test_pages.py::test"
_AUTH: Final = f"{_TESTS}/test_auth.py"

WEB: tuple[Mutant, ...] = (
    mutant(
        "one-connection-a-request",
        "A reader reads in its request's transaction: without, many wait for each other's second",
        f"{CHASSIS}/web/reading.py",
        "        reader.read_within(unit.session)\n",
        "",
        "services/bmb/tests/test_reading_at_once.py"
        "::test_many_who_look_at_a_transfer_at_once_are_all_answered",
    ),
    mutant(
        "idempotency-key",
        "A repeated Idempotency-Key gets the first answer and has no second effect",
        f"{CHASSIS}/web/idempotency.py",
        "    ON CONFLICT DO NOTHING\n    RETURNING key",
        "    ON CONFLICT ON CONSTRAINT pk_idempotency_keys DO UPDATE SET status = NULL\n"
        "    RETURNING key",
        f"{_HTTP}::test_a_repeated_key_gets_the_first_answer_and_has_no_second_effect",
    ),
    mutant(
        "key-of-one-request",
        "An Idempotency-Key cannot be used for another body",
        f"{CHASSIS}/web/idempotency.py",
        "    if found.request_hash != key.request_hash:\n",
        "    if not found.request_hash:\n",
        f"{_HTTP}::test_a_key_cannot_be_used_for_another_body",
    ),
    mutant(
        "answers-are-sealed",
        "A stored answer is readable to nobody by a query",
        f"{CHASSIS}/http.py",
        "self._context.sealer.seal_text(to_json(view, by_alias=True).decode())",
        "to_json(view, by_alias=True).decode()",
        f"{_HTTP}::test_a_stored_answer_is_readable_to_nobody_by_a_query",
        more=(
            Swap(
                f"{CHASSIS}/http.py", "self._context.sealer.unseal_text(stored.body)", "stored.body"
            ),
        ),
    ),
    mutant(
        "http-tries-again",
        "Lock trouble of a request is tried again",
        f"{CHASSIS}/http.py",
        "                if not is_lock_trouble(error):\n",
        "                if error:\n",
        f"{_HTTP}::test_a_lost_connection_is_tried_again_and_has_one_effect",
    ),
    mutant(
        "token-signature",
        "A token counts by its issuer's signature",
        f"{CHASSIS}/auth.py",
        'options={"require": [*_CLAIMS, issuer.user_claim]}',
        'options={"require": [*_CLAIMS, issuer.user_claim], "verify_signature": False}',
        f"{_AUTH}::test_what_does_not_hold_is_refused",
        f"{_AUTH}::test_a_token_without_signature_is_refused",
    ),
    mutant(
        "role-wanted",
        "Who lacks the role is refused",
        f"{CHASSIS}/access.py",
        "    if reach is None:\n        raise Forbidden(act)\n",
        "    if reach is None:\n        reach = Reach.OWN\n",
        f"{_HTTP}::test_who_lacks_the_role_is_refused_by_the_acts_row",
    ),
    mutant(
        "row-security",
        "The database shows the API role rows of its region alone",
        f"{CHASSIS}/migrations.py",
        "    USING (region = current_setting('kvitt.region', true))\n",
        "    USING (true)\n",
        f"{_TESTS}/test_database.py::test_the_api_role_sees_and_writes_its_region_alone",
    ),
    mutant(
        "reads-of-the-region",
        "Lists, their totals and views hold rows of the caller's region, without row security too",
        f"{CHASSIS}/web/reader.py",
        "session.execute(query.options(mine))",
        "session.execute(query)",
        f"{_LISTS}_a_reader_reads_one_region_without_row_security_too",
    ),
    mutant(
        "pages-by-key",
        "What sorts alike is told apart by the key: no row is passed over between two pages",
        f"{CHASSIS}/web/lists.py",
        "return Order((first, *keys),",
        "return Order((first,),",
        f"{_PAGES}_a_list_that_rests_is_paged_in_its_whole_order",
    ),
    mutant(
        "pages-of-units",
        "A list of some units is never walked to in the order of all units",
        f"{CHASSIS}/web/lists.py",
        "return grant.is_region_wide or order.columns[0] not in self.scope.columns",
        "return grant is not None and order is not None",
        f"{_PAGES}_rows_of_some_units_are_never_walked_to_in_the_order_of_units",
    ),
    mutant(
        "pages-of-users",
        "A list of some users is never walked to in the order of all users",
        f"{CHASSIS}/web/lists.py",
        "order.columns[0] not in self.scope.columns",
        "order.columns[0] not in self.scope.units",
        f"{_PAGES}_rows_of_a_user_are_never_walked_to_in_the_order_of_users",
    ),
    mutant(
        "pages-then",
        "What sorts alike is in the order that the list has then",
        f"{CHASSIS}/web/lists.py",
        "after = self._key() if self.then is None else [self.then, *self._key()]",
        "after = self._key()",
        f"{_PAGES}_rows_that_are_equal_are_in_the_order_that_the_list_has_then",
    ),
    mutant(
        "pages-of-nothing",
        "A list goes on with the rows whose sort has no value",
        f"{CHASSIS}/web/keyset.py",
        "if may_be_null and not self.is_falling else rest",
        "if False else rest",
        f"{_PAGES}_a_list_that_rests_is_paged_in_its_whole_order",
    ),
    mutant(
        "cursor-of-its-list",
        "A cursor is a place in its own list, with its filters, order and region",
        f"{CHASSIS}/web/lists.py",
        "if cursor and (cursor.listed, cursor.sort) != (listed, sort):",
        "if cursor and cursor.sort != sort:",
        f"{_CURSORS}_a_cursor_is_of_its_list_filters_order_and_region",
    ),
    mutant(
        "cursors-are-sealed",
        "An address says nothing of the row that its page begins after",
        f"{CHASSIS}/web/cursors.py",
        "    sealed = sealer.seal_text(document)\n    while",
        "    sealed = document\n    while",
        f"{_CURSORS}_a_cursor_says_nothing_to_who_holds_it",
    ),
)
