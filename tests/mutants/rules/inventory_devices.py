"""Rule mutants of inventory: devices, their custody, and transfers."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_TESTS: Final = "services/inventory/tests"
_DEVICES: Final = f"{_TESTS}/test_devices.py::test"
_CARD: Final = f"{_TESTS}/test_device_card.py::test"
_HOLDS: Final = f"{_TESTS}/test_holds.py::test"
_CUSTODY: Final = f"{_TESTS}/test_custody.py::test"
_RETURNS: Final = f"{_TESTS}/test_returns.py::test"

DEVICES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-5a",
        "A device that comes into a store loses its serial number",
        f"{_CODE}/devices/domain.py",
        "return Device(**same_fields(event, Device), custody=custody)",
        "return Device(**same_fields(event, Device) | {'serial_number': None}, custody=custody)",
        f"{_CARD}_the_device_card_shows_article_number_and_serial_number",
    ),
    rule_mutant(
        "INV-5b",
        "A device stands where it was before",
        f"{_CODE}/devices/domain.py",
        "replace(device, custody=event.custody, order_id=order_id)",
        "replace(device, custody=event.before, order_id=order_id)",
        f"{_CARD}_the_device_card_shows_history_and_payers_by_period",
    ),
    rule_mutant(
        "INV-5e",
        "A device keeps its prescriber",
        f"{_CODE}/devices/domain.py",
        "        prescriber=prescriber,\n        since=since,\n",
        "        prescriber=device.custody.prescriber,\n        since=since,\n",
        f"{_CARD}_the_device_card_shows_who_has_it_who_pays_and_who_prescribed_it",
    ),
    rule_mutant(
        "INV-5f",
        "A device that is in a store still has the order behind its loan",
        f"{_CODE}/devices/domain.py",
        "                order_id = None\n",
        "                pass\n",
        f"{_CARD}_the_device_card_shows_the_order_behind_the_present_loan_alone",
    ),
    rule_mutant(
        "INV-5f",
        "A device has no order behind it",
        f"{_CODE}/devices/domain.py",
        "order_id = event.cause.order_id or device.order_id",
        "order_id = device.order_id",
        f"{_CARD}_the_device_card_shows_the_order_behind_the_present_loan_alone",
    ),
    rule_mutant(
        "INV-5h",
        "A device's history begins with what happened last",
        f"{_CODE}/devices/queries.py",
        "CustodyRow.device_id == row.id).order_by(CustodyRow.number)",
        "CustodyRow.device_id == row.id).order_by(CustodyRow.number.desc())",
        f"{_CARD}_the_device_card_shows_who_has_it_who_pays_and_who_prescribed_it",
    ),
    rule_mutant(
        "INV-5m",
        "The day of a change is still as it was before",
        f"{_CODE}/custody/domain.py",
        "        if span.start <= day and (span.end is None or day < span.end):\n",
        "        if span.start <= day and (span.end is None or day <= span.end):\n",
        f"{_CUSTODY}_a_day_tells_who_paid_and_prescribed_and_what_made_it_so",
    ),
    rule_mutant(
        "INV-5m",
        "What changed a device is told by the event after it",
        f"{_CODE}/custody/queries.py",
        "    return {one.seq: one.event_id for one in await reader.log_of(row)}",
        "    return {one.seq - 1: one.event_id for one in await reader.log_of(row)}",
        f"{_CUSTODY}_a_change_names_its_event",
    ),
    rule_mutant(
        "INV-5m",
        "A return is told as a transfer's where the events are asked",
        f"{_CODE}/custody/domain.py",
        "                    transfer_id=cause.transfer_id,\n",
        "",
        f"{_CUSTODY}_table_and_events_tell_the_same_of_every_day_of_random_lives",
    ),
    rule_mutant(
        "INV-5i",
        "A device is not found by its serial number",
        f"{_CODE}/devices/models.py",
        "f\"{state.device_number} {state.serial_number or ''}\".lower()",
        'f"{state.device_number}".lower()',
        f"{_CARD}_devices_are_found_by_part_of_a_number_serial_number_holder_store_and_article",
    ),
    rule_mutant(
        "INV-5i",
        "A device is found by the beginning of its number alone",
        f"{_CODE}/devices/api.py",
        "DeviceRow.number_text.contains(part.lower(), autoescape=True)",
        "DeviceRow.number_text.startswith(part.lower(), autoescape=True)",
        f"{_CARD}_devices_are_found_by_part_of_a_number_serial_number_holder_store_and_article",
    ),
    rule_mutant(
        "INV-7a",
        "A returned device stays on its patient's list",
        f"{_CODE}/devices/models.py",
        "        self.holder_kind, self.holder_key = holder_columns(state.custody.holder)\n",
        "        if self.holder_kind is None:\n"
        "            self.holder_kind, self.holder_key = holder_columns(state.custody.holder)\n",
        f"{_CARD}_a_returned_device_has_left_the_patients_list",
    ),
    rule_mutant(
        "INV-7c",
        "A returned device is not available",
        f"{_CODE}/returns/handlers.py",
        "    await _move(fact, row, tx, available=1, on=fact.returned_on)\n",
        "",
        f"{_DEVICES}_a_returned_device_is_available_at_once_and_ends_the_rent",
    ),
    rule_mutant(
        "BIL-1a",
        "A decision that is told late reaches behind one that has taken effect",
        f"{_CODE}/devices/domain.py",
        "    since = max(since, device.custody.since)\n",
        "",
        f"{_DEVICES}_a_change_told_late_does_not_reach_behind_the_latest_one",
    ),
    rule_mutant(
        "BIL-1a",
        "A loan of the old stock is stated without a payer",
        f"{_CODE}/devices/domain.py",
        "if stated.recipient is not None and stated.payer_id is None:",
        "if stated.recipient is not None and stated.article_number is None:",
        f"{_DEVICES}_a_loan_is_stated_with_its_payer",
    ),
    rule_mutant(
        "BIL-1a",
        "A payer of what stands in a store is taken in and forgotten",
        f"{_CODE}/devices/domain.py",
        "if stated.store is not None and getattr(stated, field) is not None:",
        "if stated.store is None and stated.recipient is None:",
        f"{_DEVICES}_what_stands_in_a_store_is_stated_without_payer_customer_and_prescriber",
    ),
    rule_mutant(
        "BIL-1c",
        "A transfer counts from the day on which the loan before it began",
        f"{_CODE}/holds/handover.py",
        "            since=effect.effective_on,\n",
        "            since=before.custody.since,\n",
        f"{_HOLDS}_custody_changes_at_the_start_of_a_later_day",
    ),
    rule_mutant(
        "BMB-1a",
        "A transfer claims devices that are not at its recipient",
        f"{_CODE}/holds/domain.py",
        "    if at is not None and wanted.holder != at:\n",
        "    if at is not None and wanted.holder is None:\n",
        f"{_HOLDS}_the_devices_are_where_the_transfer_says",
    ),
    rule_mutant(
        "BMB-1c",
        "A change of payer takes the prescriber away",
        f"{_CODE}/holds/handover.py",
        "effect.new_prescriber or before.custody.prescriber",
        "effect.new_prescriber",
        f"{_HOLDS}_a_change_of_payer_leaves_holder_and_prescriber",
    ),
    rule_mutant(
        "BMB-1e",
        "Somebody pays for what a transfer has put into a store",
        f"{_CODE}/devices/domain.py",
        "    if isinstance(holder, StoreHolder):\n        custody = Custody(",
        "    if holder is None:\n        custody = Custody(",
        f"{_HOLDS}_a_transfer_to_the_own_store_raises_its_balance_and_nobody_pays",
    ),
    rule_mutant(
        "BMB-2c",
        "A thrown-away draft keeps the devices of a hold claimed",
        f"{_CODE}/holds/handover.py",
        "    for row in rows:\n        row.claim = None\n",
        "    for row in rows:\n",
        f"{_HOLDS}_a_transfer_that_ends_without_effect_frees_its_devices",
    ),
    rule_mutant(
        "BMB-3b",
        "A transfer takes effect at once, whatever its day is",
        f"{_CODE}/holds/handlers.py",
        "    if event.effective_on <= tx.today:\n        await hand_over",
        "    if event.effective_on is not None:\n        await hand_over",
        f"{_HOLDS}_custody_changes_at_the_start_of_a_later_day",
    ),
    rule_mutant(
        "BMB-7b",
        "A locked transfer's devices are free",
        f"{_CODE}/holds/handlers.py",
        "row.claim = Claim(kind=ClaimKind.LOCK, by=hold.id)",
        "row.claim = None",
        f"{_HOLDS}_a_locked_transfers_devices_stay_claimed_until_unlocked",
    ),
    rule_mutant(
        "BMB-12a",
        "A device is in two transfers at a time",
        f"{_CODE}/holds/domain.py",
        "    if wanted.claim is not None:\n        return Reason(IN_CLAIM",
        "    if wanted.claim is not None and wanted.claim.kind != 'transfer':\n"
        "        return Reason(IN_CLAIM",
        f"{_HOLDS}_a_device_in_another_claim_is_refused_with_the_claim",
        f"{_HOLDS}_a_device_is_in_one_open_transfer_at_a_time",
    ),
    rule_mutant(
        "BMB-12e",
        "A locked device is transferred again",
        f"{_CODE}/holds/domain.py",
        "    if wanted.claim is not None:\n        return Reason(IN_CLAIM",
        "    if wanted.claim is not None and wanted.claim.kind != 'lock':\n"
        "        return Reason(IN_CLAIM",
        f"{_HOLDS}_a_device_in_another_claim_is_refused_with_the_claim",
    ),
    rule_mutant(
        "BMB-12f",
        "The refusal of a locked device does not say that it is locked",
        f"{_CODE}/devices/domain.py",
        'ClaimKind.LOCK: "LOCKED"',
        'ClaimKind.LOCK: "IN_TRANSFER"',
        f"{_HOLDS}_a_device_in_another_claim_is_refused_with_the_claim",
    ),
)
