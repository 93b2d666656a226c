"""Rule mutants of the vault: who somebody is, what is shown and logged, who is inactive."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_TESTS: Final = "services/orders/tests"
_PARTIES: Final = f"{_CODE}/parties/queries.py"
_HANDLERS: Final = f"{_CODE}/customer_orders/handlers.py"
_PEOPLE: Final = f"{_CODE}/people"
_CARE: Final = f"{_CODE}/care"
_TABLE: Final = "contracts/kvitt_contracts/access/orders.py"
_FLOW: Final = f"{_TESTS}/test_order_flow.py::test"
_HTTP: Final = f"{_TESTS}/test_orders_http.py::test"
_PERSON: Final = f"{_TESTS}/test_persons.py::test"
_DELIVERED: Final = f"{_TESTS}/test_order_deliveries.py::test"
_PERSON_HTTP: Final = f"{_TESTS}/test_persons_http.py::test"

PERSONS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-1a",
        "Two ids of one person take turns in changing its number",
        f"{_PEOPLE}/domain.py",
        "    if stated.number != kept.number:\n",
        "    if not stated.number:\n",
        f"{_PERSON}_an_alias_cannot_change_the_number_of_the_person_it_stands_for",
    ),
    rule_mutant(
        "REF-1d",
        "The registry's new name is not taken over",
        f"{_PEOPLE}/handlers.py",
        "    details.name = fact.name\n",
        "    details.name = details.name or fact.name\n",
        f"{_PERSON}_what_the_registry_says_anew_replaces_name_and_address",
    ),
    rule_mutant(
        "REF-1d",
        "A name that a user writes is passed over in silence",
        f"{_CARE}/api.py",
        '''    """Det som får ändras om en person (REF-1); `null` tar bort uppgiften."""

    model_config = ConfigDict(extra="forbid")
''',
        '''    """Det som får ändras om en person (REF-1); `null` tar bort uppgiften."""

    model_config = ConfigDict(extra="ignore")
''',
        f"{_PERSON_HTTP}_name_and_address_cannot_be_edited",
    ),
    rule_mutant(
        "REF-1e",
        "An edited door code is not stored",
        f"{_PEOPLE}/handlers.py",
        "    details.door_code = command.door_code\n",
        "",
        f"{_PERSON_HTTP}_phone_door_code_and_instructions_can_be_edited",
    ),
    rule_mutant(
        "REF-1e",
        "A stored phone does not show with a later order",
        f"{_CODE}/places/resolving.py",
        "        recipient_phone=said.recipient_phone or recipient.phone,\n",
        "        recipient_phone=said.recipient_phone,\n",
        f"{_DELIVERED}_what_is_stored_of_the_recipient_shows_with_every_later_order",
    ),
    rule_mutant(
        "REF-1e",
        "A door code that was told with an order does not follow into the next",
        f"{_PEOPLE}/writes.py",
        "details.door_code = delivery.door_code or details.door_code",
        "details.door_code = details.door_code",
        f"{_DELIVERED}_door_code_and_instructions_of_the_recipients_door_follow_into_later_orders",
    ),
    rule_mutant(
        "REF-1e",
        "The unit's door code becomes the recipient's",
        f"{_PEOPLE}/writes.py",
        "    if isinstance(delivery.to, RecipientAddress):  # else they belong to another door\n",
        "    if delivery.to:\n",
        f"{_DELIVERED}_door_code_and_instructions_of_the_recipients_door_follow_into_later_orders",
    ),
    rule_mutant(
        "REF-1f",
        "A region's repetition undoes a phone that was edited here",
        f"{_PEOPLE}/domain.py",
        "    if stated is None or stated == known.stated:\n",
        "    if stated is None:\n",
        f"{_PERSON}_a_fact_changes_the_phone_when_the_region_has_changed_it",
        f"{_PERSON}_a_phone_that_was_edited_here_outlives_a_repetition",
    ),
    rule_mutant(
        "REF-1f",
        "A registry without a phone removes the one that is stored",
        f"{_PEOPLE}/domain.py",
        "    if stated is None or stated == known.stated:\n",
        "    if stated == known.stated:\n",
        f"{_PERSON}_a_saved_phone_number_outlives_a_registry_that_has_none",
    ),
    rule_mutant(
        "REF-1f",
        "The first phone that a region states replaces one that was edited before",
        f"{_PEOPLE}/domain.py",
        "    was_edited = known.stated is None and known.phone is not None\n",
        "    was_edited = False\n",
        f"{_PERSON}_a_fact_changes_the_phone_when_the_region_has_changed_it",
    ),
    rule_mutant(
        "REF-2b",
        "Nobody is shown as deceased",
        f"{_PEOPLE}/domain.py",
        """            protected=details.protected,
            deceased=details.deceased,
""",
        """            protected=details.protected,
            deceased=False,
