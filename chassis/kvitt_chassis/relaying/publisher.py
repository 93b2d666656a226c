"""Publishes rows of the event log to Kafka, each as one CloudEvent. Which rows, and when, is
decided by the relay.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC
from functools import lru_cache
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.partitioner import murmur2
from kvitt_contracts.envelope import BINARY

from kvitt_chassis.relaying.outbox import OutboxRow

PUBLISH_SECONDS = 20.0
"""An idempotent producer tries for ever; after this long its page has failed."""
_CLOSE_SECONDS = 2.0
_CONNECT_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Placed(Protocol):
    """What is published: its topic, by the catalogue's name, and its key."""

    @property
    def topic(self) -> str: ...
    @property
    def key(self) -> str: ...


class Publisher:
    """One service's producer. After any error it is closed, and a new one is made for the next
    page. `kafka`: aiokafka's connection settings. `topic_prefix` is put in front of topics'
    names.
    """

    role = "relay"
    compression = "lz4"

    def __init__(self, kafka: Mapping[str, Any], *, service: str, topic_prefix: str = "") -> None:
        self._kafka = dict(kafka)
        self._service = service
        self._source = f"urn:kvitt:{service}".encode()
        self._prefix = topic_prefix
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, list[int]] = {}  # by topic, as this producer knows them

    async def publish(self, rows: Sequence[Placed]) -> None:
        """Publish rows in their order and wait until Kafka has acknowledged all of them.

        Raises KafkaError, TimeoutError and whatever else a producer raises: some may have been
        stored then, and the whole page is to be published again.
        """
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                producer = await self._started()
                await asyncio.gather(*await self._enqueue(producer, rows))
        except BaseException:
            # Final for this producer: it may wedge, or send later what is sent again now.
            await self.close()
            raise

    async def cluster_id(self) -> str:
        """The id of the Kafka cluster. Raises KafkaError, TimeoutError."""
        admin = AIOKafkaAdminClient(**self._kafka, request_timeout_ms=int(_CONNECT_SECONDS * 1000))
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await admin.start()
                return str((await admin.describe_cluster())["cluster_id"])
        finally:
            with suppress(Exception):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await admin.close()

    async def close(self) -> None:
        """Close the producer, without waiting for what it still has buffered."""
        producer, self._producer = self._producer, None
        self._partitions = {}
        if producer is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await producer.stop()
        except Exception as error:
            _log.warning("the producer did not close by itself: %s", type(error).__name__)
            # Without this its task goes on sending.
            with suppress(Exception):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await producer._sender.close()
            with suppress(Exception):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await producer.client.close()

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                **self._kafka,
                client_id=f"kvitt-{self._service}-{self.role}",
                enable_idempotence=True,
                acks="all",
                compression_type=self.compression,
                max_batch_size=256 * 1024,
                linger_ms=0,  # batches are handed over whole
                request_timeout_ms=10_000,
            )
            await self._producer.start()
        return self._producer

    async def _enqueue(
        self, producer: AIOKafkaProducer, rows: Sequence[Placed]
    ) -> list["asyncio.Future[Any]"]:
        """Add rows to the producer's batches per partition; within a partition in the
        rows' order.
        """
        for topic in {row.topic for row in rows} - self._partitions.keys():
            self._partitions[topic] = sorted(await producer.partitions_for(self._prefix + topic))
        batches: list[tuple[str, int, Any]] = []
        open_batches: dict[tuple[str, int], Any] = {}
        for row in rows:
            key = row.key.encode()
            ids = self._partitions[row.topic]
            place = (row.topic, ids[_placed(key) % len(ids)])
            batch = open_batches.get(place)
            if batch is None or not self._append(batch, key, row):
                batch = open_batches[place] = producer.create_batch()
                batches.append((*place, batch))
                self._append(batch, key, row)
        sent = []
        for topic, partition, batch in batches:
            batch.close()  # a closed batch does not linger
            handed = await producer.send_batch(batch, self._prefix + topic, partition=partition)
            sent.append(handed)
        return sent

    def _append(self, batch: Any, key: bytes, row: Any) -> bool:
        added = batch.append(
            key=key, value=row.payload.encode(), timestamp=None, headers=self.headers(row)
        )
        return added is not None

    def headers(self, row: OutboxRow) -> list[tuple[str, bytes]]:
        """The row's headers, equal to `Envelope.headers` without building an envelope first."""
        pairs = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(row.event_id).encode()),
            ("ce_source", self._source),
            ("ce_type", row.type.encode()),
            ("ce_time", row.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
            ("ce_subject", row.key.encode()),
            ("ce_dataschema", f"urn:kvitt:schema:{row.type}".encode()),
            ("content-type", BINARY.encode()),
            ("ce_region", row.region.encode()),
            ("ce_sequence", str(row.seq).encode()),
        ]
        for name, value in (
            ("ce_correlationid", row.correlation_id),
            ("ce_causationid", row.causation_id),
            ("ce_actor", row.actor),
            ("traceparent", row.traceparent),
        ):
            if value is not None:
                pairs.append((name, value.encode()))
        return pairs


@lru_cache(maxsize=8_192)
def _placed(key: bytes) -> int:
    """The partition hash of a key (murmur2, as the Java client computes it). Slow in Python:
    cached.
    """
    return int(murmur2(key)) & 0x7FFFFFFF
