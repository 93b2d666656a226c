"""Rule mutants of who looks at a person (REF-19), where orders has the rule."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_PEOPLE: Final = f"{_CODE}/people"
_CARE: Final = f"{_CODE}/care"
_WHOSE: Final = f"{_CARE}/queries.py"
_LOOKS: Final = f"{_CARE}/looks.py"
_RULES: Final = f"{_PEOPLE}/domain.py"
_VAULT: Final = f"{_PEOPLE}/queries.py"
_LOG: Final = f"{_PEOPLE}/writes.py"
_GIVEN: Final = "services/orders/tests/test_care.py::test"
_OPENED: Final = "services/orders/tests/test_openings.py::test"
_PROTECTED: Final = "services/orders/tests/test_protection.py::test"
_BY_PART: Final = f"{_GIVEN}_a_part_in_the_care_gives_the_person"
_IN_HAND: Final = f"{_GIVEN}_a_reference_in_hand_gives_nobody_anything"
_LIMIT: Final = f"{_OPENED}_a_user_has_so_many_looks_in_an_hour"
_LASTS: Final = f"{_OPENED}_an_opening_lasts_a_days_work"
_EMERGENCY: Final = f"{_OPENED}_a_person_is_opened_in_an_emergency_with_a_reason_that_is_logged"

LOOKS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-19a",
        "Whoever has a reference sees who it is",
        _LOOKS,
        "    reached = await given(refs, purpose, caller, tx)\n",
        "    reached = await given(refs, purpose, caller, tx) | set(refs)\n",
        _IN_HAND,
        _BY_PART,
    ),
    rule_mutant(
        "REF-19a",
        "Somebody else's order gives its recipient",
        _WHOSE,
        ".where(ORDERS_SCOPE.of_units(caller))",
        "",
        _BY_PART,
    ),
    rule_mutant(
        "REF-19a",
        "A draft gives a part",
        _WHOSE,
        "row.region == region, row.is_sent, about)",
        "row.region == region, about)",
        f"{_GIVEN}_a_draft_gives_nobody_a_person_whom_its_sender_knew",
    ),
    rule_mutant(
        "REF-19a",
        "Whoever writes a stranger's id on a transfer sees who it is",
        _WHOSE,
        "and_(row.new_person == person, knew)",
        "row.new_person == person",
        _BY_PART,
    ),
    rule_mutant(
        "REF-19a",
        "Whom the sender of a transfer knew gives the stranger who is asked for beside",
        _WHOSE,
        "    return query.correlate_except(OrderRow)\n",
        "    return query\n",
        f"{_GIVEN}_whom_a_sender_knew_gives_nobody_the_stranger_who_is_asked_for_beside",
    ),
    rule_mutant(
        "REF-19a",
        "The receiver of a transfer that was rejected keeps a part",
        _WHOSE,
        "    return or_(sends, and_(receives, ~row.came_to_nothing))\n",
        "    return or_(sends, receives)\n",
        _BY_PART,
    ),
    rule_mutant(
        "REF-19a",
        "What names an alias gives nobody the person",
        _VAULT,
        "            PersonRow.region == region, PersonRow.merged_into == same.c.id\n",
        "            PersonRow.region == region, PersonRow.merged_into == PersonRow.id\n",
        f"{_GIVEN}_a_part_in_the_care_of_an_alias_gives_the_person_it_stands_for",
    ),
    rule_mutant(
        "REF-19a",
        "Customer service resolves whom nothing is ordered for",
        _WHOSE,
        "    stands = orders.exists()\n",
        "    stands = or_(orders.exists(), ~orders.exists())\n",
        f"{_GIVEN}_an_order_gives_its_recipient_to_who_serves_the_region",
    ),
    rule_mutant(
        "REF-19b",
        "Who finds a person by number does not see them",
        _RULES,
        "OPENING = frozenset({Look.FOUND, Look.ADDED, Look.OPENED})\n",
        "OPENING = frozenset({Look.ADDED, Look.OPENED})\n",
        f"{_OPENED}_who_finds_a_person_by_number_may_see_them_and_nobody_else_may",
    ),
    rule_mutant(
        "REF-19b",
        "What one has opened all see",
        _VAULT,
        ".where(PersonAccessRow.user_id == user, recent)",
        ".where(recent)",
        f"{_OPENED}_who_finds_a_person_by_number_may_see_them_and_nobody_else_may",
    ),
    rule_mutant(
        "REF-19b",
        "An opening never ends",
        _VAULT,
        "    recent = PersonAccessRow.at > func.now() - OPEN_FOR\n",
        "    recent = PersonAccessRow.at < func.now() + OPEN_FOR\n",
        _LASTS,
    ),
    rule_mutant(
        "REF-19b",
        "A number is looked for with anybody's purpose",
        f"{_CARE}/api.py",
        "    if not looker.caller.may(act_for(purpose)):\n",
        "    if not who_may_ask(purpose):\n",
        f"{_OPENED}_a_number_is_looked_for_with_a_purpose_of_ones_role",
    ),
    rule_mutant(
        "REF-19b",
        "Numbers that nobody has cost nothing",
        _RULES,
        "_FINDS = frozenset({Look.FOUND, Look.NOT_FOUND, Look.ADDED})\n",
        "_FINDS = frozenset({Look.FOUND, Look.ADDED})\n",
        _LIMIT,
    ),
    rule_mutant(
        "REF-19b",
        "What is asked for at once is counted once",
        _LOG,
        "    await tx.session.execute(select(func.pg_advisory_xact_lock(whose)))\n",
        "    await tx.session.execute(select(whose))\n",
        f"{_OPENED}_what_is_asked_for_at_once_is_counted_one_by_one",
    ),
    rule_mutant(
        "REF-19b",
        "A person who is added is looked for without a limit",
        f"{_PEOPLE}/handlers.py",
        "    await must_have_a_turn(limit, by, tx)\n",
        "    assert limit\n",
        f"{_OPENED}_adding_a_person_whom_the_registry_has_is_a_look_by_number",
    ),
    rule_mutant(
        "REF-19c",
        "An emergency opens nobody",
        _RULES,
        "OPENING = frozenset({Look.FOUND, Look.ADDED, Look.OPENED})\n",
        "OPENING = frozenset({Look.FOUND, Look.ADDED})\n",
        _EMERGENCY,
        _LASTS,
    ),
    rule_mutant(
        "REF-19c",
        "The reason of an emergency is not stored",
        _LOG,
        "            reason=reason,\n",
        "            reason=None,\n",
        _EMERGENCY,
    ),
    rule_mutant(
        "REF-19c",
        "A person is opened in an emergency without a reason",
        f"{_CARE}/api.py",
        "            min_length=10,\n",
        "            min_length=0,\n",
        f"{_OPENED}_nobody_is_opened_without_a_reason",
    ),
    rule_mutant(
        "REF-19d",
        "A number that nobody has is not logged",
        _LOOKS,
        "    log_accesses(tx, caller.user_id, purpose, [ref], look=look)\n",
        "    log_accesses(tx, caller.user_id, purpose, [ref] if ref else [], look=look)\n",
        f"{_OPENED}_a_number_that_nobody_has_is_logged_as_any_look",
    ),
    rule_mutant(
        "REF-19d",
        "Who was asked for and not shown is not logged",
        _LOOKS,
        "    log_accesses(tx, caller.user_id, purpose, missed, look=Look.OUT_OF_REACH)\n",
        "",
        f"{_GIVEN}_who_was_asked_for_and_not_shown_is_logged",
    ),
    rule_mutant(
        "REF-19d",
        "Nothing alarms when many look",
        _LOG,
        "        tx.after_commit(lambda: counted.inc(len(persons)))\n",
        "        assert counted\n",
        f"{_OPENED}_looks_are_counted_by_what_came_of_them",
    ),
    rule_mutant(
        "REF-19e",
        "Customer service is given a protected recipient",
        _WHOSE,
        "and_(or_(stands, has_part), ~is_protected)",
        "or_(stands, has_part)",
        f"{_GIVEN}_a_protected_recipient_is_given_to_the_units_and_the_regions_system_alone",
    ),
    rule_mutant(
        "REF-19e",
        "Orders of protected persons are shown to the whole region's customer service",
        f"{_CODE}/customer_orders/queries.py",
        "    return is_of_protected(OrderRow.recipient_person)\n",
        "    return OrderRow.recipient_person.is_(None)\n",
        f"{_GIVEN}_orders_of_a_protected_person_are_the_units_and_the_regions_systems_alone",
    ),
    rule_mutant(
        "REF-19e",
        "The log of looks tells who cares for a protected person",
        f"{_CODE}/extracts/looks.py",
        "(one.person in withheld or (one.person, one.unit) in blocked)",
        "((one.person, one.unit) in blocked)",
        f"{_PROTECTED}_the_log_of_looks_does_not_tell_who_cares_for_a_protected_person",
    ),
    rule_mutant(
        "REF-19e",
        "Who asks the log for a protected person is told who cares for them",
        _VAULT,
        "    return and_(theirs, or_(mine, is_open))\n",
        "    return and_(theirs, or_(mine, is_open, ~is_open))\n",
        f"{_PROTECTED}_the_log_of_looks_does_not_tell_who_cares_for_a_protected_person",
    ),
    rule_mutant(
        "REF-19e",
        "Nobody is told that a person has become protected",
        f"{_PEOPLE}/handlers.py",
        "    tx.record(row, *domain.state_protection(row.state(), is_protected=fact.protected))\n",
        "",
        f"{_PROTECTED}_it_is_emitted_when_a_person_becomes_protected_and_when_no_more",
        f"{_PROTECTED}_whom_a_protected_person_turns_out_to_be_is_protected",
    ),
    rule_mutant(
        "REF-19e",
        "A protected person is not so any more once another id of theirs stands",
        f"{_PEOPLE}/handlers.py",
        "    if was_protected:",
        "    if was_protected and row.id == into.id:",
        f"{_PROTECTED}_who_turns_out_to_be_a_protected_person_is_protected",
    ),
    rule_mutant(
        "REF-19e",
        "Nobody is told who was protected before",
        f"{_PEOPLE}/handlers.py",
        "    if details is not None and details.protected:\n",
        "    if details is None:\n",
        f"{_PROTECTED}_who_was_protected_before_it_was_told_is_told_after_the_upgrade",
    ),
    rule_mutant(
        "REF-19f",
        "A phone that an order changes is changed by nobody",
        _LOG,
        "    if details.contact != before:\n",
        "    if details.contact is before:\n",
        f"{_OPENED}_a_phone_that_is_changed_by_an_order_is_logged",
    ),
    rule_mutant(
        "REF-19g",
        "The log has business time",
        _LOG,
        "            access_id=uuid4(),\n",
        "            access_id=uuid4(),\n            at=tx.now,\n",
        f"{_OPENED}_the_log_has_real_time_whatever_business_time_is",
    ),
)
