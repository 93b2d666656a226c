"""Part `pickups`: one of fifty devices, and the lists of all that is carried out or asked, with a
million of them behind.
"""

from tests.bench import pickup_lists, pickup_rows, pickup_times
from tests.bench.report import Section
from tests.bench.system import running


async def measure(*, quick: bool) -> Section:
    """All of it on one system. Raises RuntimeError when something did not end as it should."""
    share = 10 if quick else 1
    section = Section("pickups", "Pickups, work orders, fault reports and cases")
    async with running() as world:
        await world.stock(deliveries=1)
        section.tables.append(await pickup_times.measure(world, samples=100 // share))
        await pickup_rows.live_through(world)
        behind = pickup_rows.fill_all(world, share=share)
        section.tables.append(
            await pickup_lists.measure(world, behind=behind, samples=200 // share)
        )
    return section
