"""Rule mutants of cases and of what waits."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_RULES: Final = f"{_CODE}/cases/domain.py"
_QUERIES: Final = f"{_CODE}/cases/queries.py"
_HANDLERS: Final = f"{_CODE}/cases/handlers.py"
_CASE: Final = "services/orders/tests/test_cases.py::test"
_OFFER: Final = "services/orders/tests/test_offers.py::test"
_WAIT: Final = "services/orders/tests/test_waits.py::test"

CASES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ACT-9a",
        "A complaint about a device is none",
        _RULES,
        "    Kind.COMPLAINT: _CARRIED_OUT | {About.DEVICE, About.TRANSFER},\n",
        "    Kind.COMPLAINT: _CARRIED_OUT,\n",
        f"{_CASE}_a_case_is_asked_from_where_it_arises_and_waits",
    ),
    rule_mutant(
        "CAS-1a",
        "A case is about what another unit has",
        _QUERIES,
        "        within = _SOURCES[about].scope.within(grant)\n",
        "        within = row.region == tx.region\n",
        f"{_CASE}_what_another_unit_has_is_answered_as_what_does_not_exist",
    ),
    rule_mutant(
        "CAS-1a",
        "A case is about a person whom the asker may not see",
        _QUERIES,
        "        within = reach_to(PersonRef(thing)).of_units(grant.caller)\n",
        "        within = row.region == tx.region\n",
        f"{_CASE}_what_another_unit_has_is_answered_as_what_does_not_exist",
    ),
    rule_mutant(
        "CAS-1a",
        "A case is asked from anywhere",
        _RULES,
        "    must_act_at(place, by)\n",
        "",
        f"{_CASE}_a_case_is_asked_from_a_service_point_of_ones_own",
    ),
    rule_mutant(
        "CAS-1b",
        "What a case is about fits no kind in particular",
        _RULES,
        '    if _word(About, about.kind, field="about.kind") not in _FITS[kind]:\n',
        '    if _word(About, about.kind, field="about.kind") not in About:\n',
        f"{_CASE}_what_a_case_is_about_fits_its_kind",
    ),
    rule_mutant(
        "CAS-1b",
        "A case about nothing says nothing",
        _RULES,
        "    if about is None and not has_text:\n",
        "    if about is None and not has_text and by.has(Role.REQUESTER):\n",
        f"{_CASE}_what_a_case_is_about_fits_its_kind",
    ),
    rule_mutant(
        "CAS-1c",
        "What is written in a case is nowhere to be read",
        _HANDLERS,
        "    row.text = text\n    await_answer(row, tx)\n",
        "    await_answer(row, tx)\n",
        f"{_CASE}_over_http_a_case_is_written_answered_and_told",
    ),
    rule_mutant(
        "CAS-1d",
        "A case is answered again and again",
        _RULES,
        "    if case.status is Status.ANSWERED:\n",
        "    if case.status is Status.ANSWERED and case.answered_by is None:\n",
        f"{_CASE}_a_case_is_answered_once",
    ),
    rule_mutant(
        "CAS-1d",
        "What is asked of a pickup is said to be done, and is not",
        _RULES,
        "    if not is_done or case.about is None or case.about.kind != Word(About.PICKUP):\n",
        "    if not is_done or case.about is None or case.about.kind != Word(About.ORDER):\n",
        f"{_CASE}_what_is_asked_of_a_pickup_is_done_with_the_answer",
    ),
    rule_mutant(
        "CAS-1e",
        "A refusal does not say why",
        _RULES,
        "    if said is Outcome.REFUSED and says_why and not has_text:\n",
        "    if said is Outcome.DONE and says_why and not has_text:\n",
        f"{_CASE}_over_http_a_case_is_written_answered_and_told",
    ),
    rule_mutant(
        "CAS-1f",
        "Anybody withdraws a case",
        _RULES,
        "    if by.user_id != case.asked_by and not by.works_at(CustomerId(case.service_point)):\n",
        "    if not by.active:\n",
        f"{_CASE}_who_asked_or_a_colleague_withdraws_a_case",
    ),
    rule_mutant(
        "CAS-1g",
        "Customer service is told a day early",
        f"{_CODE}/cases/writes.py",
        "due=start_of_day(row.due_on + timedelta(days=1))",
        "due=start_of_day(row.due_on)",
        f"{_CASE}_what_nobody_answers_in_time_is_told_once_and_waits_on",
    ),
    rule_mutant(
        "CAS-1h",
        "Those that are over are listed with those that wait",
        f"{_CODE}/cases/api.py",
        "    waiting_alone = () if asked.status else (CaseRow.status == Status.WAITING,)\n",
        "    waiting_alone = () if asked.status else (CaseRow.status != Status.WITHDRAWN,)\n",
        f"{_CASE}_those_that_wait_are_listed_the_oldest_first",
    ),
    rule_mutant(
        "CAS-1h",
        "The newest case is the first",
        f"{_CODE}/cases/api.py",
        '    default="asked_on",\n',
        '    default="-asked_on",\n',
        f"{_CASE}_those_that_wait_are_listed_the_oldest_first",
    ),
    rule_mutant(
        "CAS-1j",
        "What others prescribe is offered",
        _QUERIES,
        "        DEVICES.within(_grant(by, tx)),\n",
        "",
        f"{_OFFER}_only_what_the_patient_has_and_the_asker_sees_is_offered",
    ),
    rule_mutant(
        "CAS-1j",
        "What another patient has is offered",
        _QUERIES,
        "        is_of_person(CareDeviceRow.person, PersonRef(about.id), tx.region),\n",
        "",
        f"{_OFFER}_only_what_the_patient_has_and_the_asker_sees_is_offered",
    ),
    rule_mutant(
        "CAS-1j",
        "What waits for an answer is offered again",
        _RULES,
        "        if device in offered:\n",
        "        if device in named:\n",
        f"{_OFFER}_what_waits_for_an_answer_is_not_offered_again",
    ),
    rule_mutant(
        "CAS-1j",
        "An offer does not say to whom",
        _RULES,
        "    if named and not has_text:\n",
        "    if named and has_text and about is None:\n",
        f"{_OFFER}_an_offer_names_what_the_patient_has_once_and_says_to_whom",
    ),
    rule_mutant(
        "CAS-1i",
        "Customer service does not see what concerns a protected person",
        _QUERIES,
        "SCOPE: Final = Scope(\n"
        "    CaseRow.region, service_points=[CaseRow.service_point], users=[CaseRow.asked_by]\n"
        ")\n",
        "SCOPE: Final = ScopeOfPersons(\n"
        "    CaseRow.region,\n"
        "    service_points=[CaseRow.service_point],\n"
        "    users=[CaseRow.asked_by],\n"
        "    protected=lambda: CaseRow.about_id.is_not(None),\n"
        ")\n",
        f"{_CASE}_customer_service_answers_what_concerns_a_protected_person",
        more=(
            Swap(
                _QUERIES,
                "from orders.people.models import PersonIdRow, PersonRow\n",
                "from kvitt_chassis.web.protection import ScopeOfPersons\n"
                "from orders.people.models import PersonIdRow, PersonRow\n",
            ),
        ),
    ),
    rule_mutant(
        "REF-19e",
        "The list of what is offered prints what its reader does not see",
        f"{_CODE}/cases/api.py",
        "    shown = {one.device_id for one in seen}\n",
        "    shown = {*row.devices, *(one.device_id for one in seen)}\n",
        f"{_OFFER}_what_is_offered_is_printed_for_those_who_read_the_case",
    ),
    rule_mutant(
        "REF-20a",
        "A pickup waits for who fetches it before the store has answered",
        f"{_CODE}/pickups/domain.py",
        "    if pickup.status is Status.REQUESTED:\n        return Wait(",
        "    if pickup.status is Status.REFUSED:\n        return Wait(",
        f"{_WAIT}_a_pickup_waits_for_the_store_and_then_for_who_fetches",
    ),
    rule_mutant(
        "REF-20a",
        "A fault report waits until no day",
        f"{_CODE}/fault_reports/writes.py",
        "    if row.status in AWAITING:\n",
        "    row.due_on += timedelta(days=1)\n    if row.status in AWAITING:\n",
        f"{_WAIT}_a_fault_report_waits_for_each_that_is_to_act",
    ),
    rule_mutant(
        "REF-20a",
        "What was forwarded to a user waits for the technicians",
        f"{_CODE}/fault_reports/domain.py",
        "on=Owner.USER, ",
        "on=Owner.TECHNICIANS, ",
        f"{_WAIT}_a_forwarded_report_waits_for_a_user_and_a_closed_one_for_nothing",
    ),
    rule_mutant(
        "REF-20b",
        "What is late comes last",
        f"{_CODE}/waiting/api.py",
        '    default="due_on",\n',
        '    default="-due_on",\n',
        f"{_WAIT}_what_waits_is_listed_for_a_unit_the_latest_first",
    ),
    rule_mutant(
        "REF-20b",
        "What is not late is listed as late",
        f"{_CODE}/waiting/api.py",
        "        criteria.append(WaitingThing.due_on < tx.today)\n",
        "        criteria.append(WaitingThing.due_on > tx.today)\n",
        f"{_WAIT}_the_list_is_narrowed_by_owner_and_to_what_is_late",
    ),
)
