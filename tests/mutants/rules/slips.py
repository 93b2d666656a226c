"""Rule mutants of slips: what goes along with a device."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_ORDERS: Final = "services/orders/orders"
_MADE: Final = f"{_ORDERS}/pickups/documents.py"
_PICKUP: Final = "services/orders/tests/test_pickup_slips.py::test"
_WORK: Final = "services/orders/tests/test_work_order_slips.py::test"
_SAYS: Final = "documents/tests/test_slips.py::test"

SLIPS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "PCK-4a",
        "The slip does not say where the devices are",
        _MADE,
        "        place=_place(place),\n",
        "        place=(),\n",
        f"{_PICKUP}_the_slip_says_what_is_fetched_why_and_from_whom",
    ),
    rule_mutant(
        "PCK-4a",
        "The slip names what has come back already",
        f"{_ORDERS}/pickups/domain.py",
        "    return _open_lines(pickup)\n\n\ndef fall_due",
        "    return pickup.lines\n\n\ndef fall_due",
        f"{_PICKUP}_what_has_come_back_is_not_on_the_slip",
    ),
    rule_mutant(
        "PCK-4a",
        "A slip is printed before anybody knows whether the devices can be fetched",
        f"{_ORDERS}/pickups/domain.py",
        """        way_on = "Lagret har inte svarat än. Skriv ut följesedeln om en stund."
        raise""",
        """        way_on = "Lagret har inte svarat än. Skriv ut följesedeln om en stund."
        if pickup.technician: raise""",
        f"{_PICKUP}_there_is_no_slip_before_the_store_has_answered_nor_when_all_is_fetched",
    ),
    rule_mutant(
        "PCK-4a",
        "Devices of the old stock have no number",
        f"{_ORDERS}/care/handlers.py",
        "    await note_device(event, tx)\n",
        "",
        f"{_PICKUP}_a_device_of_the_old_stock_is_on_the_slip_by_its_number",
    ),
    rule_mutant(
        "PCK-6a",
        "The slip has the checklist of areas that none of its devices is of",
        _MADE,
        "    areas = (policy.product_area(code) for code in codes)\n",
        "    areas = iter(policy.product_areas)\n",
        f"{_PICKUP}_the_checklist_is_that_of_the_devices_product_area",
    ),
    rule_mutant(
        "PCK-6a",
        "The checklist stays in the policy",
        "documents/kvitt_documents/templates/pickup-slip-1.typ",
        "..wanted)",
        "..wanted.slice(0, 1))",
        f"{_SAYS}_a_pickups_slip_says_what_is_fetched_where_and_why",
    ),
    rule_mutant(
        "ACT-2d",
        "The supplier sends the device to the patient's home",
        f"{_ORDERS}/work_orders/documents.py",
        "        return_to=_return_to(unit, given),\n",
        "        return_to=(('Adress', 'hemma'),),\n",
        f"{_WORK}_the_slip_says_the_supplier_what_is_wrong_and_where_it_goes_back",
    ),
    rule_mutant(
        "ACT-2d",
        "What is voided has a slip",
        f"{_ORDERS}/work_orders/documents.py",
        "    domain.must_be_printable(row.state())\n",
        "",
        f"{_WORK}_what_is_voided_has_no_slip",
    ),
    rule_mutant(
        "ACT-2d",
        "The supplier does not read what is wrong",
        "documents/kvitt_documents/slips.py",
        '            "fault": paragraphs(self.fault),\n',
        '            "fault": paragraphs(""),\n',
        f"{_SAYS}_a_work_orders_slip_says_the_supplier_what_is_wrong_and_where_it_goes_back",
    ),
)
