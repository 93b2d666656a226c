"""What stands in an extract of the log, which the person it is about reads."""

from typing import Final

COLUMNS: Final = ("När", "Enhet", "Vad")
UNKNOWN_UNIT: Final = "uppgift saknas"
