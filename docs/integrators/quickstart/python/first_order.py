"""Skickar en första order till Kvitt och läser svaret i flödet. Behöver bara confluent-kafka.

python first_order.py ../order.json
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, Message, Producer

REGION = os.environ["KVITT_REGION"]
SECONDS = float(os.environ.get("QUICKSTART_SECONDS", "60"))
CONNECTION = {
    "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
    "security.protocol": os.environ["KAFKA_SECURITY"],
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": os.environ["KAFKA_USERNAME"],
    "sasl.password": os.environ["KAFKA_PASSWORD"],
}


def send(file: str) -> tuple[str, str]:
    """Skickar ordern; svarar med meddelandets id och orderns beteckning."""
    message_id, order = str(uuid4()), f"PY-{uuid4().hex[:10].upper()}"
    headers: dict[str, str | bytes | None] = {
        "ce_specversion": "1.0",
        "ce_id": message_id,
        "ce_source": f"urn:region:{REGION}:quickstart",
        "ce_type": "orders.order.place.v1",
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_subject": order,
        "ce_region": REGION,
        "content-type": "application/json",
    }
    # murmur2_random: samma nyckel till samma partition som i Java, annars bryts ordningen
    settings = {"partitioner": "murmur2_random", "enable.idempotence": True}
    producer = Producer({**CONNECTION, **settings, "compression.type": "gzip"})
    body = Path(file).read_bytes()
    producer.produce(f"region.{REGION}.orders", key=order.encode(), value=body, headers=headers)
    if producer.flush(30):
        sys.exit("Kafka svarade inte.")
    sys.stdout.write(f"Skickad: {order}\n")
    return message_id, order


def answer(message_id: str, order: str) -> bool:
    """Läser flödet tills ordern är registrerad eller avvisad; falskt när den avvisades."""
    # gruppens namn ska börja med användarens, region-<kod>
    group = {"group.id": f"region-{REGION}-quickstart-python", "auto.offset.reset": "earliest"}
    consumer = Consumer({**CONNECTION, **group})
    consumer.subscribe([f"region.{REGION}.events"])
    ends = time.monotonic() + SECONDS
    try:
        while time.monotonic() < ends:
            message = consumer.poll(1)
            if message is None or message.error():
                continue
            kind, data = read(message)
            if message_id != data.get("message_id") and order != data.get("order"):
                continue
            said = data.get("status") or data.get("outcome") or data.get("reason")
            sys.stdout.write(f"Svar: {kind} {said} {data.get('way_on', '')}\n")
            if kind == "region.order.reported.v1":
                return True
            if kind == "region.message.refused.v1":
                return False
    finally:
        consumer.close()
    sys.exit(f"Inget svar inom {SECONDS:g} sekunder.")


def read(message: Message) -> tuple[str, dict[str, Any]]:
    """Meddelandets typ och innehåll."""
    pairs = message.headers()
    named = dict(pairs) if isinstance(pairs, list) else {}
    return str(named["ce_type"].decode()), json.loads(message.value() or b"{}")


if __name__ == "__main__":
    sys.exit(0 if answer(*send(sys.argv[1])) else 1)
