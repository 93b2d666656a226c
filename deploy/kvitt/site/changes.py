"""What has changed in the messages since each time their schemas were published. Values only."""

from collections.abc import Mapping, Sequence

from kvitt.site.fields import Field, Schema, fields

_MADE_OF = """\
Gjord av skillnaden mellan dagens scheman och dem som har publicerats
(`contracts/schemas/published`). Ett publicerat meddelande går alltid att läsa: ett nytt fält får
utelämnas, allt annat blir en ny version (`.v2`).
"""


def changes(before: Schema, after: Schema) -> list[str]:
    """What differs between two schemas of a message, a sentence for each field."""
    old = {field.path: field for field in fields(before)}
    new = {field.path: field for field in fields(after)}
    return [
        *(f"nytt fält `{path}`: {_said(new[path])}" for path in new if path not in old),
        *(f"fältet `{path}` är borta" for path in old if path not in new),
        *(
            f"`{path}`: {_said(old[path])} blev {_said(new[path])}"
            for path in new
            if path in old and _said(old[path]) != _said(new[path])
        ),
    ]


def page(published: Mapping[str, Sequence[Schema]], now: Mapping[str, Schema]) -> str:
    """The page of changes: what is new, what was changed at each publishing and since the last."""
    lines = [
        "# Ändringar i kontraktet\n",
        _MADE_OF,
        "## Nya meddelanden sedan den senaste publiceringen\n",
        *(f"- [`{name}`]({_page(name)})" for name in sorted(now.keys() - published.keys())),
        "\n## Ändrade meddelanden\n",
    ]
    for name, versions in sorted(published.items()):
        if name not in now:
            continue
        for number, (old, new) in enumerate(
            zip(versions, [*versions[1:], now[name]], strict=True), start=1
        ):
            found = changes(old, new)
            if found:
                since = f"publicering {number + 1}" if number < len(versions) else "nu"
                lines.append(f"### [`{name}`]({_page(name)}), {since}\n")
                lines += [f"- {one}" for one in found]
                lines.append("")
    return "\n".join(lines) + "\n"


def history(name: str, published: Mapping[str, Sequence[Schema]], now: Schema) -> str:
    """The versions of one message, as a section of its page."""
    versions = list(published.get(name, ()))
    if not versions:
        return "Inte publicerad än: den är ny sedan den senaste publiceringen.\n"
    lines = ["- Publicering 1: första gången."]
    for number, (old, new) in enumerate(zip(versions, [*versions[1:], now], strict=True), start=1):
        found = changes(old, new)
        when = f"Publicering {number + 1}" if number < len(versions) else "Sedan dess"
        if found:
            lines.append(f"- {when}: {'; '.join(found)}.")
        elif number == len(versions):
            lines.append("- Sedan dess: oförändrad.")
    return "\n".join(lines) + "\n"


def _page(name: str) -> str:
    return f"messages/{name}.md"


def _said(field: Field) -> str:
    return f"{field.takes} ({'krävs' if field.required else 'får saknas'})"
