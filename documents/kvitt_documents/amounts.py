"""Amounts and rates as people in Sweden read them."""


def kronor(ore: int) -> str:
    """An amount in öre, in kronor: `−1 234,50 kr`."""
    sign, whole, rest = "−" if ore < 0 else "", abs(ore) // 100, abs(ore) % 100
    return f"{sign}{whole:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{rest:02}\N{NO-BREAK SPACE}kr"


def percent(rate: int) -> str:
    """A rate in per cent: `25 %`."""
    return f"{rate}\N{NO-BREAK SPACE}%"
