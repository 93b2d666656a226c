"""Rule mutants of the contracts: what messages' own shape and the regions' policies hold."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "contracts/kvitt_contracts"
_TESTS: Final = "contracts/tests"
_SHAPE: Final = f"{_TESTS}/test_messages.py::test"
_OF_W: Final = """\
    effective_from: "2026-01-01T00:00:00+01:00"
    transfer:
      expiry: {days: 7, outcome: void} # BMB-7
      clock_starts: received
      sender: prescriber_and_requester # BMB-2
"""
_OF_BD: Final = """\
    effective_from: "2026-01-01T00:00:00+01:00"
    transfer:
      expiry: {days: 7, outcome: lock} # BMB-7
      clock_starts: sent
      sender: prescriber
      ack_payer: chosen # BMB-4
"""
_OF_AC: Final = """\
    effective_from: "2026-01-01T00:00:00+01:00"
    transfer:
      expiry: {days: 6, outcome: auto_execute} # BMB-7
      clock_starts: sent
      sender: prescriber
      ack_payer: follows_customer # BMB-4
      rejection_message: mandatory # BMB-5
"""
_POLICY: Final = f"{_TESTS}/test_policy.py::test"
_CALENDAR: Final = f"{_TESTS}/test_calendar.py::test"
_MONEY: Final = f"{_TESTS}/test_money.py::test"
_COMMANDS: Final = f"{_CODE}/orders/order_commands.py"
_VALUES: Final = f"{_CODE}/types/values.py"
_CODES: Final = f"{_CODE}/types/codes.py"
_WITHDRAWAL: Final = "    store: StoreId\n    payer_id: PayerId | None = None\n"

CONTRACTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-3a",
        "A user may have no default service point",
        f"{_CODE}/regions/units.py",
        "    default_service_point: ServicePointId\n",
        "    default_service_point: ServicePointId | None = None\n",
        f"{_SHAPE}_a_user_has_a_default_service_point_and_may_have_several",
    ),
    rule_mutant(
        "REF-4a",
        "A customer may have no payer",
        f"{_CODE}/regions/units.py",
        "    payer_id: PayerId\n    is_service_point",
        "    payer_id: PayerId | None = None\n    is_service_point",
        f"{_SHAPE}_a_customer_always_has_its_default_payer",
    ),
    rule_mutant(
        "REF-4b",
        "A withdrawal must always name a payer",
        _COMMANDS,
        _WITHDRAWAL,
        "    store: StoreId\n    payer_id: PayerId\n",
        f"{_SHAPE}_an_order_names_a_payer_only_where_it_differs",
    ),
    rule_mutant(
        "REF-4b",
        "A line without a payer of its own has one that nobody named",
        _COMMANDS,
        "    quantity: Quantity = 1\n    payer_id: PayerId | None = None\n",
        "    quantity: Quantity = 1\n    payer_id: PayerId = PayerId('00000')\n",
        f"{_SHAPE}_a_line_names_a_payer_only_where_it_differs",
    ),
    rule_mutant(
        "ORD-1a",
        "An order is for a patient only",
        _VALUES,
        'NamedRecipient = Annotated[NamedPatient | CareUnitRecipient, Field(discriminator="kind")]',
        "NamedRecipient = NamedPatient",
        f"{_SHAPE}_an_order_is_for_a_patient_or_a_care_unit",
    ),
    rule_mutant(
        "ORD-2a",
        "An order number may have seven digits",
        _CODES,
        'pattern = r"^[0-9]{8,9}$"',
        'pattern = r"^[0-9]{7,9}$"',
        f"{_SHAPE}_another_form_of_order_number_is_refused",
    ),
    rule_mutant(
        "ORD-2d",
        "There is no room for a fifth running digit",
        _CODES,
        'pattern = r"^[0-9]{8,9}$"',
        'pattern = r"^[0-9]{8}$"',
        f"{_SHAPE}_an_order_number_has_eight_digits_and_a_ninth_after_9999",
    ),
    rule_mutant(
        "ORD-3a",
        "Nothing goes to the recipient's address",
        _COMMANDS,
        "    to: Annotated[UnitAddress | RecipientAddress | OneOffAddress,",
        "    to: Annotated[UnitAddress | OneOffAddress,",
        f"{_SHAPE}_an_order_goes_to_the_unit_the_recipient_or_a_one_off_address",
    ),
    rule_mutant(
        "ORD-3b",
        "Nothing goes to an address of one order alone",
        _COMMANDS,
        "    to: Annotated[UnitAddress | RecipientAddress | OneOffAddress,",
        "    to: Annotated[UnitAddress | RecipientAddress,",
        f"{_SHAPE}_an_order_goes_to_the_unit_the_recipient_or_a_one_off_address",
    ),
    rule_mutant(
        "ORD-3f",
        "Delivery goes in parts by default",
        _COMMANDS,
        "    consolidated: bool = True\n",
        "    consolidated: bool = False\n",
        f"{_SHAPE}_delivery_is_consolidated_by_default",
    ),
    rule_mutant(
        "BMB-1a",
        "A transfer may name no device",
        f"{_CODE}/bmb/transfer_commands.py",
        "devices: Annotated[tuple[DeviceNumber, ...], Field(min_length=1, max_length=100)]\n"
        "    new_recipient",
        "devices: Annotated[tuple[DeviceNumber, ...], Field(max_length=100)]\n    new_recipient",
        f"{_SHAPE}_a_transfer_names_at_least_one_device",
    ),
    rule_mutant(
        "BMB-2d",
        "The sender names the payer",
        f"{_CODE}/bmb/transfer_commands.py",
        "    new_store: StoreId | None = None\n    new_prescriber",
        "    new_store: StoreId | None = None\n    payer_id: str | None = None\n    new_prescriber",
        f"{_SHAPE}_the_sender_cannot_set_the_payer",
    ),
    rule_mutant(
        "BMB-2e",
        "In Dalarna only prescribers send",
        "deploy/regions/w.yaml",
        _OF_W,
        _OF_W.replace("_and_requester", ""),
        f"{_POLICY}_who_may_send_is_the_regions_choice",
    ),
    rule_mutant(
        "BMB-4d",
        "In Norrbotten the payer follows the customer",
        "deploy/regions/bd.yaml",
        _OF_BD,
        _OF_BD.replace("chosen", "follows_customer"),
        f"{_POLICY}_whether_the_payer_is_chosen_at_acknowledgement_is_the_regions_choice",
    ),
    rule_mutant(
        "BMB-5a",
        "In Västerbotten a rejection need not say why",
        "deploy/regions/ac.yaml",
        _OF_AC,
        _OF_AC.replace("mandatory", "optional"),
        f"{_POLICY}_whether_a_rejection_says_why_is_the_regions_choice",
    ),
    rule_mutant(
        "BMB-7a",
        "In Västerbotten there are seven days to answer",
        "deploy/regions/ac.yaml",
        _OF_AC,
        _OF_AC.replace("days: 6", "days: 7"),
        f"{_POLICY}_the_three_ways_of_expiry_are_three_regions_data",
    ),
    rule_mutant(
        "BMB-7a",
        "The day on which it was sent is the first of the six",
        f"{_CODE}/calendar.py",
        "timedelta(days=days + 1)",
        "timedelta(days=days)",
        f"{_CALENDAR}_sent_on_the_first_of_may_with_six_days_ends_when_the_eighth_begins",
    ),
    rule_mutant(
        "BMB-7a",
        "Days to answer are days in UTC",
        f"{_CODE}/calendar.py",
        "datetime.combine(day, time(), STOCKHOLM)",
        "datetime.combine(day, time(), UTC)",
        f"{_CALENDAR}_a_deadline_across_the_clocks_change_is_midnight_in_stockholm",
    ),
    rule_mutant(
        "BMB-7b",
        "In Norrbotten what nobody answers is voided",
        "deploy/regions/bd.yaml",
        _OF_BD,
        _OF_BD.replace("lock", "void"),
        f"{_POLICY}_the_three_ways_of_expiry_are_three_regions_data",
    ),
    rule_mutant(
        "BMB-7d",
        "In Dalarna there are eight days to answer",
        "deploy/regions/w.yaml",
        _OF_W,
        _OF_W.replace("days: 7", "days: 8"),
        f"{_POLICY}_the_three_ways_of_expiry_are_three_regions_data",
    ),
    rule_mutant(
        "BMB-7e",
        "In Dalarna the clock starts when it was sent",
        "deploy/regions/w.yaml",
        _OF_W,
        _OF_W.replace("received", "sent"),
        f"{_POLICY}_the_three_ways_of_expiry_are_three_regions_data",
    ),
    rule_mutant(
        "ORD-18a",
        "A fee begins the day after the birthday",
        f"{_CODE}/policy.py",
        "    return (day.year, day.month, day.day) < (turns, born.month, born.day)",
        "    return (day.year, day.month, day.day) <= (turns, born.month, born.day)",
        f"{_POLICY}_the_fee_begins_on_the_twentieth_birthday",
    ),
    rule_mutant(
        "ORD-18a",
        "Where a fee begins after the year, it begins with it",
        f"{_CODE}/policy.py",
        "        return day.year <= turns\n",
        "        return day.year < turns\n",
        f"{_POLICY}_a_region_may_let_the_fee_begin_after_the_year_of_the_birthday",
    ),
    rule_mutant(
        "INV-4a",
        "There is no investigation store",
        f"{_CODE}/regions/units.py",
        'kind: Literal["central", "purchasing", "own", "investigation"]',
        'kind: Literal["central", "purchasing", "own"]',
        f"{_SHAPE}_a_store_is_of_one_of_four_kinds",
    ),
    rule_mutant(
        "BIL-1a",
        "A device may have two payers",
        f"{_CODE}/inventory/devices.py",
        "    holder: Holder\n    payer_id: PayerId | None = None\n",
        "    holder: Holder\n    payer_id: PayerId | tuple[PayerId, ...] | None = None\n",
        f"{_SHAPE}_custody_names_one_payer_or_none",
    ),
    rule_mutant(
        "BIL-10a",
        "An amount may have decimals of an öre",
        _VALUES,
        "Ore = Annotated[\n    int,\n    Field(\n        strict=True,\n",
        "Ore = Annotated[\n    float,\n    Field(\n        strict=False,\n",
        f"{_MONEY}_anything_but_a_whole_number_of_ore_is_refused",
        f"{_TESTS}/test_problems.py"
        "::test_an_amount_with_decimals_of_an_ore_is_refused_by_its_field",
    ),
    rule_mutant(
        "BIL-10b",
        "Half an öre of VAT is rounded down",
        _VALUES,
        "rounding=ROUND_HALF_UP",
        'rounding="ROUND_HALF_DOWN"',
        f"{_MONEY}_half_an_ore_is_rounded_away_from_zero",
    ),
    rule_mutant(
        "BIL-10b",
        "VAT does not stand in the gross amount",
        _VALUES,
        "        return self.net_ore + self.vat_ore\n",
        "        return self.net_ore\n",
        f"{_MONEY}_net_and_vat_make_the_gross_amount",
    ),
    rule_mutant(
        "BIL-10b",
        "A rate that Sweden does not have is taken",
        _VALUES,
        "VatPercent = Literal[0, 6, 12, 25]",
        "VatPercent = Literal[0, 6, 12, 13, 25]",
        f"{_MONEY}_a_rate_that_sweden_does_not_have_is_refused",
    ),
)
