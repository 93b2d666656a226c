"""Rule mutants of the log as evidence (REF-21): the chassis chains it, orders writes it."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CHAIN: Final = "chassis/kvitt_chassis/evidence/chain.py"
_SEALER: Final = "chassis/kvitt_chassis/evidence/sealer.py"
_WALK: Final = "chassis/kvitt_chassis/evidence/verifying.py"
_PEOPLE: Final = "services/orders/orders/people"
_EVIDENCE: Final = "chassis/tests/test_evidence.py::test"
_PLANTED: Final = f"{_EVIDENCE}_a_chain_holds_and_each_planted_change_is_found_where_it_is"
_CUT: Final = f"{_EVIDENCE}_an_end_that_was_cut_off_is_found_by_what_was_kept_apart"
_LOG: Final = "services/orders/tests/test_person_log.py::test"

LOG: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-21a",
        "What is done about a person is no row",
        f"{_PEOPLE}/done.py",
        "        if tx.is_command and tx.actor is not None:\n",
        "        if tx.is_command and tx.actor is None:\n",
        f"{_LOG}_an_order_is_logged_of_its_recipient_with_unit_and_act_whichever_way_it_comes",
    ),
    rule_mutant(
        "REF-21a",
        "What is asked about a person's things is no row",
        "services/orders/orders/cases/models.py",
        "        return () if self.person is None else (self.person,)\n",
        "        return ()\n",
        f"{_LOG}_what_is_asked_about_a_persons_thing_is_logged_of_them",
    ),
    rule_mutant(
        "REF-21a",
        "What is bought for a person is no row",
        "services/orders/orders/purchase_orders/handlers.py",
        "        recipient_person=order.recipient_person,\n",
        "",
        f"{_LOG}_what_is_bought_for_a_person_is_logged_of_them",
    ),
    rule_mutant(
        "REF-21a",
        "A look does not say from which unit",
        f"{_PEOPLE}/writes.py",
        "            unit=tx.place,\n",
        "            unit=None,\n",
        f"{_LOG}_a_look_is_logged_with_the_unit_and_the_act_that_it_was",
    ),
    rule_mutant(
        "REF-21a",
        "What is done in other services is not logged",
        "services/orders/orders/handlers.py",
        "messages = logging_what_is_done(bringing_to_baskets(_together))",
        "messages = bringing_to_baskets(_together)",
        f"{_LOG}_what_is_done_about_persons_elsewhere_is_logged_when_it_is_heard",
    ),
    rule_mutant(
        "REF-21b",
        "A link does not hash what stands before it",
        _CHAIN,
        "        links.append(\n",
        "        before = START\n        links.append(\n",
        f"{_EVIDENCE}_rows_are_joined_once_they_are_there_whoever_seals",
    ),
    rule_mutant(
        "REF-21b",
        "A row's contents are not hashed",
        _CHAIN,
        "before.hex(), link.row_key, link.content]",
        "before.hex(), link.row_key]",
        _PLANTED,
    ),
    rule_mutant(
        "REF-21b",
        "A link that is left out is passed over",
        _CHAIN,
        "        if link.position != after + 1:\n",
        "        if link.position <= after:\n",
        _PLANTED,
    ),
    rule_mutant(
        "REF-21b",
        "An end that was cut off is not looked for",
        _WALK,
        "        if head is not None and not await holds(session, chain, head):\n",
        "        if head is not None and await holds(session, chain, head) is None:\n",
        _CUT,
    ),
    rule_mutant(
        "REF-21b",
        "What was put in beside the chain passes",
        _WALK,
        "        None if row is None else Broken(",
        "        None if row is None or after else Broken(",
        f"{_LOG}_a_row_that_is_put_in_with_an_old_time_is_found",
    ),
    rule_mutant(
        "REF-21c",
        "What the policy keeps goes once the law lets it",
        _SEALER,
        "self._database.policies.in_force(region, now).log.keep_years",
        "5",
        f"{_LOG}_nobody_removes_what_the_law_has_kept_for_five_years",
    ),
    rule_mutant(
        "REF-21c",
        "A stone that was altered stands for its stretch",
        _CHAIN,
        'self._mac(key_id, ["stone", chain, *stretch, stone.last_mac.hex()])',
        "stone.mac",
        f"{_EVIDENCE}_a_stone_is_sealed_and_follows_the_one_before_it",
    ),
    rule_mutant(
        "REF-21d",
        "Customer service reads where who is protected is cared for",
        "services/orders/orders/extracts/queries.py",
        "    return theirs & or_(mine, PersonAccessRow.person.not_in(protected_references()))\n",
        "    return theirs & or_(mine, PersonAccessRow.person.is_not(None))\n",
        f"{_LOG}_where_who_is_protected_is_cared_for_is_told_through_the_region_alone",
    ),
    rule_mutant(
        "REF-21d",
        "An extract has no line of the person",
        "services/orders/orders/extracts/api.py",
        "is_given_to(person, reader))\n",
        "is_given_to(person, reader), PersonAccessRow.person.is_(None))\n",
        f"{_LOG}_a_person_is_told_when_from_where_and_for_what_and_that_is_logged",
    ),
    rule_mutant(
        "REF-21e",
        "A reason in somebody's own words is handed on",
        f"{_PEOPLE}/log.py",
        '            "purpose": row["purpose"],\n',
        '            "purpose": row["purpose"],\n            "reason": row.get("reason"),\n',
        f"{_LOG}_the_regions_monitoring_reads_it_in_order_without_anybodys_data",
    ),
)
