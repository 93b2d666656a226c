"""What the tests of inbox and park read in the tables of the trail's service."""

from kvitt_chassis.database import Database

from chassis.tests.trail import table


async def marks(database: Database) -> list[tuple[str, str, int]]:
    """Topic, key and number of each mark."""
    return [
        (topic, key, seq)
        for topic, key, seq in await table(
            database, "SELECT topic, key, seq FROM marks ORDER BY topic, key"
        )
    ]


async def parked(database: Database) -> list[tuple[str, str, str, int]]:
    """Of each parked key: the key, state, cause, and how many messages of it are parked."""
    rows = await table(
        database,
        "SELECT key, state, cause, (SELECT count(*) FROM parked_messages m WHERE m.key = k.key)"
        " FROM parked_keys k ORDER BY key",
    )
    return [(key, state, cause, count) for key, state, cause, count in rows]


async def payers(database: Database) -> list[tuple[str, int]]:
    """Of each payer: its name, and how often it was changed."""
    rows = await table(database, "SELECT name, changes FROM payers ORDER BY name")
    return [(name, changes) for name, changes in rows]


async def refusals(database: Database) -> list[tuple[str, str, str]]:
    """Of each refusal: reason, rule and field."""
    rows = await table(
        database, "SELECT reason, rule, field FROM refusals WHERE outcome = 'refused'"
    )
    return [(reason, rule, field) for reason, rule, field in rows]
