"""A region's accounts month by month, as its API and its SIE file tell them. Compares nothing."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kvitt.story.services import Caller, Json

_VERIFICATION = re.compile(r'#VER "[^"]*" "[^"]*" \d{8} "(.*)"')
_MOVED = re.compile(r"#TRANS (\d+) \{\} (-?\d+(?:\.\d{1,2})?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """A month: its trial balance, and its SIE file: what that moves on each account, in öre, how
    many verifications it has, and what those are of that do not balance.
    """

    balance: Json
    moved: Counter[str]
    verifications: int
    unbalanced: list[str]


async def read_accounts(own: Caller) -> list[Accounts]:
    """Each month that is invoiced, and the one after them, of which their documents are."""
    runs = await own.all("billing", "/invoice-runs", sort="month")
    months = [one["month"] for one in runs]
    if months:
        last = date.fromisoformat(f"{months[-1]}-01")
        months.append(f"{last + timedelta(days=31):%Y-%m}")
    return list(await asyncio.gather(*(_of_month(own, month) for month in months)))


async def _of_month(own: Caller, month: str) -> Accounts:
    balance: Json = await own.get("billing", "/ledger:trial-balance", month=month)
    content = await own.file("billing", "/ledger:export", month=month)
    return read_file(balance, content)


def read_file(balance: Json, content: bytes) -> Accounts:
    """A month by its trial balance and its SIE file."""
    verifications: list[tuple[str, Counter[str]]] = []
    for line in content.decode("cp437").splitlines():
        if begun := _VERIFICATION.match(line):
            verifications.append((begun[1], Counter()))
        elif moved := _MOVED.match(line.strip()):
            verifications[-1][1][moved[1]] += int(Decimal(moved[2]) * 100)
    total = Counter[str]()
    for _, of_one in verifications:
        total.update(of_one)
    return Accounts(
        balance=balance,
        moved=total,
        verifications=len(verifications),
        unbalanced=[said for said, of_one in verifications if of_one.total()],
    )
