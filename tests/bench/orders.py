"""Part `orders`: the search with a million orders behind, a recipient's page, the search for
persons, a line more of a draft, a receipt of what comes direct.
"""

from time import monotonic
from typing import Any

from tests.bench import order_lists, person_search, receipts
from tests.bench.load import REGION, recipient_of
from tests.bench.machine import percentile, tell
from tests.bench.report import Section, Table
from tests.bench.system import World, running

ORDERS = 2_000
LINES = 50
_BY, _SERVICE_POINT = "f120", "40020"
_DRAFT_MS = 40


async def measure(*, quick: bool) -> Section:
    """All of it on one system. Raises RuntimeError when something did not end as it should."""
    share = 10 if quick else 1
    section = Section("orders", "Orders")
    async with running() as world:
        await world.stock(deliveries=1)
        section.tables.append(await _draft(world, drafts=max(1, 10 // share)))
        section.tables.append(await _recipient(world, samples=200 // share))
        section.tables.append(
            await person_search.measure(
                world, persons=person_search.PERSONS // share, samples=200 // share
            )
        )
        await _live_through(world, orders=ORDERS // share)
        behind = order_lists.fill_up(world, share=share)
        section.tables.append(await order_lists.measure(world, behind=behind, samples=200 // share))
    section.tables.append(await receipts.measure(samples=40 // share))
    return section


async def _live_through(world: World, *, orders: int) -> None:
    """Orders of one line each; of ten in turn nine have arrived."""
    placed = [world.business.order() for _ in range(orders)]
    tell(f"{orders:,} orders")
    await world.settle(placed)
    await world.settle(
        [world.business.dispatch(one) for number, one in enumerate(placed) if number % 10]
    )


async def _recipient(world: World, *, samples: int) -> Table:
    loans = world.business.loans_to_one(order_lists.DEVICES)
    await world.settle(loans)
    with world.connect("orders") as connection:
        found = connection.execute(
            "SELECT person::text FROM person_ids WHERE region = %s AND region_person_id = %s",
            [REGION, recipient_of(loans[0])["person"]],
        ).fetchone()
    if found is None:
        raise RuntimeError("orders does not know who has the devices")
    return await order_lists.recipient(world, str(found[0]), by=_BY, samples=samples)


async def _draft(world: World, *, drafts: int) -> Table:
    """Drafts that grow by a line at a time, each saved whole."""
    tell(f"{drafts} drafts of {LINES} lines")
    token = world.system.tokens.issue(_BY, region=REGION)
    article = world.business.articles[0]
    seconds = []
    for draft in range(drafts):
        path, version = "/order-drafts", None
        lines: list[dict[str, Any]] = []
        for number in range(LINES):
            lines.append({"article_number": article, "quantity": 1 + number % 3})
            body: dict[str, Any] = {
                "service_point": _SERVICE_POINT,
                "written": {"lines": lines},
            }
            if version is not None:
                body["version"] = version
            headers = {"Idempotency-Key": f"bench-{draft}-{number}"}
            begun = monotonic()
            answer = await world.services.request(
                "POST", "orders", path, token=token, headers=headers, json=body
            )
            seconds.append(monotonic() - begun)
            if answer.status_code >= 300:
                raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text[:200]}")
            said = answer.json()
            path, version = f"/order-drafts/{said['draft_id']}:save", said["version"]
    return Table(
        f"A line more of a draft, {len(seconds):,} in all, one after the other, telemetry on "
        f"(goal: ≤ {_DRAFT_MS} ms)",
        ["p50 ms", "p99 ms", "max ms"],
        [[f"{1000 * percentile(seconds, share):.1f}" for share in (0.5, 0.99, 1)]],
        f"`POST /order-drafts/{{draft_id}}:save`, with all its lines, up to {LINES}.",
    )
