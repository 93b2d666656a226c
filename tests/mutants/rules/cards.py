"""Rule mutants of a device's card: its numbers, its fields and its maintenance."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_RULES: Final = f"{_CODE}/cards/domain.py"
_TESTS: Final = "services/inventory/tests/test_cards.py::test"
_BORNE: Final = "each_number_that_a_device_has_borne_finds_it"
_SCANNING: Final = "services/inventory/tests/test_scanning.py::test"

CARDS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-6a",
        "A number is given without confirmation",
        _RULES,
        "    if not is_confirmed:",
        "    if not is_confirmed and repair is not None:",
        f"{_TESTS}_a_new_number_is_confirmed_before_it_is_given",
    ),
    rule_mutant(
        "INV-6a",
        "A number that was borne is given to another device",
        f"{_CODE}/devices/queries.py",
        "    return used.device_id if used is not None else None",
        "    return None",
        f"{_TESTS}_a_number_that_was_borne_is_given_to_no_other_device",
    ),
    rule_mutant(
        "INV-6a",
        "What comes in may have a number that was borne",
        f"{_CODE}/devices/queries.py",
        "    for row_type in (DeviceRow, UsedNumberRow):",
        "    for row_type in (DeviceRow,):",
        f"{_TESTS}_a_number_that_was_borne_is_given_to_no_other_device",
    ),
    rule_mutant(
        "INV-6a",
        "The list finds a device by its number of today alone",
        f"{_CODE}/devices/models.py",
        ".lower() + former",
        ".lower()",
        f"{_TESTS}_{_BORNE}",
    ),
    rule_mutant(
        "INV-6a",
        "bmb knows a device by its number of today alone",
        "services/bmb/bmb/register/handlers.py",
        "    if await tx.look_up(UsedNumberRow, event.before) is None:",
        "    if await tx.look_up(UsedNumberRow, event.before) is not None:",
        f"services/bmb/tests/test_renumbered.py::test_{_BORNE}",
    ),
    rule_mutant(
        "INV-6a",
        "bmb shows a device by its first number",
        "services/bmb/bmb/register/handlers.py",
        "    row.device_number = event.device_number",
        "    row.device_number = event.before",
        "services/bmb/tests/test_renumbered.py::"
        "test_a_transfer_shows_the_number_of_today_and_is_listed_by_each",
    ),
    rule_mutant(
        "INV-6a",
        "orders know a device by its first number alone",
        "services/orders/orders/care/numbers.py",
        "if given is not None else None",
        "if given is None else None",
        "services/orders/tests/test_renumbered.py::"
        "test_a_pickup_names_a_device_by_any_number_of_it",
    ),
    rule_mutant(
        "INV-6a",
        "An invoice names a device by the number that it had before",
        "services/billing/billing/handlers.py",
        "    row.device_number = event.device_number",
        "    row.device_number = event.before",
        "services/billing/tests/test_billing.py::"
        "test_an_invoice_names_a_device_by_its_number_of_the_day_it_is_made",
    ),
    rule_mutant(
        "ACT-4b",
        "Any work gives a device another number",
        _RULES,
        "    if repair is not None and repair.kind not in REPLACES:",
        "    if repair is not None and repair.kind == MAINTENANCE:",
        f"{_TESTS}_a_replaced_unit_gets_its_number_after_its_own_repair",
    ),
    rule_mutant(
        "ACT-4b",
        "A repair of another device gives it another number",
        _RULES,
        "    if repair is not None and repair.device_id != device_id:",
        "    if repair is not None and repair.device_id is None:",
        f"{_TESTS}_a_replaced_unit_gets_its_number_after_its_own_repair",
    ),
    rule_mutant(
        "INV-6b",
        "A unit sets a serial number",
        _RULES,
        "    if fields.serial_number is not None and not is_customer_service:",
        "    if fields.serial_number is not None and not is_customer_service and asked_by:",
        f"{_TESTS}_a_serial_number_is_set_by_customer_service_which_says_who_asked",
    ),
    rule_mutant(
        "REF-12e",
        "Customer service sets no serial number",
        _RULES,
        "    if fields.serial_number is not None and not is_customer_service:",
        "    if fields.serial_number is not None:",
        f"{_TESTS}_a_serial_number_is_set_by_customer_service_which_says_who_asked",
    ),
    rule_mutant(
        "REF-12m",
        "Nobody says who asked for a serial number",
        _RULES,
        "    if fields.serial_number is not None and asked_by is None:",
        "    if fields.serial_number is None and asked_by == by:",
        f"{_TESTS}_a_serial_number_is_set_by_customer_service_which_says_who_asked",
    ),
    rule_mutant(
        "INV-6c",
        "A SIP number is set once",
        f"{_CODE}/cards/handlers.py",
        "        sip.sip_number, sip.holder_key = command.sip_number, row.holder_key",
        "        sip.sip_number = getattr(sip, 'sip_number', None) or command.sip_number\n"
        "        sip.holder_key = row.holder_key",
        f"{_TESTS}_a_sip_number_is_added_and_changed_and_is_said_in_no_event",
    ),
    rule_mutant(
        "INV-5k",
        "A SIP number is shown of whoever had the device before",
        f"{_CODE}/devices/queries.py",
        "SipNumberRow.device_id == row.id, SipNumberRow.holder_key == row.holder_key",
        "SipNumberRow.device_id == row.id, SipNumberRow.holder_key != str(row.region)",
        f"{_TESTS}_a_sip_number_is_that_of_whoever_has_the_device",
    ),
    rule_mutant(
        "INV-5j",
        "A device is found by the number that another holder of it had",
        f"{_CODE}/devices/queries.py",
        "        SipNumberRow.holder_key == DeviceRow.holder_key,\n",
        "",
        f"{_TESTS}_a_device_is_found_by_the_sip_number_of_whoever_has_it",
    ),
    rule_mutant(
        "INV-5j",
        "Anybody finds a device by its SIP number",
        f"{_CODE}/cards/api.py",
        "asked, SCOPE.within(reader.grant), *await",
        "asked, *await",
        f"{_TESTS}_a_device_is_found_by_the_sip_number_of_whoever_has_it",
    ),
    rule_mutant(
        "INV-5p",
        "What is gone is to be maintained",
        f"{_CODE}/devices/api.py",
        "and_(DeviceRow.maintenance_due_on <= day, DeviceRow.status.not_in(domain.GONE))",
        "and_(DeviceRow.maintenance_due_on <= day)",
        f"{_TESTS}_what_is_to_be_maintained_by_a_day_is_listed_but_for_what_is_gone",
    ),
    rule_mutant(
        "INV-5d",
        "The next day of maintenance stands when it has been done",
        f"{_CODE}/devices/domain.py",
        "            maintenance_due_on=event.maintenance_due_on,\n        )\n    due_on",
        "            maintenance_due_on=event.maintenance_due_on or device.maintenance_due_on,\n"
        "        )\n    due_on",
        f"{_TESTS}_the_next_day_of_maintenance_follows_from_the_last_one",
    ),
    rule_mutant(
        "ACT-8b",
        "Any finished work is maintenance",
        f"{_CODE}/cards/handlers.py",
        "    if work.kind != domain.MAINTENANCE or work.device_id is None:\n        return",
        "    if work.device_id is None:\n        return",
        f"{_TESTS}_finished_maintenance_is_the_devices_last_one",
    ),
    rule_mutant(
        "ACT-8b",
        "What is told later is later",
        _RULES,
        "device.maintained_on >= finished.finished_on:",
        "device.maintained_on == finished.finished_on:",
        f"{_TESTS}_finished_maintenance_is_the_devices_last_one",
    ),
    rule_mutant(
        "INV-5n",
        "The batch of a GS1 code is taken for its serial number",
        f"{_CODE}/scanning/domain.py",
        'elements.get("21"), elements.get("01")',
        'elements.get("10"), elements.get("01")',
        f"{_SCANNING}_a_gs1_code_has_a_serial_number_and_a_gtin",
    ),
    rule_mutant(
        "INV-5n",
        "Of several with one serial number any is meant",
        f"{_CODE}/scanning/domain.py",
        "for one in of_none_else if is_of(one[2], gtin)] or of_none_else",
        "for one in of_none_else if not is_of(one[2], gtin)] or of_none_else",
        f"{_SCANNING}_of_several_with_a_serial_number_that_of_the_gtin_is_meant",
    ),
    rule_mutant(
        "INV-5n",
        "A device is found by its number alone, not by its serial number",
        f"{_CODE}/devices/queries.py",
        "serial.serial_number.in_(numbers)",
        "serial.device_number.in_(numbers)",
        f"{_SCANNING}_a_scanned_code_finds_the_device_that_it_names",
    ),
    rule_mutant(
        "INV-5o",
        "A device is meant whose article has another GTIN",
        f"{_CODE}/scanning/domain.py",
        "if gtin is None or one[2].gtin in (None, gtin)]",
        "if gtin is None or one[2].gtin != None or gtin]",
        f"{_SCANNING}_what_is_of_an_article_with_another_gtin_is_not_meant",
        f"{_SCANNING}_a_serial_number_of_another_gtin_finds_no_device",
    ),
    rule_mutant(
        "INV-5o",
        "A shop's barcode names no article",
        f"{_CODE}/scanning/domain.py",
        'return as_gtin(self.gtin or self.number or "")',
        'return as_gtin(self.gtin or "")',
        f"{_SCANNING}_what_names_no_device_names_the_article",
    ),
    rule_mutant(
        "INV-2i",
        "Two articles have one GTIN",
        f"{_CODE}/articles/domain.py",
        "if other is not None and other != of:",
        "if other is not None and other == of:",
        "services/inventory/tests/test_articles.py"
        "::test_no_other_article_of_the_region_has_the_gtin",
    ),
    rule_mutant(
        "INV-2i",
        "A search looks at words alone",
        f"{_CODE}/articles/api.py",
        "gtin = None if asked.query is None else domain.gtin_sought(asked.query)",
        "gtin = None if asked.query is not None else domain.gtin_sought(str(asked.query))",
        "services/inventory/tests/test_articles.py::test_an_article_is_found_by_its_whole_gtin",
    ),
    rule_mutant(
        "INV-2i",
        "A GTIN's check digit is not checked",
        "contracts/kvitt_contracts/types/codes.py",
        "if not gln_holds(value):",
        "if not gln_holds(value) and len(value) == 1:",
        "contracts/tests/test_messages.py"
        "::test_a_gtin_has_a_right_check_digit_and_is_kept_as_fourteen",
    ),
)
