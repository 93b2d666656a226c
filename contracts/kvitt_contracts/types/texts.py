"""What a text from outside may hold: patterns of free text and of names."""

# decision 0021: what outsiders write is bounded in the contract
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
"""Pattern of free text: no control characters but tab and line ends (PostgreSQL stores no NUL)."""

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_BLANK = r" \u00a0\u2000-\u200d\u2028\u2029\u202f\u205f\u3000\ufeff"

# decision 0206: a name is stricter than what was published
NAME = rf"^[{_BLANK}]*[^{_BLANK}{_CONTROL}](?:[^\x00-\x08\x0b\x0c\x0e-\x1f]*[^{_CONTROL}])?$"
"""Pattern of a name: free text with a visible character, and no control character at its ends."""

FREE_TEXT = frozenset({TEXT, NAME})
"""Patterns that let people write anything, also a personal number."""
