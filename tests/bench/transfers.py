"""Part `transfers`: one of fifty devices, a month of a region's, and the lists with years of them
behind.
"""

from tests.bench import bundles, transfer_lists, transfer_month
from tests.bench.report import Section
from tests.bench.system import running


async def measure(*, quick: bool) -> Section:
    """All of it on one system. Raises RuntimeError when something did not end as it should."""
    share = 10 if quick else 1
    section = Section("transfers", "Transfers")
    async with running() as world:
        await world.stock(deliveries=1)
        section.tables.append(await bundles.measure(world, samples=100 // share))
        month = await transfer_month.live_through(
            world, transfers=transfer_month.TRANSFERS // share
        )
        section.tables.append(transfer_month.table(month))
        section.tables.append(
            await transfer_lists.measure(
                world, behind=transfer_lists.BEHIND // share, samples=200 // share
            )
        )
    return section
