"""What a test of a webhook sends: an event of no meaning, signed as the others are."""

import json
from datetime import UTC, datetime
from typing import Final

from kvitt_contracts.envelope import BINARY

from notifications.feed.structured import SOURCE
from notifications.webhooks.calling import Parcel
from notifications.webhooks.writes import Taken

TEST_TYPE: Final = "kvitt.webhook.test.v1"


def test_parcel(taken: Taken) -> Parcel:
    """The test that is asked for of a webhook."""
    document = {
        "specversion": "1.0",
        "id": str(taken.test_id),
        "source": SOURCE,
        "type": TEST_TYPE,
        "time": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "subject": str(taken.webhook_id),
        "datacontenttype": BINARY,
        "region": taken.region,
        "data": {"webhook_id": str(taken.webhook_id)},
    }
    return Parcel(str(taken.test_id), json.dumps(document))
