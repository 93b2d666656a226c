"""The pages of docs/flows: each flow's steps as a diagram in Mermaid's words, which GitHub draws,
and as a list with what each message means. Values only.
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence

from kvitt_contracts.envelope import message_class

from kvitt.flows.cases import FLOWS, Flow, cases
from kvitt.flows.reading import REGION, Said
from kvitt.flows.steps import LIFELINES, TIME, USERS, Step, steps

NAMES = {REGION: "Regionens system", USERS: "Användare", TIME: "Tiden"}
"""What lifelines are called that are no services."""

_MADE_OF = "<!-- Skriven av `python -m kvitt.flows` ur månadens händelser; ändra där. -->"

_INDEX = """\
# Flöden

Så går ett ärende genom tjänsterna. Diagrammen är gjorda av det som sades på Kafka när månaden i
`examples/` levdes igenom på riktigt (`kvitt run`): för varje flöde det första fallet med en rad,
efter region, dag och regionens egen beteckning, som har allt som hör till flödet. Det som händer
samma dag står efter orsak och verkan, annars i bokstavsordning; i verkligheten sägs det samtidigt.

"""


def pages(said: Iterable[Said]) -> dict[str, str]:
    """The text of each file, by its name. Raises LookupError where the month has no such case."""
    found = cases(said)
    texts = {f"{flow.name}.md": page(flow, steps(found[flow.name])) for flow in FLOWS}
    listed = "".join(f"- [{one.title}]({one.name}.md): {one.text}\n" for one in FLOWS)
    return {"index.md": f"{_MADE_OF}\n{_INDEX}{listed}", **texts}


def page(flow: Flow, found: Sequence[Step]) -> str:
    """A flow's page."""
    return "\n".join(
        [
            _MADE_OF,
            f"# {flow.title}\n",
            f"{flow.text}\n",
            "```mermaid",
            *diagram(found),
            "```\n",
            "| | meddelande | från | till | läses också av | vad det säger |",
            "| --- | --- | --- | --- | --- | --- |",
            *_rows(found),
            "",
        ]
    )


def diagram(found: Sequence[Step]) -> list[str]:
    """The diagram, line by line. What is told back to the region is dashed."""
    present = [one for one in LIFELINES if any(one in (step.by, step.to) for step in found)]
    lines = ["sequenceDiagram", "  autonumber"]
    lines += [f"  participant {one} as {_name(one)}" for one in present]
    days = 0
    for step in found:
        if step.days > days:
            over = f"{present[0]},{present[-1]}"
            lines.append(f"  Note over {over}: {_after(step.days)}")
            days = step.days
        arrow = "-->>" if step.to in (REGION, USERS) else "->>"
        lines.append(f"  {step.by}{arrow}{step.to}: {_label(step)}")
    return lines


def _rows(found: Sequence[Step]) -> Iterable[str]:
    for number, step in enumerate(found, start=1):
        what, said = (
            "–",
            "En dag eller en frist är inne, eller så gör en användare något i portalen.",
        )
        message = message_class(step.type)
        if message is not None:
            what = f"[`{step.type}`](../../contracts/schemas/{step.type}.json)"
            said = _cell((inspect.getdoc(message) or "").split("\n\n")[0])
        also = ", ".join(step.also) or "–"
        yield f"| {number} | {what} | {_name(step.by)} | {_name(step.to)} | {also} | {said} |"


def _label(step: Step) -> str:
    said = step.type or "det är dags"
    return f"{said} × {step.times}" if step.times > 1 else said


def _after(days: int) -> str:
    return "dagen efter" if days == 1 else f"dag {days + 1}"


def _name(lifeline: str) -> str:
    return NAMES.get(lifeline, lifeline)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def differing(texts: Mapping[str, str], committed: Mapping[str, str]) -> list[str]:
    """Names of the files that are not as they are made."""
    names = texts.keys() | committed.keys()
    return sorted(name for name in names if texts.get(name) != committed.get(name))
