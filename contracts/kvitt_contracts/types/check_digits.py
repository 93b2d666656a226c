"""Check digits: of persons' and organisations' numbers, of places' and of goods'. Pure."""

from collections.abc import Callable, Mapping
from typing import Final


def luhn_digit(digits: str) -> int:
    """The digit that checks others by Luhn's rule, as it stands after them."""
    doubled = (int(one) * (2 - place % 2) for place, one in enumerate(reversed(digits)))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def luhn_holds(digits: str) -> bool:
    """True where the last digit checks the others by Luhn's rule, as a personal number's and an
    organisation number's.
    """
    return luhn_digit(digits[:-1]) == int(digits[-1])


def gln_holds(digits: str) -> bool:
    """True where the last digit checks the others by GS1's rule, as a GLN's and a GTIN's."""
    weighted = (int(one) * (1 + 2 * (place % 2)) for place, one in enumerate(reversed(digits)))
    return sum(weighted) % 10 == 0


def _is_organisation(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 10 and luhn_holds(text)


def _is_gln(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 13 and gln_holds(text)


ADDRESSES: Final[Mapping[str, Callable[[str], bool]]] = {
    "0007": _is_organisation,
    "0088": _is_gln,
}
"""By scheme of Peppol: whether a text is an address of it. Those that Swedish payers have."""
