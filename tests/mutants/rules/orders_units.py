"""Rule mutants of units and users as orders knows them."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_DEFAULTS: Final = "services/orders/tests/test_defaults.py::test"
_CODE: Final = "services/orders/orders"
_TESTS: Final = "services/orders/tests"
_PLACING: Final = f"{_CODE}/placements/domain.py"
_PARTIES: Final = f"{_CODE}/parties/domain.py"
_ACCESS: Final = "chassis/kvitt_chassis/access.py"
_UNITS: Final = f"{_CODE}/units/domain.py"
_PLACE: Final = f"{_TESTS}/test_placing.py::test"
_UNIT: Final = f"{_TESTS}/test_units.py::test"
_LINE: Final = f"{_TESTS}/test_order_lines.py::test"
_REACH: Final = f"{_TESTS}/test_access.py::test"
_CONTACT: Final = f"{_TESTS}/test_contacts.py::test"

UNITS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-3a",
        "A default service point need not be one of the user's",
        _UNITS,
        "    if fact.default_service_point not in fact.service_points:\n",
        "    if not fact.service_points:\n",
        f"{_UNIT}_a_default_that_is_not_among_the_service_points_is_refused",
    ),
    rule_mutant(
        "REF-3a",
        "A user works at a customer that is no service point",
        _UNITS,
        "        if not customer.is_service_point:\n",
        "        if not customer.payer_id:\n",
        f"{_UNIT}_a_user_works_at_service_points_alone",
    ),
    rule_mutant(
        "REF-3b",
        "A requester registers for a prescriber without connection",
        _PARTIES,
        "    if prescriber.user_id not in requester.acts_for:\n",
        "    if not requester.active:\n",
        f"{_PLACE}_a_requester_without_connection_is_refused",
    ),
    rule_mutant(
        "REF-3b",
        "The requester is stored as the prescriber's own registration",
        _PLACING,
        "        requester=parties.requester.user_id,\n",
        "        requester=parties.prescriber.user_id,\n",
        f"{_PLACE}_a_requester_registers_in_the_name_of_a_connected_prescriber",
    ),
    rule_mutant(
        "REF-3c",
        "A service point is chosen, and any store that somebody has",
        _PLACING,
        "    if store != owner.store:\n",
        "    if owner.store is None:\n",
        f"{_LINE}_the_store_and_the_service_point_must_match",
    ),
    rule_mutant(
        "REF-4a",
        "The service point's payer does not follow",
        _PLACING,
        "    default = command.payer_id or parties.service_point.payer_id  # REF-4\n",
        "    default = command.payer_id or PayerId(parties.service_point.customer_id)\n",
        f"{_PLACE}_choosing_the_service_point_sets_the_payer",
        more=(
            Swap(
                _PLACING,
                "    OrderNumber,\n    Reference,\n",
                "    OrderNumber,\n    PayerId,\n    Reference,\n",
            ),
        ),
    ),
    rule_mutant(
        "REF-3d",
        "Who has lost access registers",
        "contracts/kvitt_contracts/access/asked.py",
        "granted_to(user.roles, user.duties) if user.active else frozenset()",
        "granted_to(user.roles, user.duties)",
        f"{_TESTS}/test_order_flow.py::test"
        "_whoever_lost_access_after_placing_neither_orders_nor_voids",
    ),
    rule_mutant(
        "REF-3d",
        "An inactive user keeps the rights of each role",
        _UNITS,
        "        return self.active and role in self.roles\n",
        "        return role in self.roles\n",
        f"{_PLACE}_the_prescriber_is_active_and_may_prescribe",
        f"{_PLACE}_customer_service_whose_access_has_ended_registers_for_nobody",
    ),
    rule_mutant(
        "REF-3d",
        "A customer that is no service point orders",
        _PARTIES,
        "    if not place.is_service_point:\n",
        "    if not place.payer_id:\n",
        f"{_PLACE}_a_customer_that_is_no_service_point_cannot_order",
    ),
    rule_mutant(
        "REF-3d",
        "A prescriber orders for a service point where somebody else works",
        _PARTIES,
        "    if not prescriber.works_at(place.customer_id):\n",
        "    if not prescriber.service_points:\n",
        f"{_PLACE}_the_prescriber_works_at_the_service_point",
    ),
    rule_mutant(
        "REF-4a",
        "A customer is registered before its payer is known",
        f"{_CODE}/units/handlers.py",
        "    await tx.get(PayerRow, payer_key(fact.payer_id, tx))\n",
        "",
        f"{_UNIT}_a_customer_waits_for_its_payer",
    ),
    rule_mutant(
        "REF-4b",
        "A line's own payer does not count",
        _PLACING,
        "            payer_id=line.payer_id or default,\n",
        "            payer_id=default,\n",
        f"{_PLACE}_another_payer_is_given_for_a_line",
    ),
    rule_mutant(
        "REF-4b",
        "The whole order's payer does not count",
        _PLACING,
        "    default = command.payer_id or parties.service_point.payer_id  # REF-4\n",
        "    default = parties.service_point.payer_id\n",
        f"{_PLACE}_another_payer_is_given_for_the_whole_order",
    ),
    rule_mutant(
        "REF-4c",
        "Customers cannot be looked up by their payer",
        f"{_CODE}/units/api.py",
        'Eq(CustomerRow.payer_id, "Förvald betalare")',
        'Eq(CustomerRow.store, "Förvald betalare")',
        f"{_UNIT}_it_can_be_looked_up_which_payer_a_customer_has",
    ),
    rule_mutant(
        "REF-7g",
        "A private clinic withdraws from a store",
        _PLACING,
        "    if owner.private_clinic and not policy.private_clinics_hold_stock:\n",
        "    if owner.private_clinic and policy.private_clinics_hold_stock:\n",
        f"{_LINE}_a_private_clinic_withdraws_nothing",
    ),
    rule_mutant(
        "REF-7h",
        "A private clinic orders nothing from the central store",
        _PLACING,
        "    _must_be_reachable(command.delivery, parties.recipient)\n",
        "    _must_be_reachable(command.delivery, parties.recipient)\n"
        "    must_own(policy.stores.central, parties.service_point, policy)\n",
        f"{_LINE}_a_private_clinic_orders_from_the_central_store",
    ),
    rule_mutant(
        "REF-7e",
        "A private clinic is given a store",
        _UNITS,
        "fact.store is not None and not policy.private_clinics_hold_stock:\n",
        "fact.store is not None and policy.private_clinics_hold_stock:\n",
        f"{_UNIT}_a_private_clinic_cannot_own_a_store",
    ),
    rule_mutant(
        "REF-18b",
        "A colleague's orders at the same service point are not shown",
        f"{_CODE}/customer_orders/api.py",
        "    service_points=[OrderRow.service_point],\n",
        "",
        f"{_REACH}_each_reaches_the_orders_of_their_units_and_no_others",
    ),
    rule_mutant(
        "REF-18b",
        "Orders of whom one registers for are not shown",
        f"{_CODE}/customer_orders/api.py",
        "    also=is_for_whom_they_act,\n",
        "",
        f"{_REACH}_each_reaches_the_orders_of_their_units_and_no_others",
        f"{_REACH}_each_voids_what_they_reach_where_the_table_lets_them",
    ),
    rule_mutant(
        "REF-18e",
        "Who is inactive is found by name",
        f"{_CODE}/contacts/queries.py",
        "        .where(UserRow.active, *is_called)\n",
        "        .where(*is_called)\n",
        f"{_CONTACT}_who_is_inactive_is_found_no_more",
    ),
    rule_mutant(
        "REF-10a",
        "The user's own choice is forgotten when the region states them anew",
        "services/orders/orders/units/domain.py",
        '{"default_supply": known.default_supply if known is not None else None}',
        '{"default_supply": None}',
        f"{_DEFAULTS}_a_choice_is_kept_when_the_region_states_the_user_anew",
    ),
    rule_mutant(
        "REF-10a",
        "The default is proposed where the area does not allow it",
        "services/orders/orders/placements/sources/domain.py",
        "if len(may) == 2 and user",
        "if may and user",
        f"{_DEFAULTS}_the_area_decides_and_the_default_breaks_ties",
    ),
    rule_mutant(
        "REF-10a",
        "What nobody purchases is proposed to be ordered",
        "services/orders/orders/placements/sources/domain.py",
        "        must_be_to_get(article, 0, source, policy)\n",
        "",
        f"{_DEFAULTS}_what_an_order_would_be_refused_for_is_not_proposed",
    ),
    rule_mutant(
        "REF-10a",
        "Somebody else chooses",
        "services/orders/orders/units/defaults/domain.py",
        "    if by != user.user_id:\n",
        "    if not by:\n",
        f"{_DEFAULTS}_everybody_chooses_their_own",
    ),
    rule_mutant(
        "REF-12g",
        "A user works by default where they do not work",
        "services/orders/orders/units/defaults/domain.py",
        "    if not user.works_at(CustomerId(service_point)):\n",
        "    if not user.service_points:\n",
        f"{_DEFAULTS}_the_default_is_one_of_the_users_service_points",
    ),
)
