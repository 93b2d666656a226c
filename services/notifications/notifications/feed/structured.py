"""An event of the feed as CloudEvents' structured JSON: what its record on the topic says in
headers and value, in one document.
"""

import json
from datetime import UTC
from typing import Final

from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_contracts.envelope import BINARY

SOURCE: Final = "urn:kvitt:notifications"


def structured(row: OutboxRow) -> str:
    """The document. The body stands in it as it was written."""
    attributes = {
        "specversion": "1.0",
        "id": str(row.event_id),
        "source": SOURCE,
        "type": row.type,
        "time": row.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "subject": row.key,
        "dataschema": f"urn:kvitt:schema:{row.type}",
        "datacontenttype": BINARY,
        "region": row.region,
        "sequence": str(row.seq),
        "correlationid": row.correlation_id,
        "causationid": row.causation_id,
        "actor": row.actor,
        "traceparent": row.traceparent,
    }
    given = {name: value for name, value in attributes.items() if value is not None}
    return f'{json.dumps(given, ensure_ascii=False)[:-1]}, "data": {row.payload}}}'
