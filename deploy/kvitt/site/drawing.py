"""A sequence diagram of docs/flows as an SVG picture that asks no network: of Mermaid's words those
that kvitt.flows writes, and no others. Values only.
"""

import re
from html import escape

_WIDTH, _TOP, _STEP, _NOTE = 210, 56, 34, 30
_WHO = re.compile(r"  participant (\S+) as (.+)")
_OVER = re.compile(r"  Note over [^:]+: (.+)")
_SAYS = re.compile(r"  (\w+)(--?)>>(\w+): (.+)")
_BLOCK = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_STYLE = """\
<style>.flow{overflow-x:auto}.flow svg{font:12px sans-serif;color:inherit}
.flow line,.flow path{stroke:currentColor;fill:none}.flow text{fill:currentColor}
.flow .life{stroke-opacity:.3}.flow .who,.flow .day{fill:none;stroke:currentColor;stroke-opacity:.5}
.flow .back{stroke-dasharray:5 4}</style>
"""


def drawn(page: str) -> str:
    """A page with each of its diagrams as a picture. Raises ValueError for words unknown here."""
    return _BLOCK.sub(lambda found: svg(found[1]), page)


def svg(diagram: str) -> str:
    """The picture of one diagram."""
    at: dict[str, int] = {}
    heads: list[str] = []
    parts: list[str] = []
    y, number = _TOP, 0
    for line in diagram.splitlines()[2:]:
        if found := _WHO.fullmatch(line):
            at[found[1]] = x = _WIDTH // 2 + _WIDTH * len(at)
            heads.append(_head(x, found[2]))
        elif found := _OVER.fullmatch(line):
            y += _NOTE
            parts.append(_day(y, _WIDTH * len(at), found[1]))
        elif found := _SAYS.fullmatch(line):
            number, y = number + 1, y + _STEP
            back = ' class="back"' if found[2] == "--" else ""
            parts.append(_arrow(at[found[1]], at[found[3]], y, f"{number} {found[4]}", back))
        else:
            raise ValueError(f"not drawn: {line}")
    width, height = _WIDTH * len(at), y + 24
    lives = [
        f'<line class="life" x1="{x}" y1="42" x2="{x}" y2="{height - 6}"/>' for x in at.values()
    ]
    body = "".join([*lives, *heads, *parts])
    return (
        f'{_STYLE}<div class="flow"><svg xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="Sekvensdiagram; samma steg står i tabellen nedan" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}">{body}</svg></div>\n'
    )


def _head(x: int, name: str) -> str:
    return (
        f'<rect class="who" x="{x - 72}" y="10" width="144" height="32" rx="4"/>'
        f'<text x="{x}" y="31" text-anchor="middle">{escape(name)}</text>'
    )


def _day(y: int, width: int, said: str) -> str:
    return (
        f'<rect class="day" x="8" y="{y - 16}" width="{width - 16}" height="22" rx="3"/>'
        f'<text x="{width // 2}" y="{y}" text-anchor="middle">{escape(said)}</text>'
    )


def _arrow(x1: int, x2: int, y: int, said: str, kind: str) -> str:
    """An arrow with its words above; to itself: a loop with its words beside."""
    if x1 == x2:
        return (
            f'<path{kind} d="M{x1} {y - 12}h30v12h-24"/><path d="M{x1 + 12} {y - 5}l-8 5l8 5"/>'
            f'<text x="{x1 + 38}" y="{y - 2}">{escape(said)}</text>'
        )
    tip = 8 if x2 < x1 else -8
    return (
        f'<line{kind} x1="{x1}" y1="{y}" x2="{x2}" y2="{y}"/>'
        f'<path d="M{x2 + tip} {y - 5}L{x2} {y}l{tip} 5"/>'
        f'<text x="{(x1 + x2) // 2}" y="{y - 5}" text-anchor="middle">{escape(said)}</text>'
    )
