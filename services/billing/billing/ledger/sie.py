"""A month's entries as a SIE file (BIL-10): the Swedish standard by which accounts are handed over,
edition 4B, type 4I. Lines of text in; no database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kvitt_contracts.billing import LedgerLine
from kvitt_contracts.policy_parts import Seller
from kvitt_contracts.types import Account

CHARACTERS: Final = "cp437"
"""What `#FORMAT PC8` means; a character that it lacks is written as a question mark."""
PROGRAM: Final = "Kvitt"
VERSION: Final = "1"


# decision 0399: 4I, since whoever keeps the region's accounts numbers what is handed over
def head(
    *,
    region_name: str,
    seller: Seller | None,
    year: int,
    written_on: date,
    accounts: Iterable[tuple[Account, str]],
) -> bytes:
    """What a file begins with: whose it is, the year, and the accounts with their names. A region
    that has not said who sells is called by its own name.
    """
    posts = [
        "#FLAGGA 0",
        f"#PROGRAM {_text(PROGRAM)} {_text(VERSION)}",
        "#FORMAT PC8",
        f"#GEN {_day(written_on)}",
        "#SIETYP 4",
        *([f"#ORGNR {seller.organisation_number}"] if seller else []),
        f"#FNAMN {_text(seller.name if seller else region_name)}",
        f"#RAR 0 {year}0101 {year}1231",
        *(f"#KONTO {account} {_text(name)}" for account, name in accounts),
    ]
    return _lines(posts)


def verification(entered_on: date, text: str, lines: Sequence[LedgerLine]) -> bytes:
    """An entry: its day, what it is of, and its lines, debit above 0. Without series and number,
    which whoever takes it in gives it.
    """
    moved = (
        f"   #TRANS {line.account} {{}} {_kronor(line.debit_ore - line.credit_ore)}"
        for line in lines
    )
    return _lines([f'#VER "" "" {_day(entered_on)} {_text(text)}', "{", *moved, "}"])


def _lines(posts: Iterable[str]) -> bytes:
    return "".join(f"{post}\r\n" for post in posts).encode(CHARACTERS, errors="replace")


def _text(said: str) -> str:
    """A field of text: within quotation marks, those in it after a backslash; no control characters
    and no backslash of its own.
    """
    plain = "".join(one if one.isprintable() else " " for one in said.replace("\\", "/"))
    return '"' + plain.replace('"', '\\"') + '"'


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _kronor(ore: int) -> str:
    sign = "-" if ore < 0 else ""
    return f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02}"
