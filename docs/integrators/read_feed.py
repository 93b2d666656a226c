"""Läser regionens flöde från Kvitt, tills det är läst till slutet. Behöver bara confluent-kafka.

python read_feed.py region.ac.events region-ac-journal journal.sqlite
"""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, Message

PARTITIONS = 6
LAST_READ = "CREATE TABLE IF NOT EXISTS last_read (subject TEXT PRIMARY KEY, sequence INTEGER)"


def attributes(message: Message) -> dict[str, str]:
    """Meddelandets CloudEvents-attribut, som de står i Kafkas headers."""
    headers = message.headers()
    pairs = headers if isinstance(headers, list) else []
    return {name: value.decode() for name, value in pairs if isinstance(value, bytes)}


def describe(message: Message) -> str:
    """En rad om ett meddelande: vad det gäller och vad som hände, eller varför det avvisades.

    Nyckeln (ce_subject) är sakens id hos Kvitt; vad regionen själv kallar den står i innehållet.
    """
    wire_type = attributes(message)["ce_type"]
    data = json.loads(message.value() or b"{}")
    noun = wire_type.split(".")[1]
    if wire_type == "region.message.refused.v1":
        field = data.get("field") or "hela meddelandet"
        return f"{data['subject']}: avvisat enligt {data['rule']} ({field}). {data['way_on']}"
    if wire_type == "region.message.settled.v1":
        place = f"{data['topic']}, partition {data['partition']}, offset {data['offset']}"
        way_on = f" {data['way_on']}" if "way_on" in data else ""
        return f"{data.get('subject') or place}: {data['outcome']}.{way_on}"
    thing = data.get(noun) or data.get("order") or data.get("device_number") or noun
    return f"{thing}: {data.get('status', wire_type)}"


def is_new(database: sqlite3.Connection, message: Message) -> bool:
    """Falskt när det redan är läst: då är numret inte högre än det som står sparat för saken."""
    said = attributes(message)
    saved = database.execute(
        "INSERT INTO last_read VALUES (?, ?) ON CONFLICT (subject) DO UPDATE"
        " SET sequence = excluded.sequence WHERE excluded.sequence > last_read.sequence",
        (said["ce_subject"], int(said["ce_sequence"])),
    )
    return saved.rowcount == 1


def connect(topic: str, group: str) -> Consumer:
    """Regionens läsare av flödet; gruppen ska börja med region-<kod>."""
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
            "security.protocol": os.environ.get("KAFKA_SECURITY", "SASL_SSL"),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": os.environ["KAFKA_USERNAME"],
            "sasl.password": os.environ["KAFKA_PASSWORD"],
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,  # berättar när en partition är läst till slutet
        }
    )
    consumer.subscribe([topic])
    return consumer


def to_the_end(consumer: Consumer) -> Iterator[Message]:
    """Meddelandena i tur och ordning, tills varje partition är läst till slutet."""
    ended = set()
    while len(ended) < PARTITIONS and (message := consumer.poll(10)) is not None:
        error = message.error()
        if error is not None and error.code() != KafkaError._PARTITION_EOF:
            sys.exit(str(error))
        if error is not None:
            ended.add(message.partition())
        else:
            yield message


def main() -> None:
    """Läser från där gruppen slutade senast, och bekräftar när raden är skriven."""
    topic, group, file = sys.argv[1:]
    database = sqlite3.connect(file)
    database.execute(LAST_READ)
    consumer = connect(topic, group)
    try:
        for message in to_the_end(consumer):
            with database:  # numret sparas i samma transaktion som det som meddelandet leder till
                if is_new(database, message):
                    sys.stdout.write(describe(message) + "\n")
            consumer.commit(message=message, asynchronous=False)
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
