"""Rule mutants of what is written of a person, and of files: sealed, and erased (REF-22d to f)."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_ORDERS: Final = "services/orders/orders"
_SEALING: Final = f"{_ORDERS}/people/keys/sealing.py"
_OPENING: Final = f"{_ORDERS}/people/keys/opening.py"
_TEST: Final = "services/orders/tests/test_sealed_texts.py::test"

SEALED_TEXTS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-22d",
        "What is written of an order is sealed with nobody's key",
        f"{_ORDERS}/placements/handlers.py",
        "        details.person = row.recipient_person\n",
        "        details.person = None\n",
        f"{_TEST}_it_is_sealed_with_the_persons_own_key",
    ),
    rule_mutant(
        "REF-22d",
        "Nobody's key stays wrapped by the ring's older version",
        f"{_ORDERS}/people/keys/handlers.py",
        "    if nobodys is not None:\n",
        "    if nobodys is None:\n",
        f"{_TEST}_what_concerns_nobody_is_sealed_with_nobodys_key_which_is_replaced_too",
    ),
    rule_mutant(
        "REF-22e",
        "A file of a person's stays sealed with nobody's key",
        f"{_ORDERS}/attachments/writes.py",
        "    if person != row.person:\n        await moved(row, person, tx)\n    tx.cancel_timer",
        "    if person == row.person:\n        await moved(row, person, tx)\n    tx.cancel_timer",
        f"{_TEST}_a_file_and_its_name_are_sealed_and_read_as_they_were",
    ),
    rule_mutant(
        "REF-22e",
        "A file that is cut off opens as if it were whole",
        f"{_ORDERS}/attachments/sealing.py",
        "    yield _seal(cipher, waiting, _place(at, number, is_last=True))\n",
        "    yield _seal(cipher, waiting, _place(at, number, is_last=False))\n",
        f"{_TEST}_a_sealed_file_opens_whole_and_nowhere_else",
        more=(
            Swap(
                f"{_ORDERS}/attachments/sealing.py",
                "    yield _open(cipher, waiting, _place(at, number, is_last=True))\n",
                "    yield _open(cipher, waiting, _place(at, number, is_last=False))\n",
            ),
        ),
    ),
    rule_mutant(
        "REF-22f",
        "What an earlier release stored beside an order stays in clear",
        f"{_ORDERS}/clear_texts/handlers.py",
        "    if not row.has_sealed():\n",
        "    if row.has_sealed():\n",
        f"{_TEST}_what_an_earlier_release_stored_is_read_and_sealed_meanwhile",
    ),
    rule_mutant(
        "REF-23g",
        "What nobody can open any more is an error",
        _SEALING,
        "        if row.is_erased and self.erased is not _NOTHING:\n",
        "        if row.is_erased and self.erased is None:\n",
        f"{_TEST}_what_nobody_can_open_any_more_is_shown_as_erased",
    ),
    rule_mutant(
        "REF-23g",
        "Who is erased is given a new key by what is written of them",
        _OPENING,
        "    if whose is not None and whose.is_erased:\n",
        "    if whose is not None and whose.is_erased and whose.active:\n",
        f"{_TEST}_what_is_written_of_who_is_erased_is_read_by_nobody",
    ),
    rule_mutant(
        "REF-24a",
        "A person is not told what was written of them",
        f"{_ORDERS}/erasures/exports.py",
        "written=await written_of(refs, tx)",
        "written=await written_of((), tx)",
        f"{_TEST}_who_asks_what_is_stored_is_told_what_was_written",
    ),
)
