"""Rule mutants of what patients say of who sees what units have of them (REF-25, REF-26)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_WISHES: Final = "chassis/kvitt_chassis/web/wishes.py"
_SCOPE: Final = "chassis/kvitt_chassis/web/protection.py"
_RULES: Final = f"{_CODE}/blocks/domain.py"
_BLOCKED: Final = "services/orders/tests/test_blocks.py::test"
_CONSENTED: Final = "services/orders/tests/test_consents.py::test"
_OUT: Final = f"{_BLOCKED}_what_a_unit_has_of_who_asked_for_a_block_is_out_of_others_reach"
_ASKED: Final = f"{_BLOCKED}_a_block_is_asked_of_ones_own_unit_by_who_may"
_EMERGENCY: Final = (
    f"{_BLOCKED}_what_is_blocked_is_opened_in_an_emergency_until_the_hours_have_passed"
)
_BY_CONSENT: Final = f"{_CONSENTED}_a_unit_sees_what_another_has_by_consent_alone"

BLOCKS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-25a",
        "A block is asked for on a day to come",
        _RULES,
        "    if asked_on > today:\n",
        "    if asked_on < today:\n",
        _ASKED,
    ),
    rule_mutant(
        "REF-25b",
        "A block hides nothing",
        _SCOPE,
        "        return and_(reached, not_(self.hides(",
        "        return and_(reached, or_(True, self.hides(",
        _OUT,
    ),
    rule_mutant(
        "REF-25b",
        "A block is of the reference that it was asked under alone",
        _WISHES,
        "        return found.union(further)\n",
        "        return found.union(further.where(false()))\n",
        f"{_BLOCKED}_a_block_follows_whom_the_person_turns_out_to_be",
    ),
    rule_mutant(
        "REF-25c",
        "Nobody is told that something is blocked",
        f"{_CODE}/wishes/views.py",
        "    return any(stands) and not any(may)\n",
        "    return any(stands) and any(may)\n",
        f"{_BLOCKED}_that_something_is_blocked_is_told_and_not_what",
    ),
    rule_mutant(
        "REF-25d",
        "A block stands for ever",
        _RULES,
        "            return replace(block, status=Status.LIFTED)\n",
        "            return block\n",
        f"{_BLOCKED}_a_block_ends_when_the_patient_wants_it",
    ),
    rule_mutant(
        "REF-25e",
        "What is opened in an emergency stays open",
        f"{_CODE}/blocks/handlers.py",
        "    row.is_over = True\n",
        "    row.is_over = False\n",
        _EMERGENCY,
    ),
    rule_mutant(
        "REF-25e",
        "The unit is not told",
        "services/notifications/notifications/blocks/handlers.py",
        "    post(tx, to, NewKind.BLOCK_OPENED, about_person(event.person))\n",
        "    _ = (post, to, NewKind.BLOCK_OPENED, about_person(event.person))\n",
        "services/notifications/tests/test_blocks.py::test_the_unit_is_told_that_its_block_was_opened",
    ),
    rule_mutant(
        "REF-25f",
        "Customer service sees what is over",
        f"{_CODE}/customer_orders/api.py",
        "is_under_way=lambda: OrderRow.status.in_(domain.OPEN),",
        "is_under_way=lambda: OrderRow.status.in_(tuple(domain.Status)),",
        f"{_BLOCKED}_customer_service_sees_what_is_under_way_and_not_what_is_over",
    ),
    rule_mutant(
        "REF-26a",
        "By a consent a unit acts on what is others'",
        _SCOPE,
        "        if grant.act.only_reads and not grant.is_region_wide:\n",
        "        if not grant.is_region_wide:\n",
        f"{_CONSENTED}_by_a_consent_nothing_is_done",
    ),
    rule_mutant(
        "REF-26b",
        "Each consent opens what is blocked",
        _WISHES,
        "                consents.c.opens_blocks, consents.c.unit.in_(",
        "                consents.c.unit.in_(",
        f"{_CONSENTED}_what_is_blocked_is_seen_by_a_consent_that_says_so",
    ),
    rule_mutant(
        "REF-26c",
        "A consent holds for ever",
        f"{_CODE}/consents/domain.py",
        "            return replace(consent, status=Status.WITHDRAWN)\n",
        "            return consent\n",
        f"{_CONSENTED}_a_consent_is_taken_back_at_any_time",
    ),
    rule_mutant(
        "REF-26c",
        "A consent holds after its last day",
        f"{_CODE}/consents/domain.py",
        "            return replace(consent, status=Status.ENDED)\n",
        "            return consent\n",
        f"{_CONSENTED}_a_consent_ends_after_its_last_day",
    ),
    rule_mutant(
        "REF-26d",
        "Another unit's consent is one's own",
        _WISHES,
        "        mine = consents.c.unit.in_(sorted(caller.service_points))\n",
        "        mine = consents.c.unit.is_not(None)\n",
        f"{_CONSENTED}_a_consent_to_one_unit_shows_nothing_to_another",
    ),
    rule_mutant(
        "REF-24e",
        "A person is not told of their blocks",
        f"{_CODE}/erasures/exports.py",
        "        blocks=tuple(map(BlockSaid.model_validate, await blocks_among(refs, tx))),\n",
        "        blocks=(),\n",
        f"{_BLOCKED}_a_person_is_told_what_they_have_said",
    ),
)
