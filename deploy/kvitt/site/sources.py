"""The pages' sources: what is made, and what of docs/ is taken over with its links kept whole."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from kvitt_contracts.compatibility import current, published

from kvitt.site import changes, drawing, messages

_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
_SCHEMA = re.compile(r"\]\(\.\./contracts/schemas/([^)]+)\.json\)")
_FENCE = re.compile(r"^(```|~~~)")

TAKEN = {
    "docs/integrators": "integrators",
    "docs/flows": "flows",
    "docs/runbooks": "runbooks",
    "contracts/schemas": "contracts/schemas",
    "contracts/examples": "contracts/examples",
}
"""Folders whose files stand on the site, and where."""

TAKEN_FILES = {
    "docs/access.md": "access.md",
    "docs/domain.md": "domain.md",
    "contracts/asyncapi.yaml": "contracts/asyncapi.yaml",
}
"""Single files that stand on the site, and where."""

_INDEX = """\
# Kvitt för den som ansluter en region

Kvitt håller reda på vem som har ett hjälpmedel, vem som betalar för det och vad det kostar. En
regions system berättar och ber över Kafka eller HTTP, och läser svaren på regionens eget flöde.

<div class="grid cards" markdown>

- **[Topicer och första meddelandet](integrators/topics.md)**: adresser, nycklar, hur ett meddelande
  skickas och hur svaret läses
- **[Meddelanden](messages/index.md)**: varje typ med när den sägs, vad läsaren får sluta sig till,
  fält, versioner och exempel
- **[Flöden](flows/index.md)**: vem som säger vad till vem, i en order, ett byte, en faktura
- **[HTTP](http/index.md)**: varje tjänsts anrop, med OpenAPI
- **[Vem som får vad](integrators/access.md)**: användare, roller och tokens
- **[Ändringar](changes.md)**: vad som skiljer sig från det som har publicerats

</div>

Maskiner läser hellre [AsyncAPI](contracts/asyncapi.yaml) och ett schema för varje meddelande; ett
schemas id (`urn:kvitt:schema:<typ>`) är det som `ce_dataschema` nämner.
"""


def write(root: Path, into: Path) -> None:
    """Write every page's source into an empty folder, from the repository at `root`."""
    shutil.rmtree(into, ignore_errors=True)
    (into / "messages").mkdir(parents=True)
    places = _places(root)
    for source, place in places.items():
        target = into / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            target.write_text(_relinked(source, places, place), encoding="utf-8")
        else:
            shutil.copyfile(source, target)
    _write_made(into)


def _write_made(into: Path) -> None:
    for flow in (into / "flows").glob("*.md"):
        text = drawing.drawn(flow.read_text(encoding="utf-8"))
        flow.write_text(_SCHEMA.sub(r"](../messages/\1.md)", text), encoding="utf-8")
    before, now = published(), current()
    (into / "index.md").write_text(_INDEX, encoding="utf-8")
    (into / "changes.md").write_text(changes.page(before, now), encoding="utf-8")
    (into / "messages" / "index.md").write_text(messages.index(), encoding="utf-8")
    for name, message in messages.in_use().items():
        text = messages.page(message, before)
        (into / "messages" / f"{name}.md").write_text(text, encoding="utf-8")


def _places(root: Path) -> dict[Path, Path]:
    found = {root / file: Path(place) for file, place in TAKEN_FILES.items()}
    for folder, place in TAKEN.items():
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and "published" not in file.parts:
                found[file] = Path(place) / file.relative_to(root / folder)
    return found


def _relinked(source: Path, places: Mapping[Path, Path], place: Path) -> str:
    """The text of a page: links to what stands on the site, and of others the words alone."""

    def relink(found: re.Match[str]) -> str:
        picture, words, target, anchor = found.groups()
        if "://" in target:
            return found[0]
        there = places.get(Path(os.path.normpath(source.parent / target)))
        if there is None:
            return words
        way = os.path.relpath(there, place.parent)
        return f"{picture}[{words}]({way}{anchor or ''})"

    lines, is_code = [], False
    for line in source.read_text(encoding="utf-8").splitlines():
        is_code ^= bool(_FENCE.match(line))
        lines.append(line if is_code else _LINK.sub(relink, line))
    return "\n".join(lines) + "\n"
