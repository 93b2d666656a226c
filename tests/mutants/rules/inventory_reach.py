"""Rule mutants of who reaches what of inventory, and to whom a protected person's is shown."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_DEVICES: Final = f"{_CODE}/devices/queries.py"
_STORES: Final = f"{_CODE}/stores/queries.py"
_TESTS: Final = "services/inventory/tests"
_REACH: Final = f"{_TESTS}/test_reach.py::test"
_PROTECTED: Final = f"{_TESTS}/test_protected.py::test"
_DEVICE_SEEN: Final = (
    f"{_REACH}_a_device_is_seen_by_its_unit_its_prescriber_and_the_sides_of_its_transfer"
)

REACH: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-18b",
        "A unit reaches the devices in everybody's stores",
        _DEVICES,
        "is_among(DeviceRow.holder_key, own_stores(caller))",
        "DeviceRow.holder_key.is_not(None)",
        _DEVICE_SEEN,
    ),
    rule_mutant(
        "REF-18b",
        "A unit reaches the devices that others' transfers hold",
        _DEVICES,
        "        is_meant_for(caller),\n",
        "",
        _DEVICE_SEEN,
    ),
    rule_mutant(
        "REF-18b",
        "Who asks for a device that is others' reaches it by that",
        _DEVICES,
        "        is_the_senders,\n",
        "",
        f"{_REACH}_a_device_is_seen_by_nobody_for_having_been_asked_for_by_strangers",
    ),
    rule_mutant(
        "REF-18b",
        "A payer's units reach devices that are of another customer",
        _DEVICES,
        "            DeviceRow.customer_id.is_(None),\n",
        "",
        f"{_REACH}_a_device_whose_customer_no_region_has_stated_is_seen_by_its_payers_units",
    ),
    rule_mutant(
        "REF-18b",
        "A unit reaches every own store",
        _STORES,
        "CustomerRow.customer_id.in_(points)",
        "CustomerRow.customer_id.is_not(None)",
        f"{_REACH}_a_store_that_several_units_draw_from_is_seen_by_each",
    ),
    rule_mutant(
        "REF-18b",
        "The ledger of the central store is shown to every unit",
        _STORES,
        "select(StoreRow.store).where(are_own_stores(caller))",
        "select(StoreRow.store).where(may_look_up(caller))",
        f"{_REACH}_the_ledger_of_a_store_is_seen_by_its_unit",
    ),
    rule_mutant(
        "REF-18b",
        "A reservation is its prescriber's alone",
        f"{_CODE}/reservations/api.py",
        "    service_points=[PlacedOrderRow.service_point],\n",
        "",
        f"{_REACH}_a_reservation_is_seen_by_the_unit_that_ordered_and_by_its_prescriber",
    ),
    rule_mutant(
        "REF-18b",
        "A hold that was refused is shown to whom nothing was sent",
        f"{_CODE}/holds/queries.py",
        "and_(HoldRow.status != Status.REFUSED, HoldRow.id.in_(transfers_of(caller)))",
        "and_(HoldRow.status.is_not(None), HoldRow.id.in_(transfers_of(caller)))",
        f"{_REACH}_a_hold_that_was_refused_is_seen_by_who_asked_for_it_alone",
    ),
    rule_mutant(
        "REF-18c",
        "The balances of a store out of reach are an empty list",
        f"{_CODE}/store_balances/api.py",
        '    await reader.get(StoreRow, store, scope=SCOPE, rule="INV-14")\n',
        "    assert store\n",
        f"{_REACH}_a_store_and_its_balances_are_seen_by_its_unit_and_the_central_ones_by_all",
    ),
    rule_mutant(
        "REF-18d",
        "A user who moves reaches what they reached at first",
        f"{_CODE}/people/handlers.py",
        "messages.project(UserRegistered, UserRow)",
        "messages.project(UserRegistered, UserRow, service_points=lambda _: ('40201',))",
        f"{_REACH}_roles_units_and_activity_are_what_orders_said_last_of_the_user",
    ),
    rule_mutant(
        "REF-18e",
        "Who is inactive reads on",
        f"{_CODE}/people/handlers.py",
        "messages.project(UserRegistered, UserRow)",
        "messages.project(UserRegistered, UserRow, active=True)",
        f"{_REACH}_roles_units_and_activity_are_what_orders_said_last_of_the_user",
    ),
    rule_mutant(
        "REF-19e",
        "Customer service is shown protected persons' devices and orders",
        "chassis/kvitt_chassis/web/protection.py",
        "        return or_(not_(self._protected()), self.of_units(grant.caller))\n",
        "        return or_(super().within(grant), not_(self._protected()))\n",
        f"{_PROTECTED}_a_protected_persons_devices_and_orders_are_shown_to_their_unit_and_the_system",
        f"{_PROTECTED}_the_hold_of_a_protected_persons_device_is_shown_to_the_sides_of_its_transfer",
    ),
    rule_mutant(
        "REF-19e",
        "The region's system is not shown a protected person's devices",
        "chassis/kvitt_chassis/web/protection.py",
        "grant.caller.is_region_system",
        "grant.caller.has(Grantee.OPS)",
        f"{_PROTECTED}_a_protected_persons_devices_and_orders_are_shown_to_their_unit_and_the_system",
    ),
    rule_mutant(
        "REF-19e",
        "Who was protected is so for ever",
        f"{_CODE}/people/handlers.py",
        "person.is_protected = event.is_protected",
        "person.is_protected = person.is_protected or event.is_protected",
        f"{_PROTECTED}_who_is_protected_from_now_on_and_who_is_no_more",
    ),
    rule_mutant(
        "REF-19e",
        "What is under an earlier reference of a protected person is shown",
        f"{_CODE}/people/queries.py",
        "AliasRow.into == protected.c.person",
        "AliasRow.person == protected.c.person",
        f"{_PROTECTED}_who_is_protected_is_so_under_every_earlier_reference",
    ),
    rule_mutant(
        "REF-19e",
        "A device's time at a protected person is shown to whoever has it now",
        f"{_CODE}/devices/domain.py",
        "return custody.prescriber == to or custody.customer_id in of",
        "return custody.since is not None or custody.customer_id in of",
        f"{_PROTECTED}_an_earlier_custody_of_a_protected_person_is_shown_to_who_had_a_part_in_it",
        f"{_PROTECTED}_a_devices_time_at_a_protected_person_is_shown_to_who_had_a_part_in_it",
    ),
)
