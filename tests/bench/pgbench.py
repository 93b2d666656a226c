"""PostgreSQL's own pgbench with the statements that the chassis sends: no Python in the way.

Its client is a child of the contender's process, whose CPU it counts to.
"""

import asyncio
import re
import tempfile
from typing import Any

from kvitt.local.postgres import binary

from tests.bench.contest import Place, Watch, execute

WRITERS = 4
_TIMES = 5
"""As many transactions as with the chassis, which is slower: for an equal time."""
_KEYS = 100
_ROWS = """
    INSERT INTO counted (region, id, seq, changes)
    SELECT 'ac', md5(n::text)::uuid, 1, 1 FROM generate_series(0, %s::bigint - 1) AS n
"""
_OF_KEY = "region = 'ac' AND id = md5((:client_id + 4 * :k)::text)::uuid"
_BEFORE = f"""
\\set k random(0, {_KEYS // WRITERS - 1})
BEGIN;
SELECT id, seq, changes FROM counted WHERE {_OF_KEY} FOR NO KEY UPDATE;
UPDATE counted SET seq = seq + 1, changes = changes + 1 WHERE {_OF_KEY};
"""
_EVENT = f"""
INSERT INTO events (event_id, region, topic, key, seq, type, time, correlation_id, payload)
SELECT gen_random_uuid(), region, 'orders.customer-orders', id::text, seq, 'orders.order.voided.v1',
       now(), gen_random_uuid()::text, '{{"order_id":"' || id || '","prescriber":"f101"}}'
FROM counted WHERE {_OF_KEY};
"""


async def without_event(place: Place) -> dict[str, Any]:
    """The transaction, less the event."""
    return await _run(place, _BEFORE + "COMMIT;\n")


async def with_event(place: Place) -> dict[str, Any]:
    """The transaction as a command runs it."""
    return await _run(place, _BEFORE + _EVENT + "COMMIT;\n")


async def _run(place: Place, script: str) -> dict[str, Any]:
    execute(place, _ROWS, _KEYS)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        watch = Watch(place)
        watch.begin()
        running = await asyncio.create_subprocess_exec(
            str(binary("pgbench")),
            *("--no-vacuum", "--client", str(WRITERS), "--protocol", "prepared"),
            *("--transactions", str(_TIMES * place.events // WRITERS), "--file", file.name),
            place.admin_url,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, wrong = await running.communicate()
        result = watch.end(_TIMES * place.events)
    found = re.search(rb"tps = ([\d.]+)", said)
    if running.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {wrong.decode().strip()[-200:]}")
    result["rate"] = float(found[1])
    return result
