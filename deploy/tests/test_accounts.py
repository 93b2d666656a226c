"""A month's SIE file as the story reads it."""

from kvitt.story.accounts import read_file
from kvitt.story.things import accounts_of

BALANCE = {
    "month": "2026-06",
    "is_closed": True,
    "accounts": [
        {"account": "1510", "outgoing_ore": 12_505},
        {"account": "1790", "outgoing_ore": 0},
        {"account": "3010", "outgoing_ore": -12_500},
    ],
}
FILE = """#FLAGGA 0
#KONTO 1510 "Kundfordringar"
#VER "" "" 20260601 "Faktura W-2026-000001"
{
   #TRANS 1510 {} 125.05
   #TRANS 1790 {} -125.05
}
#VER "" "" 20260630 "Hyra \\"hela\\" månaden"
{
   #TRANS 1790 {} 125.05
   #TRANS 3010 {} -125.0%d
}
"""


def test_a_file_is_told_by_what_it_moves() -> None:
    month = read_file(BALANCE, (FILE % 5).encode("cp437"))

    assert month.verifications == 2
    assert accounts_of(month) == {
        "is_closed": True,
        "moved": {"1510": 12_505, "3010": -12_505},
        "balance": {"1510": 12_505, "3010": -12_500},
        "unbalanced": [],
    }


def test_a_verification_that_does_not_balance_is_named() -> None:
    month = read_file(BALANCE, (FILE % 0).encode("cp437"))

    assert month.unbalanced == ['Hyra \\"hela\\" månaden']
    assert month.moved["3010"] == -12_500
