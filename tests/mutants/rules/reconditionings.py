"""Rule mutants of what the device service makes fit again (INV-13)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/inventory/inventory"
_DOMAIN: Final = f"{_CODE}/reconditionings/domain.py"
_HANDLERS: Final = f"{_CODE}/reconditionings/handlers.py"
_PLACE: Final = "services/inventory/tests/reconditioning"
_TESTS: Final = f"{_PLACE}/test_reconditionings.py::test"
_LATE: Final = f"{_PLACE}/test_late.py::test"
_MEANWHILE: Final = f"{_PLACE}/test_meanwhile.py::test"
_REFUSED: Final = f"{_TESTS}_what_cannot_be_so_is_refused_with_its_rule"

RECONDITIONINGS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-13a",
        "What comes back to the device service is available at once",
        f"{_CODE}/reconditionings/writes.py",
        "found.kind is StoreKind.CENTRAL",
        "found.kind is StoreKind.INVESTIGATION",
        f"{_TESTS}_what_comes_back_to_the_device_service_is_not_available_and_claimed",
    ),
    rule_mutant(
        "INV-13b",
        "What is made fit again is claimed by nothing",
        f"{_CODE}/reconditionings/writes.py",
        "        device.claim = Claim(kind=ClaimKind.RECONDITIONING, by=key)\n",
        "        device.claim = None\n",
        f"{_TESTS}_what_is_being_made_fit_is_in_no_transfer_dispatch_or_scrapping",
    ),
    rule_mutant(
        "INV-13c",
        "What nobody has inspected is cleaned and scrapped",
        _DOMAIN,
        "if step is not Step.INSPECTED and Step.INSPECTED not in stages:",
        "if step is Step.REPAIRED and Step.INSPECTED not in stages:",
        _REFUSED,
    ),
    rule_mutant(
        "INV-13c",
        "What is not clean is approved",
        _DOMAIN,
        "if step is Step.APPROVED and Step.CLEANED not in stages:",
        "if step is Step.APPROVED and Step.INSPECTED not in stages:",
        _REFUSED,
    ),
    rule_mutant(
        "INV-13d",
        "What is approved goes to nobody who waits",
        _HANDLERS,
        "    if is_approved:\n        await serve_backorders",
        "    if not is_approved:\n        await serve_backorders",
        f"{_TESTS}_approved_it_is_available_and_goes_to_who_has_waited_longest",
    ),
    rule_mutant(
        "INV-13e",
        "What is scrapped in the workshop can be used",
        _HANDLERS,
        "        tx.record(device, scrapped)\n",
        "        device.claim = None if scrapped.cause else device.claim\n",
        f"{_TESTS}_scrapped_with_its_reason_it_is_gone",
    ),
    rule_mutant(
        "INV-13f",
        "Anybody says that a stage is done",
        _DOMAIN,
        "    if not is_technician:\n",
        "    if not is_technician and step is Step.APPROVED:\n",
        _REFUSED,
    ),
    rule_mutant(
        "INV-13f",
        "What is over goes on",
        _DOMAIN,
        "    if known.status is not Status.OPEN:\n        raise refusal(",
        "    if known.status is Status.BROKEN:\n        raise refusal(",
        _REFUSED,
    ),
    rule_mutant(
        "INV-13f",
        "What is told again is refused",
        _DOMAIN,
        "    if now in known.done and (",
        "    if now not in known.done and (",
        f"{_TESTS}_what_is_told_again_changes_nothing",
    ),
    rule_mutant(
        "INV-13g",
        "What has waited fourteen days is not late",
        _DOMAIN,
        "    return today - LATE_AFTER\n",
        "    return today - 2 * LATE_AFTER\n",
        f"{_TESTS}_the_technician_sees_what_waits_and_ends_it",
    ),
    rule_mutant(
        "INV-13h",
        "The work on what is lost goes on",
        _DOMAIN,
        "is not Status.OPEN:\n        return ()\n    return (ReconditioningBroken",
        "is Status.OPEN:\n        return ()\n    return (ReconditioningBroken",
        f"{_MEANWHILE}_a_device_that_is_lost_meanwhile_leaves_it",
    ),
    rule_mutant(
        "INV-13h",
        "A return is moved behind the work that was done",
        _DOMAIN,
        "    if known.done and on > known.done[0].done_on:\n",
        "    if known.done and on < known.done[0].done_on:\n",
        f"{_MEANWHILE}_a_corrected_day_of_the_return_moves_the_work_and_not_behind_what_was_done",
    ),
    rule_mutant(
        "INV-10d",
        "What is in the workshop is missing from the shelf",
        f"{_CODE}/stocktakings/queries.py",
        "ReconditioningRow.ended_at > at)",
        "ReconditioningRow.ended_at < at)",
        f"{_MEANWHILE}_what_is_in_the_workshop_is_not_missing_from_the_shelf",
    ),
    rule_mutant(
        "INV-15g",
        "What is scrapped in the workshop leaves the shelf",
        f"{_CODE}/conditions/domain.py",
        "now.claim.kind is ClaimKind.RECONDITIONING,",
        "now.claim.kind is ClaimKind.SALE,",
        f"{_MEANWHILE}_what_a_region_states_is_scrapped_leaves_the_workshop",
    ),
    rule_mutant(
        "INV-13a",
        "Unmarked goods that are stated are available at once",
        f"{_CODE}/returned_goods/handlers.py",
        "is_made_fit = await is_made_fit_in(tx, fact.store)",
        "is_made_fit = False",
        f"{_MEANWHILE}_unmarked_goods_that_a_region_states_are_back_are_made_fit_again",
    ),
    rule_mutant(
        "INV-13i",
        "Nobody is told that work is late",
        f"{_CODE}/reconditionings/writes.py",
        "    tx.schedule(RECONDITIONING_LATE, key=row.id, due=due)\n",
        "    _ = due\n",
        f"{_LATE}_what_is_not_over_in_time_is_told_once_and_what_is_over_never",
    ),
    rule_mutant(
        "INV-13i",
        "A corrected return does not move when it is told",
        f"{_CODE}/reconditionings/writes.py",
        "    if row.status is domain.Status.OPEN and not domain.is_told(",
        "    if row.status is domain.Status.BROKEN and not domain.is_told(",
        f"{_LATE}_a_corrected_return_moves_the_day_and_makes_no_second_lateness",
    ),
    rule_mutant(
        "INV-13i",
        "What is late all the same is told again",
        f"{_CODE}/reconditionings/writes.py",
        " and not domain.is_told(row.state(), today=tx.today):",
        ":",
        f"{_LATE}_a_corrected_return_moves_the_day_and_makes_no_second_lateness",
    ),
    rule_mutant(
        "INV-13i",
        "What is over is told to be late",
        _DOMAIN,
        "    if known.status is not Status.OPEN or today < due or",
        "    if today < due or",
        f"{_LATE}_it_is_late_from_the_fourteenth_day_on_while_it_is_open_and_untold",
    ),
    rule_mutant(
        "INV-13i",
        "The same lateness is told twice",
        _DOMAIN,
        " or today < due or known.overdue_on == due:",
        " or today < due:",
        f"{_LATE}_it_is_late_from_the_fourteenth_day_on_while_it_is_open_and_untold",
    ),
    rule_mutant(
        "INV-13i",
        "Customer service is told of nothing that is late",
        "services/notifications/notifications/reconditionings/handlers.py",
        "    post(tx, to, NewKind.RECONDITIONING_LATE, about, since_on=event.overdue_on)\n",
        "    assert (tx, to, NewKind.RECONDITIONING_LATE, about)\n",
        "services/notifications/tests/test_reconditionings.py::"
        "test_customer_service_is_told_of_what_is_late_and_nobody_else",
    ),
)
"""Of the device service's workshop."""
