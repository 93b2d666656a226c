"""What `beside` runs in either commit's checkout, by that checkout's python: `python -c` of this
text, a function's name, its arguments as JSON on standard input; the last line out is its answer.

So it may only use what tests/bench has in both, and holds no figures of its own.
"""

import asyncio
import json
import sys
from typing import Any

from tests.bench import consuming, counted, system, writing
from tests.bench.backlog import fill
from tests.bench.contest import Place, execute
from tests.bench.latencies import of_orders
from tests.bench.machine import percentile


async def tables(owner_url: str) -> None:
    """The measured service's tables as this commit has them."""
    await asyncio.to_thread(counted.make_tables, owner_url)


async def messages(place: dict[str, Any]) -> None:
    """Events to consume."""
    await consuming.publish(Place(**place))


async def backlog(place: dict[str, Any]) -> None:
    """Events to relay."""
    await asyncio.to_thread(fill, Place(**place), place["events"])


async def timers(place: dict[str, Any], pending: int) -> None:
    """Timers that are due, and such as are not."""
    here, due = Place(**place), place["events"]
    execute(here, writing._ROWS, pending + due)
    execute(here, writing._TIMERS, "-1 hour", 0, due - 1)
    execute(here, writing._TIMERS, "30 days", due, due + pending - 1)
    execute(here, "ANALYZE timers")


async def whole(rate: int, seconds: int, burst: int) -> dict[str, float]:
    """The five services: orders at a pace, then bursts; figures by name and unit."""
    async with system.running() as world:
        await world.stock(deliveries=1)
        make = world.business
        await world.settle([make.order() for _ in range(50)])
        since, count = world.recorded(), rate * seconds
        orders = [make.order() for _ in range(count)]
        world.processes.begin()
        due = await world.pace(orders, rate=rate)
        await world.rest()
        used = world.processes.used()
        found = of_orders(world, due, since)
        if found.missing:
            raise RuntimeError(f"{found.missing} of {count} orders came to nothing")
        cpu = 1000 * used.seconds * sum(used.shares.values()) / count
        loans = [make.loan() for _ in range(burst)]
        placed = await world.settle([make.order() for _ in range(burst)])
        await world.settle(loans)
        moved = await world.settle([make.transfer(one) for one in loans])
        at = f"{rate} orders a second"
        return {
            f"{at}: commit to effect, p50|ms": 1000 * percentile(found.to_effect, 0.5),
            f"{at}: commit to effect, p99|ms": 1000 * percentile(found.to_effect, 0.99),
            f"{at}: from the region, p50|ms": 1000 * percentile(found.from_region, 0.5),
            f"{at}: CPU of everything|ms/order": cpu,
            f"burst of {burst} orders to planned|orders/s": burst / placed,
            f"burst of {burst} transfers to sent|transfers/s": burst / moved,
            "memory of everything|MiB": sum(world.processes.memory().values()) / 2**20,
        }


if __name__ == "__main__":
    answer = asyncio.run(globals()[sys.argv[1]](**json.loads(sys.stdin.read())))
    sys.stdout.write(json.dumps(answer) + "\n")
