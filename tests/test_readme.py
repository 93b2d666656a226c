import asyncio
import itertools
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from kvitt.flows import __main__ as flows
from kvitt.flows.pages import differing
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt.story.files import RegionFiles, read_regions
from kvitt.story.outcome import Outcome, read_outcome
from kvitt.story.region_client import RegionClient
from kvitt.story.running import run_month
from kvitt.story.services import Json, Services
from kvitt_contracts.topics import SERVICES

from documents.tests import peppol_judge, verapdf
from services.billing.tests.sie_reading import read_sie
from tests.rebuilding import rebuilt

ROOT = Path(__file__).parents[1]
LEFT_OUT = "make test"  # it is what runs this

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=535)]


def shell_blocks(page: str) -> list[str]:
    """The shell blocks of a Markdown page, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A state of its own, and nothing that runs on it afterwards."""
    state = tmp_path_factory.mktemp("readme")
    environment = {**os.environ, "KVITT_STATE": str(state), "COLUMNS": "120"}
    yield environment
    run(".venv/bin/kvitt down", environment)


def run(block: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a block as a person would who stands in the repository's folder."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def figures(page: str) -> str:
    """The table of figures as it stands in a page or an output, without spaces at ends of lines."""
    lines = [line.rstrip() for line in page.splitlines()]
    begin = lines.index("Månaden i siffror")
    table = itertools.takewhile(lambda line: not line.startswith("└"), lines[begin:])
    return "\n".join(table)


@pytest.fixture(scope="module")
def ended(environment: dict[str, str]) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
    """Every block of the page with how it ended, run in the page's order."""
    blocks = shell_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    return [(one, run(one, environment)) for one in blocks if one.strip() != LEFT_OUT]


def test_every_block_works_and_shows_the_figures_of_the_page(
    ended: list[tuple[str, subprocess.CompletedProcess[str]]],
) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    month = ended[0][1].stdout

    assert len(ended) >= 3
    failed = [(block, one.stdout[-2000:], one.stderr) for block, one in ended if one.returncode]
    assert failed == []
    assert _without_messages(figures(month)) == _without_messages(figures(page))
    assert "Allt blev som väntat" in month


def _without_messages(table: str) -> str:
    """The figures that do not depend on which of a day's facts came first. A prescriber is told of
    an order whose date was changed, and not of one whose goods came before it.
    """
    return "\n".join(line for line in table.splitlines() if "olästa" not in line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The system on the state that the page's blocks have left, and what each region's month has
    come to, as it sees that itself.
    """

    system: LocalSystem
    outcomes: Sequence[Outcome]


@pytest.fixture(scope="module")
def left(
    environment: dict[str, str], ended: list[tuple[str, subprocess.CompletedProcess[str]]]
) -> Iterator[Left]:
    """It is up once more."""
    assert ended[0][1].returncode == 0
    with LocalSystem(State.open(Path(environment["KVITT_STATE"]))) as system:
        yield Left(system=system, outcomes=asyncio.run(_outcomes(system)))


@pytest.mark.rule("NTF-4c")
def test_the_feed_alone_rebuilds_the_regions_orders_custody_and_stock_of_the_month(
    left: Left,
) -> None:
    for one in left.outcomes:
        told = rebuilt(left.system, one.region)

        things = len(one.orders) + len(one.devices) + len(one.balances)
        assert told == f"{things} saker, 0 skiljer.\n"


def test_each_flow_is_drawn_as_it_went_in_the_month(left: Left) -> None:
    state, regions = left.system.state, left.system.regions

    assert differing(flows.made(state, regions), flows.committed()) == []


@pytest.mark.thorough
@pytest.mark.rule("BIL-9d")
def test_every_electronic_document_of_the_month_is_what_peppol_demands(
    left: Left, tmp_path: Path
) -> None:
    judge = peppol_judge.provide(tmp_path)
    documents = asyncio.run(_fetched(left, "ubl"))

    broken = {number: judge.broken(one) for number, one in documents.items()}
    assert broken == {number: set() for number in documents}
    sellers = {f"{one.region}".upper() for one in left.outcomes}
    issued = _issued(left)
    assert {number.partition("-")[0] for number in documents} == sellers == {"AC", "BD", "M", "W"}
    electronic = {_payer(issued[number]) for number in documents}
    on_paper = {_payer(one) for number, one in issued.items() if number not in documents}
    assert electronic & on_paper == set()  # patients, and payers without an address for it
    assert {issued[number]["is_credit"] for number in documents} == {False, True}
    assert {issued[number]["month"] for number in documents} == {
        "2026-05",
        "2026-06",
        "2026-07",
        "2026-08",
    }


@pytest.mark.thorough
@pytest.mark.rule("BIL-9k")
def test_documents_of_the_month_can_be_read_by_everybody_and_kept(
    left: Left, tmp_path: Path
) -> None:
    """All are made; of each region, month and kind of document and payer one is judged."""
    jar = verapdf.provide()
    documents, issued = asyncio.run(_fetched(left, "pdf")), _issued(left)
    assert documents.keys() == issued.keys()
    assert {content[:5] for content in documents.values()} == {b"%PDF-"}
    judged = {}
    for number, one in sorted(issued.items(), key=lambda item: len(item[1]["lines"])):
        kind = (one["number"][:2], one["month"], one["is_credit"], one["payer"]["kind"])
        judged[kind] = number  # the longest
    for number in judged.values():
        (tmp_path / f"{number}.pdf").write_bytes(documents[number])

    verdicts = verapdf.judge(jar, sorted(tmp_path.iterdir()))
    claimed: verapdf.Verdict = {"PDF/A-3a": [], "PDF/UA-1": []}
    assert verdicts == dict.fromkeys(judged.values(), claimed)


@pytest.mark.thorough
@pytest.mark.rule("BIL-10c", "BIL-10f")
def test_every_months_file_of_the_accounts_balances_and_says_what_the_trial_balance_says(
    left: Left,
) -> None:
    files = asyncio.run(_accounts(left))

    vouchers = Counter[str]()
    for (region, _), (content, balance) in files.items():
        moved = Counter[str]()
        read = read_sie(content)  # each voucher balances
        vouchers[region] += len(read.vouchers)
        for voucher in read.vouchers:
            for account, kronor in voucher.moved:
                moved[account] += int(kronor * 100)
        shown = {
            one["account"]: one["debit_ore"] - one["credit_ore"] for one in balance["accounts"]
        }
        assert balance["debit_ore"] == balance["credit_ore"]
        assert sum(one["outgoing_ore"] for one in balance["accounts"]) == 0
        assert {name: ore for name, ore in moved.items() if ore} == {
            name: ore for name, ore in shown.items() if ore
        }
    closed = {name for name, (_, balance) in files.items() if balance["is_closed"]}
    months = ("2026-05", "2026-06", "2026-07")
    assert closed == {(one.region, month) for one in left.outcomes for month in months}
    # decision 0443: a region without accounts by its policy enters nothing
    assert {region for region, count in vouchers.items() if count} == {"m", "w"}


@pytest.mark.thorough
def test_a_second_month_on_the_same_state_adds_only_answers_to_what_is_quarantined(
    left: Left,
) -> None:
    regions = read_regions(ROOT / "examples", [])

    before = asyncio.run(_recorded(left.system))
    result = asyncio.run(run_month(left.system, regions))
    after = asyncio.run(_recorded(left.system))

    assert result.is_as_expected
    assert result.published == _messages(regions)
    assert min(before.values()) > 0
    added = {name: after[name] - before[name] for name in after}
    assert added == _told_again(regions)


def _messages(regions: Sequence[RegionFiles]) -> int:
    return sum(
        1 for one in regions for stage in one.stages for _ in stage.messages(region=one.code)
    )


def _told_again(regions: Sequence[RegionFiles]) -> dict[str, int]:
    """What cannot be recognised waits again, and its sender hears of it again."""
    by_service = Counter(
        one["topic"] for region in regions for one in region.expected["quarantined"]
    )
    return {name: by_service[name] for name in SERVICES} | {"notifications": by_service.total()}


def _payer(invoice: Json) -> tuple[str, str | None]:
    return invoice["number"].partition("-")[0], invoice["payer"].get("payer_id")


def _issued(left: Left) -> dict[str, Json]:
    """Everything that was issued, by number."""
    return {one["number"]: one for outcome in left.outcomes for one in outcome.invoices}


async def _fetched(left: Left, form: str) -> dict[str, bytes]:
    """Each document of the month in this form, by number; those that are not in it are left out."""
    found = {}
    async with _services(left.system) as services:
        for outcome in left.outcomes:
            own = services.as_system(outcome.region)
            for one in outcome.invoices:
                answer = await own.try_to("GET", "billing", f"/invoices/{one['id']}/{form}")
                if answer.is_success:
                    found[one["number"]] = answer.content
                else:
                    assert answer.json()["reason"] == "NOT_ELECTRONIC"
    return found


async def _accounts(left: Left) -> dict[tuple[str, str], tuple[bytes, Json]]:
    """The file and the trial balance of each region's months, by region and month."""
    found = {}
    async with _services(left.system) as services:
        for outcome in left.outcomes:
            own = services.as_system(outcome.region)
            for one in outcome.ledger:
                month = one.balance["month"]
                content = await own.file("billing", "/ledger:export", month=month)
                found[outcome.region, month] = (content, one.balance)
    return found


async def _outcomes(system: LocalSystem) -> list[Outcome]:
    found = []
    async with _services(system) as services:
        for code in sorted(one.code for one in read_regions(ROOT / "examples", [])):
            credentials = system.credentials(f"region-{code}")
            async with RegionClient(
                code, bootstrap=system.bootstrap, credentials=credentials
            ) as client:
                found.append(await read_outcome(services, client))
    return found


def _services(system: LocalSystem) -> Services:
    return Services(system.urls, system.admin_urls, system.tokens)


async def _recorded(system: LocalSystem) -> dict[str, int]:
    """The last number of each service's log."""
    async with _services(system) as services:
        operator = services.as_operator()
        return {
            name: (await operator.get(name, "/admin/idle"))["recorded"] for name in services.names
        }