""",
        f"{_PERSON_HTTP}_it_is_shown_that_somebody_is_deceased",
    ),
    rule_mutant(
        "REF-6a",
        "Nobody can tell who edited a phone",
        f"{_PEOPLE}/handlers.py",
        "    log_edit(tx, UserId(tx.actor), PersonRef(row.id))\n",
        "",
        f"{_PERSON_HTTP}_it_is_logged_who_edited_a_phone_and_when",
    ),
    rule_mutant(
        "REF-6a",
        "Nobody can tell who placed an order",
        "chassis/kvitt_chassis/transaction.py",
        "            actor=self.actor,\n",
        "            actor=None,\n",
        f"{_HTTP}_who_placed_an_order_and_when_can_be_read_afterwards",
    ),
    rule_mutant(
        "REF-6b",
        "Who did something with a person cannot be read by the person",
        f"{_PEOPLE}/queries.py",
        "    return and_(theirs, or_(mine, is_open))\n",
        "    return and_(PersonAccessRow.access_id == person, or_(mine, is_open))\n",
        f"{_PERSON_HTTP}_it_is_logged_who_edited_a_phone_and_when",
    ),
    rule_mutant(
        "REF-8a",
        "A person of another home region is not found",
        f"{_PEOPLE}/queries.py",
        "        if row is not None:\n            return row.person\n",
        "        if row is not None and row.home_region == tx.region:\n"
        "            return row.person\n",
        f"{_PERSON_HTTP}_a_person_of_another_home_region_is_found_all_the_same",
    ),
    rule_mutant(
        "REF-8b",
        "Whoever is added by hand cannot be ordered for",
        f"{_PEOPLE}/handlers.py",
        "    row = _start(named, active=True, is_protected=command.protected, tx=tx)\n",
        "    row = _start(named, active=False, is_protected=command.protected, tx=tx)\n",
        f"{_PERSON_HTTP}_a_person_who_is_not_found_is_added_by_hand",
    ),
    rule_mutant(
        "REF-9a",
        "A protected person's address is shown to whoever orders",
        f"{_PEOPLE}/domain.py",
        "    hidden = details.protected and purpose is not Purpose.DELIVERY\n",
        "    hidden = details.protected and purpose is Purpose.DISPLAY\n",
        f"{_PERSON_HTTP}_only_delivery_resolves_the_address_of_a_protected_person",
    ),
    rule_mutant(
        "REF-9a",
        "Whoever prescribes may ask where an order is taken",
        f"{_PEOPLE}/domain.py",
        "    Purpose.DELIVERY: _DELIVERS,\n",
        "    Purpose.DELIVERY: _SEARCHES,\n",
        f"{_PERSON_HTTP}_a_prescriber_may_not_ask_where_things_are_taken",
    ),
    rule_mutant(
        "REF-12h",
        "A prescriber adds persons who are missing in the registry",
        _TABLE,
        '"POST /persons": ("orders.person.add", STAFF)',
        '"POST /persons": ("orders.person.add", WORKS)',
        f"{_PERSON_HTTP}_customer_service_adds_persons_and_prescribers_do_not",
    ),
    rule_mutant(
        "REF-12m",
        "A person is added for somebody whom nobody knows",
        f"{_PEOPLE}/handlers.py",
        '    await tx.get(UserRow, user_key(command.asked_by, tx), rule="REF-12"',
        '    await tx.look_up(UserRow, user_key(command.asked_by, tx))  # , rule="REF-12"',
        f"{_PERSON_HTTP}_nobody_is_added_unless_somebody_known_asked_for_it",
    ),
    rule_mutant(
        "REF-12m",
        "It is not stored who had a person added",
        f"{_PEOPLE}/handlers.py",
        "    details.asked_by = command.asked_by\n",
        "",
        f"{_PERSON_HTTP}_it_is_stored_who_had_a_person_added",
    ),
    rule_mutant(
        "REF-14a",
        "The deceased stay active",
        f"{_PEOPLE}/handlers.py",
        "    active = fact.active and not fact.deceased\n",
        "    active = fact.active\n",
        f"{_PERSON}_the_moved_and_the_deceased_become_inactive",
    ),
    rule_mutant(
        "REF-14a",
        "Something new is registered on the inactive",
        _PARTIES,
        "    must_be_active(person.state())\n",
        "",
        f"{_HTTP}_no_route_takes_anything_new_for_an_inactive_recipient",
        f"{_FLOW}_nothing_new_is_registered_on_an_inactive_recipient",
    ),
    rule_mutant(
        "REF-14c",
        "An order is held up by what has become of its recipient",
        _HANDLERS,
        "    tx.record(row, *domain.plan(row.state(), on=event.planned_dispatch_on))\n",
        "    if row.recipient_person is not None:\n"
        "        must_be_active((await tx.get(PersonRow, row.recipient_person)).state())\n"
        "    tx.record(row, *domain.plan(row.state(), on=event.planned_dispatch_on))\n",
        f"{_FLOW}_what_was_placed_before_the_recipient_became_inactive_goes_on",
        more=(
            Swap(
                _HANDLERS,
                "from orders.units.models import UserRow\n",
                "from orders.people.domain import must_be_active\n"
                "from orders.people.models import PersonRow\n"
                "from orders.units.models import UserRow\n",
            ),
        ),
    ),
    rule_mutant(
        "REF-14b",
        "The refusal does not say whom to contact",
        f"{_PEOPLE}/domain.py",
        'way_on="Mottagaren är inaktiv. Kontakta hjälpmedelsservice.",',
        'way_on="Mottagaren är inaktiv.",',
        f"{_FLOW}_nothing_new_is_registered_on_an_inactive_recipient",
    ),
)
