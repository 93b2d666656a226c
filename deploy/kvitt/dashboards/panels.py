"""One panel of a dashboard as data, and how Grafana's SDK makes it. What a panel means, what to do
about it and why it may be empty is what its metrics declare.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from kvitt_chassis.metrics import Metric

from kvitt.dashboards.metrics import of

Kind = Literal["lines", "number", "table"]

SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
"""Whichever Prometheus the viewer has chosen."""

HEIGHT = 7

_Made = timeseries.Panel | stat.Panel | table.Panel
_KINDS: Mapping[Kind, Callable[[], _Made]] = {
    "lines": timeseries.Panel,
    "number": stat.Panel,
    "table": table.Panel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What is asked and how it is shown. `unit` is one of Grafana's; `span` of 24 columns."""

    title: str
    expr: str
    legend: str = ""
    unit: str = "short"
    kind: Kind = "lines"
    span: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels under a heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A dashboard. `variables`: the labels that the viewer chooses by, each with what has it."""

    uid: str
    title: str
    about: str
    variables: Mapping[str, str]
    rows: Sequence[Row]


def make(page: Page, known: Mapping[str, Metric]) -> dashboard.Dashboard:
    """The dashboard by Grafana's SDK. Raises LookupError for a metric that nobody declares."""
    made = (
        dashboard.Dashboard(page.title)
        .uid(page.uid)
        .description(page.about)
        .tags(["kvitt"])
        .timezone("Europe/Stockholm")
        .time("now-6h", "now")
        .refresh("30s")
        .readonly()
        .with_variable(
            dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus")
        )
        .link(
            dashboard.DashboardLink("Kvitt")
            .type(DashboardLinkType.DASHBOARDS)
            .tags(["kvitt"])
            .as_dropdown(True)
        )
    )
    for label, metric in page.variables.items():
        made = made.with_variable(_variable(label, metric))
    for row in page.rows:
        made = made.with_row(dashboard.Row(row.title))
        for one in row.panels:
            made = made.with_panel(_panel(one, known))
    return made


def _variable(label: str, metric: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(label)
        .label(label)
        .datasource(SOURCE)
        .query(f"label_values({metric}, {label})")
        .include_all(True)
        .all_value(".*")
        .multi(True)
    )


def _panel(one: Panel, known: Mapping[str, Metric]) -> _Made:
    metrics = of(one.expr, known)
    about = "\n\n".join(f"{each.meaning}\n\n*{each.remedy}*" for each in metrics)
    silent = "; ".join(each.silent for each in metrics if each.silent)
    query = prometheus.Dataquery().expr(one.expr).legend_format(one.legend).ref_id("A")
    if one.kind == "table":
        query = query.instant().format(PromQueryFormat.TABLE)
    return (
        _KINDS[one.kind]()
        .title(one.title)
        .description(about)
        .datasource(SOURCE)
        .unit(one.unit)
        .no_value(silent or "no process answers, or none has anything to tell since it began")
        .span(one.span)
        .height(HEIGHT)
        .with_target(query)
    )
