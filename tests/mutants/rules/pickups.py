"""Rule mutants of pickups: requested, claimed, taken back, told."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_ORDERS: Final = "services/orders/orders/pickups"
_REQUESTING: Final = f"{_ORDERS}/requesting/domain.py"
_RULES: Final = f"{_ORDERS}/domain.py"
_STOCK: Final = "services/inventory/inventory"
_TOLD: Final = "services/notifications/notifications/pickups/handlers.py"
_PICKUP: Final = "services/orders/tests/test_pickups.py::test"
_CLAIM: Final = "services/inventory/tests/test_pickups.py::test"
_MESSAGE: Final = "services/notifications/tests/test_pickups.py::test"

PICKUPS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "PCK-1a",
        "A pickup is charged to nobody's customer but the region's first",
        _REQUESTING,
        "        customer_id=place.customer_id,\n",
        "        customer_id=type(place.customer_id)('10000'),\n",
        f"{_PICKUP}_a_pickup_has_a_number_a_customer_and_the_chosen_devices",
    ),
    rule_mutant(
        "PCK-1b",
        "A pickup is made where nobody knows the address",
        _REQUESTING,
        "    if not wish.has_address:\n",
        "    if not wish.has_address and wish.has_text:\n",
        f"{_PICKUP}_who_has_no_address_is_fetched_from_where_one_is_given",
    ),
    rule_mutant(
        "PCK-1c",
        "A pickup is made without a phone",
        _REQUESTING,
        "    if not wish.has_phone:\n",
        "    if not wish.has_phone and wish.has_text:\n",
        f"{_PICKUP}_a_phone_is_mandatory_given_or_known",
    ),
    rule_mutant(
        "PCK-1d",
        "Who fetches does not read the door code",
        "services/orders/orders/places/resolving.py",
        "door_code=said.door_code or ",
        "door_code=",
        f"{_PICKUP}_texts_are_for_who_fetches_and_in_no_event",
    ),
    rule_mutant(
        "PCK-1e",
        "Any cause will do",
        _REQUESTING,
        "    if wish.cause not in policy.pickup.reasons:\n",
        "    if not wish.cause:\n",
        f"{_PICKUP}_the_cause_is_from_the_regions_list",
    ),
    rule_mutant(
        "PCK-1f",
        "Another patient's device is fetched",
        f"{_STOCK}/pickups/domain.py",
        "    return None if wanted.is_there else",
        "    return None if wanted.device else",
        f"{_CLAIM}_another_patients_device_is_not_fetched",
    ),
    rule_mutant(
        "PCK-1g",
        "Pickups share the numbers of orders",
        f"{_ORDERS}/queries.py",
        "next_number(Series.PICKUP, tx)",
        "next_number(Series.ORDER, tx)",
        f"{_PICKUP}_numbers_are_a_series_of_their_own",
    ),
    rule_mutant(
        "PCK-2a",
        "A pickup is never closed",
        _RULES,
        "    if events and pickup.status is Status.REGISTERED and not _open_lines(pickup):\n",
        "    if events and pickup.status is Status.REFUSED and not _open_lines(pickup):\n",
        f"{_PICKUP}_a_pickup_is_closed_when_each_device_has_come_back",
    ),
    rule_mutant(
        "PCK-2a",
        "What is to be fetched later is late before that day",
        _RULES,
        "    first = max(today, pickup.earliest_on or today)\n",
        "    first = today\n",
        f"{_PICKUP}_what_is_to_be_fetched_later_is_not_late_before_it_may_begin",
    ),
    rule_mutant(
        "PCK-2b",
        "What is over is warned of",
        f"{_ORDERS}/queries.py",
        "        .where(PickupRow.status.in_(OPEN))\n",
        "",
        f"{_PICKUP}_another_open_pickup_of_the_recipient_is_warned_of",
    ),
    rule_mutant(
        "PCK-2c",
        "A device that came back is still claimed by its pickup",
        f"{_STOCK}/pickups/domain.py",
        "    if device_id not in claim.devices:\n",
        "    if device_id in claim.devices:\n",
        f"{_CLAIM}_a_device_stays_with_the_patient_until_a_store_has_it_back",
    ),
    rule_mutant(
        "PCK-3a",
        "Nobody is told what relatives ordered",
        _TOLD,
        '    if row.ordered_by != "unit":\n',
        '    if row.ordered_by == "nobody":\n',
        f"{_MESSAGE}_the_main_responsible_is_told_what_relatives_ordered",
    ),
    rule_mutant(
        "PCK-3b",
        "A relative's pickup may be a day late",
        _REQUESTING,
        "        if not first <= day <= last:\n",
        "        if not first <= day <= last + timedelta(days=1):\n",
        f"{_PICKUP}_a_day_outside_the_window_is_refused",
    ),
    rule_mutant(
        "PCK-3d",
        "Taking back one line takes back all",
        _RULES,
        "    named = [line for line in pickup.lines if not asked or line.number in asked]\n",
        "    named = list(pickup.lines)\n",
        f"{_PICKUP}_the_unit_takes_back_a_part_and_the_rest_is_fetched",
    ),
    rule_mutant(
        "PCK-3e",
        "A report forgets what was not there",
        _RULES,
        "technician=technician, not_found=missing),)",
        "technician=technician),)",
        f"{_PICKUP}_a_technician_reports_what_was_not_there_and_ends_no_line",
    ),
    rule_mutant(
        "PCK-3f",
        "The unit waits for the window too",
        _REQUESTING,
        "    if wish.ordered_by == Word(OrderedBy.UNIT):\n",
        "    if wish.ordered_by == Word(OrderedBy.PATIENT):\n",
        f"{_PICKUP}_what_the_unit_orders_has_no_window",
    ),
    rule_mutant(
        "PCK-5a",
        "A pickup is found by who ordered it alone",
        f"{_ORDERS}/queries.py",
        "    service_points=[PickupRow.service_point],\n",
        "",
        f"{_PICKUP}_a_colleague_finds_open_pickups_and_ended_ones_on_request",
    ),
    rule_mutant(
        "PCK-5b",
        "Ended pickups are among the others",
        f"{_ORDERS}/api.py",
        "    open_alone = () if asked.status else (PickupRow.status.in_(OPEN),)\n",
        "    open_alone = ()\n",
        f"{_PICKUP}_a_colleague_finds_open_pickups_and_ended_ones_on_request",
    ),
    rule_mutant(
        "BMB-12b",
        "A device in a pickup is said to be in a transfer",
        f"{_STOCK}/devices/domain.py",
        '    ClaimKind.PICKUP: "IN_PICKUP",\n',
        '    ClaimKind.PICKUP: "IN_TRANSFER",\n',
        f"{_CLAIM}_a_device_in_a_pickup_cannot_be_transferred",
    ),
    rule_mutant(
        "NTF-2j",
        "What relatives ordered is told as a technician's report",
        _TOLD,
        "NewKind.PICKUP_ORDERED, tx",
        "NewKind.PICKUP_REPORTED, tx",
        f"{_MESSAGE}_the_main_responsible_is_told_what_relatives_ordered",
    ),
    rule_mutant(
        "NTF-2k",
        "A technician's report is told as an order of relatives",
        _TOLD,
        "NewKind.PICKUP_REPORTED, tx",
        "NewKind.PICKUP_ORDERED, tx",
        f"{_MESSAGE}_the_main_responsible_is_told_what_the_technician_reported",
    ),
)
