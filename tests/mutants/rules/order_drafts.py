"""Rule mutants of drafts of orders (ORD-1e, ORD-1i)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders/order_drafts"
_FILES: Final = "services/orders/tests/test_draft_files.py::test"
_DRAFT: Final = "services/orders/tests/test_order_drafts.py::test"

ORDER_DRAFTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "ORD-1e",
        "An order is placed from a draft that a colleague has changed meanwhile",
        f"{_CODE}/writes.py",
        "    drafting.must_be_as_seen(row.version, seen=seen.version, rule=domain.RULE)\n",
        "",
        f"{_DRAFT}_what_was_changed_meanwhile_is_not_written_over",
    ),
    rule_mutant(
        "ORD-1e",
        "A draft that was placed is still a draft",
        f"{_CODE}/writes.py",
        "placed_for=placed_for)\n    await remove(row, tx, but=files)\n",
        "placed_for=placed_for)\n",
        f"{_DRAFT}_a_draft_is_placed_once_and_what_is_refused_leaves_it",
    ),
    rule_mutant(
        "ORD-1i",
        "What a draft has is sent with the order by nobody but who sent the file in",
        "services/orders/orders/attachments/domain.py",
        "draft_id is not None and one.draft_id == draft_id",
        "draft_id is not None and one.about is not None",
        f"{_FILES}_a_colleague_reads_them_and_sends_them_with_the_order_and_nobody_else_does",
    ),
    rule_mutant(
        "ORD-1i",
        "A draft's files stay when it is gone",
        f"{_CODE}/writes.py",
        "            tx.schedule(LEFT, key=file.attachment_id, due=tx.now)\n",
        "            del file\n",
        f"{_FILES}_what_is_taken_out_of_a_draft_or_goes_with_it_is_deleted",
    ),
    rule_mutant(
        "ORD-1e",
        "An order for one patient uses up a draft for another",
        f"{_CODE}/domain.py",
        "    if drafted is not None and drafted != placed_for:\n",
        "    if drafted is not None and placed_for is None:\n",
        f"{_DRAFT}_an_order_for_somebody_else_uses_no_draft_up",
    ),
    rule_mutant(
        "ORD-1e",
        "A draft is its writer's alone, not their colleagues'",
        f"{_CODE}/queries.py",
        "    service_points=[OrderDraftRow.service_point],\n",
        "",
        f"{_DRAFT}_a_colleague_at_the_service_point_goes_on_with_it",
    ),
    rule_mutant(
        "ORD-1e",
        "Whoever places an order names any unit's draft",
        "services/orders/orders/placements/api.py",
        "        scope=DRAFTS,\n",
        "",
        f"{_DRAFT}_nobody_else_reaches_it",
    ),
    rule_mutant(
        "ORD-1e",
        "A draft is removed when it is old, however lately it was saved",
        f"{_CODE}/writes.py",
        "    tx.schedule(EXPIRED, key=row.draft_id, due=start_of_day(row.removed_on))\n",
        "    if row.version == 1:\n"
        "        tx.schedule(EXPIRED, key=row.draft_id, due=start_of_day(row.removed_on))\n",
        f"{_DRAFT}_it_is_removed_when_nobody_has_gone_on_with_it",
    ),
)
