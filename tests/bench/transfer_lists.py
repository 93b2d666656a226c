"""Of part `transfers`: how long the lists of transfers take with years of them behind: the rows of
the month that was lived through, copied into earlier months.
"""

from tests.bench.listing import Behind, Question, ask_all, fill, table_of
from tests.bench.report import Table
from tests.bench.system import World
from tests.bench.transfer_month import Unit, units_of

BEHIND = 200_000
_OPEN = 20
"""Left unanswered for each unit, so that there is something to take over."""

_COPIED = {
    "id": "gen_random_uuid()",
    "reference": "reference || '-' || turn",
    # as in the regions where what nobody answers is void: so the longest lists there are
    "status": "CASE WHEN status = 'completed' AND mod(row_number() OVER (), 10) = 0 "
    "THEN 'voided' ELSE status END",
    "current_recipient": "jsonb_set(current_recipient, '{person}', "
    "to_jsonb(md5(current_recipient ->> 'person' || turn || mod(hashtext(id::text), 40))::uuid))",
    "transfer_date": "transfer_date - days",
    "effective_on": "effective_on - days",
    "requested_at": "requested_at - interval '1 day' * days",
    "deadline": "deadline - interval '1 day' * days",
}
"""What differs from the row that is copied. Each person has about as many transfers as in a region
of that size; their references are nobody's.
"""


async def measure(world: World, *, behind: int, samples: int) -> Table:
    """Raises RuntimeError for a list that is not answered."""
    unit = next(one for one in units_of(world) if one.service_point == "40004")
    await _leave_open(world, unit)
    rows = _fill(world, behind)
    found = await ask_all(world, "bmb", _questions(world, unit), samples=samples)
    return table_of(
        f"Lists with {rows:,} transfers behind",
        found,
        samples=samples,
        note="Behind: the month's own rows, copied into months before it with other persons, a "
        "tenth of what was carried out made void, as where no answer voids; *lines* are counted to "
        "10,000. A person's, a sender's and a device's are chosen by chance among those of the "
        "unit's transfers.",
    )


async def _leave_open(world: World, unit: Unit) -> None:
    make = world.business
    sender = next(one for one in units_of(world) if one.service_point != unit.service_point)
    loans = [make.loan(prescriber=sender.prescriber) for _ in range(_OPEN)]
    await world.settle(loans)
    await world.settle(
        [make.transfer(one, sender=sender.prescriber, to=unit.prescriber) for one in loans]
    )


def _fill(world: World, rows: int) -> int:
    """Copy the rows into months before; answers how many there are."""
    with world.connect("bmb") as connection:
        connection.autocommit = True
        found = fill(
            connection,
            Behind(
                table="transfers",
                rows=rows,
                ended="status <> 'sent'",
                days="31 * turn",
                changed=_COPIED,
            ),
        )
        connection.execute("VACUUM ANALYZE transfer_subjects")
    return found


def _questions(world: World, unit: Unit) -> list[Question]:
    """Every list that there is, and each way to narrow and sort it, for who may ask.

    Raises RuntimeError where the unit has sent nothing.
    """
    query = """
        SELECT t.current_recipient ->> 'person', t.sender, d.device_number
        FROM transfers t JOIN devices d ON d.device_id::text = t.devices ->> 0
        WHERE t.sending_service_point = %s ORDER BY random() LIMIT 1
    """
    with world.connect("bmb") as connection:
        chosen = connection.execute(query, [unit.service_point]).fetchone()
    if chosen is None:
        raise RuntimeError(f"nothing was sent from {unit.service_point}")
    person, sender, device = chosen
    narrowed = [
        "/transfers?status=completed",
        f"/transfers?incoming={unit.service_point}",
        f"/transfers?outgoing={unit.service_point}&status=voided",
        f"/transfers?sender={sender}",
        f"/transfers?person={person}",
        f"/transfers?device={device}",
        *(f"/transfers?sort={one}" for one in ("-transfer_date", "deadline", "sender", "status")),
    ]
    own = ["", ":to-take-over", ":unanswered", ":rejected", ":unanswered?sort=transfer_date"]
    return [
        *((f"/transfers{one}", unit.prescriber) for one in own),
        *((one, unit.prescriber) for one in narrowed),
        *((one, "kundtjanst1") for one in ("/transfers", "/transfers:locked", *narrowed)),
    ]
