"""Skickar ett meddelande från en region till Kvitt. Behöver bara confluent-kafka.

python send.py region.ac.orders orders.order.place.v1 VB-2026-00871 order.json
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from confluent_kafka import KafkaError, Producer

SOURCE = "urn:region:ac:hjalpmedelssystem"


def headers(topic: str, wire_type: str, subject: str, body: bytes) -> dict[str, str | bytes | None]:
    """CloudEvents i binärt läge. Samma meddelande får samma id, så att det kan skickas om."""
    identity = uuid5(NAMESPACE_URL, f"{SOURCE}/{wire_type}/{subject}/{body.hex()}")
    return {
        "ce_specversion": "1.0",
        "ce_id": str(identity),
        "ce_source": SOURCE,
        "ce_type": wire_type,
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_subject": subject,
        "ce_region": topic.split(".")[1],
        "content-type": "application/json",
    }


def settings() -> dict[str, Any]:
    """Adress och inloggning ur miljön, och det som Kvitt kräver av en avsändare."""
    return {
        "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
        "security.protocol": os.environ.get("KAFKA_SECURITY", "SASL_SSL"),
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": os.environ["KAFKA_USERNAME"],
        "sasl.password": os.environ["KAFKA_PASSWORD"],
        "partitioner": "murmur2_random",  # samma nyckel till samma partition som i Java
        "enable.idempotence": True,
    }


def main() -> None:
    """Skickar filen och väntar på kvittensen från Kafka."""
    topic, wire_type, subject, file = sys.argv[1:]
    body = json.dumps(json.loads(Path(file).read_text(encoding="utf-8"))).encode()
    failures: list[KafkaError] = []

    def delivered(error: KafkaError | None, _: object) -> None:
        if error is not None:
            failures.append(error)

    producer = Producer(settings())
    producer.produce(
        topic,
        key=subject.encode(),
        value=body,
        headers=headers(topic, wire_type, subject, body),
        on_delivery=delivered,
    )
    waiting = producer.flush(30)
    if waiting or failures:
        sys.exit(f"Meddelandet kom inte fram: {failures or 'inget svar från Kafka'}")


if __name__ == "__main__":
    main()
