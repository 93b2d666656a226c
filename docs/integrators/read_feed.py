"""Läser regionens flöde från Kvitt, tills det är läst till slutet. Behöver bara confluent-kafka.

python read_feed.py region.ac.events region-ac-journal
"""

import json
import os
import sys

from confluent_kafka import Consumer, Message


def describe(message: Message) -> str:
    """En rad om ett meddelande: vad det gäller och vad som hände, eller varför det avvisades."""
    headers = message.headers()
    pairs = headers if isinstance(headers, list) else []
    attributes = {name: value.decode() for name, value in pairs if isinstance(value, bytes)}
    data = json.loads(message.value() or b"{}")
    subject, wire_type = attributes["ce_subject"], attributes["ce_type"]
    if wire_type == "region.message.refused.v1":
        field = data.get("field") or "hela meddelandet"
        return f"{subject}: avvisat enligt {data['rule']} ({field}). {data['way_on']}"
    return f"{subject}: {data.get('status', wire_type)}"


def main() -> None:
    """Läser från där gruppen slutade senast, och bekräftar när raden är skriven."""
    topic, group = sys.argv[1:]
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
            "security.protocol": os.environ.get("KAFKA_SECURITY", "SASL_SSL"),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": os.environ["KAFKA_USERNAME"],
            "sasl.password": os.environ["KAFKA_PASSWORD"],
            "group.id": group,  # ska börja med region-<kod>
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    try:
        while (message := consumer.poll(10)) is not None:
            if message.error() is not None:
                sys.exit(str(message.error()))
            sys.stdout.write(describe(message) + "\n")
            consumer.commit(message=message, asynchronous=False)
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
