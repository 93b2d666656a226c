"""Where marked devices are, read whole, for the comparison with what stores have."""

from kvitt_chassis.operating.checks import Snapshot
from sqlalchemy import text


async def balances_beside_devices(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Region, and article with store, of each balance of a marked article that has more or fewer
    than the devices that stand there.
    """
    found = await snapshot.session.execute(_DIFFERING)
    return [(row.region, row.key) for row in found]


async def misplaced(snapshot: Snapshot) -> list[tuple[str, str, tuple[str, ...]]]:
    """Region and id of each device that is not in one place: `holder`, where it is listed elsewhere
    than its custody says; `store`, where it stands in a store that nobody has stated.
    """
    found = await snapshot.session.execute(_MISPLACED)
    return [
        (row.region, row.key, tuple(name for name in _NAMES if getattr(row, name))) for row in found
    ]


_NAMES = ("holder", "store")
_DIFFERING = text(
    """
    WITH standing AS (
        SELECT region, CAST(custody AS jsonb) #>> '{holder,store}' AS store, article_number,
               count(*) AS devices
        FROM devices
        WHERE CAST(custody AS jsonb) #>> '{holder,store}' IS NOT NULL
          AND status NOT IN ('scrapped', 'sold', 'returned_to_supplier')
          AND claim_kind IS DISTINCT FROM 'dispatch'
        GROUP BY 1, 2, 3
    ), had AS (
        SELECT b.region, b.store, b.article_number,
               b.available + b.reserved + b.in_reconditioning AS quantity
        FROM balances b JOIN articles a
            ON a.region = b.region AND a.article_number = b.article_number
        WHERE a.marked
    )
    SELECT region, article_number || ' ' || store AS key
    FROM had h FULL JOIN standing s USING (region, store, article_number)
    WHERE coalesce(h.quantity, 0) <> coalesce(s.devices, 0) ORDER BY region, key
    """
)
_MISPLACED = text(
    """
    WITH placed AS (
        SELECT d.region, CAST(d.id AS text) AS key,
               (d.holder_kind, d.holder_key) IS DISTINCT FROM
                   (d.said ->> 'kind',
                    coalesce(d.said ->> 'store', d.said ->> 'person', d.said ->> 'unit')) AS holder,
               d.said ->> 'kind' = 'store' AND s.store IS NULL AS store
        FROM (SELECT region, id, holder_kind, holder_key, CAST(custody AS jsonb) -> 'holder' AS said
              FROM devices) AS d
        LEFT JOIN stores s ON s.region = d.region AND s.store = d.said ->> 'store'
    )
    SELECT region, key, holder, store FROM placed WHERE holder OR store ORDER BY region, key
    """
)
