"""A scanned code where a number of a device is asked for: inventory says which device it names."""

import re
from typing import Final

from kvitt_portal.here import Visit
from kvitt_portal.services import Part

NO_DEVICE: Final = "Inget hjälpmedel som du ser har den koden. Kontrollera den, eller skriv numret."
SEVERAL: Final = "Flera hjälpmedel har den koden: skriv individnumret på etiketten."
_CODE: Final = re.compile(
    r"\((?:01|10|11|17|21)\)|\][A-Za-z][0-9A-Za-z]|01\d{14}.|https?://|.*\x1d", re.DOTALL
)
"""GTIN, lot, days and serial number stand in brackets; so do the first digits of telephones, which
are none of these.
"""


def is_code(text: str) -> bool:
    """True for what only a scanner gives: a number as it stands is looked for as before."""
    return _CODE.match(text.strip(" \t")) is not None


async def find_scanned(here: Visit, code: str) -> Part:
    """The devices that a code names, among those that the user sees."""
    return await here.send("inventory", "POST", "/devices:find", {"code": code[:300]})
