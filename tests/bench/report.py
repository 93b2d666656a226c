"""What was measured, as tables and plots, and the page that holds them. Measures nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, as they came."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def text(self) -> str:
        """As Markdown."""
        lines = [f"**{self.title}**", ""]
        lines.append(f"| {' | '.join(self.columns)} |")
        lines.append(f"| {' | '.join('---' for _ in self.columns)} |")
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join([*lines, "", *([self.note, ""] if self.note else [])])


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over one axis: `lines` name their points (x, y)."""

    name: str
    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, float]]]
    logarithmic: bool = False

    def draw(self, folder: Path) -> None:
        """Write `<name>.svg`, the same bytes for the same points."""
        import matplotlib as mpl

        mpl.use("svg")
        mpl.rcParams["svg.hashsalt"] = "kvitt"
        from matplotlib import pyplot as plt

        figure, axes = plt.subplots(figsize=(7, 3.6))
        for name, points in self.lines.items():
            axes.plot([x for x, _ in points], [y for _, y in points], marker="o", label=name)
        if self.logarithmic:
            axes.set_yscale("log")
        axes.set(title=self.title, xlabel=self.x, ylabel=self.y)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        figure.savefig(folder / f"{self.name}.svg", metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)


@dataclass(slots=True)
class Section:
    """What one part found out."""

    part: str
    title: str
    tables: list[Table] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    machine: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def text(self) -> str:
        """As Markdown, with links to its plots."""
        found = [f"## {self.title}", ""]
        found += [table.text() for table in self.tables]
        found += [f"![{plot.title}](performance/{plot.name}.svg)\n" for plot in self.plots]
        about = "; ".join(f"{name}: {value}" for name, value in self.machine.items())
        found.append(f"_{self.seconds:.0f} s. {about}._\n")
        return "\n".join(found)


def keep(section: Section, folder: Path) -> None:
    """Keep a part's figures beside the page, so that another part can be measured anew alone."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(section), indent=1, ensure_ascii=False)
    (folder / f"{section.part}.json").write_text(text + "\n", encoding="utf-8")
    for plot in section.plots:
        plot.draw(folder)


def write_page(page: Path, folder: Path, parts: Sequence[str]) -> None:
    """The page of every part that has been measured, in their order."""
    sections = [_read(folder / f"{part}.json") for part in parts if _is_there(folder, part)]
    preface = Path(__file__).with_name("preface.md").read_text(encoding="utf-8")
    page.write_text("\n".join([preface, *(one.text() for one in sections)]), encoding="utf-8")


def _is_there(folder: Path, part: str) -> bool:
    return (folder / f"{part}.json").exists()


def _read(file: Path) -> Section:
    said = json.loads(file.read_text(encoding="utf-8"))
    said["tables"] = [Table(**one) for one in said["tables"]]
    said["plots"] = [Plot(**one) for one in said["plots"]]
    return Section(**said)
