"""A strict reader of SIE files, written from the standard's text (SIE 4B) and used by tests alone:
it judges what billing writes, and shares nothing with it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

_FIELD = re.compile(r'\s+(?:"((?:[^"\\\x00-\x1f\x7f]|\\")*)"|(\{[^{}]*\})|([^\s"{}\\\x00-\x1f]+))')
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?")
_ONCE = ["FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "ORGNR", "FNAMN", "RAR"]
_MUST = ["FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "FNAMN"]


class NotSie(ValueError):
    """The file is not as the standard says."""


@dataclass
class Voucher:
    """A `#VER` with its `#TRANS`: account and amount in kronor."""

    series: str
    number: str
    day: date
    text: str
    moved: list[tuple[str, Decimal]] = field(default_factory=list)


@dataclass
class SieFile:
    """What a file says: what it is headed by, by label; names of accounts; its vouchers."""

    head: dict[str, list[str]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)


def read_sie(content: bytes) -> SieFile:
    """Read a file of type 4I. Raises NotSie for anything that the standard does not allow."""
    lines = content.decode("cp437").split("\r\n")
    _must(lines.pop() == "", "the last line ends")
    _must(not any("\n" in line or "\r" in line for line in lines), "each line ends by CR and LF")
    read = SieFile()
    is_within = False
    for line in lines:
        if line in ("{", "}"):
            _must(is_within is (line == "}") and bool(read.vouchers), "braces belong to a voucher")
            if line == "}":
                _check(read.vouchers[-1])
            is_within = line == "{"
            continue
        label, fields = _post(line)
        _must(is_within is (label == "TRANS"), f"{label} stands where it may")
        _take(read, label, fields)
    _must(not is_within, "each voucher ends")
    _must(next(iter(read.head)) == "FLAGGA", "the flag stands first")
    _must(set(_MUST) <= set(read.head), "what is mandatory is there")
    _must(read.head["FORMAT"] == ["PC8"] and read.head["SIETYP"] == ["4"], "PC8 and type 4")
    return read


def _post(line: str) -> tuple[str, list[str]]:
    found = re.match(r"\s*#([A-Z]+)", line)
    _must(found is not None, "a line begins with its label")
    assert found is not None
    fields, place = [], found.end()
    while place < len(line):
        part = _FIELD.match(line, place)
        _must(part is not None, "fields are apart, and quoted where they need it")
        assert part is not None
        quoted, objects, plain = part.groups()
        fields.append(quoted.replace('\\"', '"') if quoted is not None else objects or plain)
        place = part.end()
    return found[1], fields


def _take(read: SieFile, label: str, fields: list[str]) -> None:
    match label, fields:
        case "KONTO", [account, name]:
            _must(account.isdigit() and account not in read.accounts, "an account is named once")
            read.accounts[account] = name
        case "VER", [series, number, day, text]:
            read.vouchers.append(Voucher(series, number, _day(day), text))
        case "TRANS", [account, "{}", amount]:
            _must(account.isdigit() and bool(_AMOUNT.fullmatch(amount)), "an amount in kronor")
            read.vouchers[-1].moved.append((account, Decimal(amount)))
        case _:
            _must(label in _ONCE and label not in read.head, f"{label} is known, and stands once")
            _must(not read.accounts and not read.vouchers, "the head comes first")
            read.head[label] = fields


def _check(voucher: Voucher) -> None:
    _must(sum(amount for _, amount in voucher.moved) == 0, "a voucher balances")
    _must(len(voucher.moved) >= 2, "a voucher has two sides")


def _day(said: str) -> date:
    _must(bool(re.fullmatch(r"[0-9]{8}", said)), "a day is YYYYMMDD")
    return date(int(said[:4]), int(said[4:6]), int(said[6:]))


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise NotSie(what)
