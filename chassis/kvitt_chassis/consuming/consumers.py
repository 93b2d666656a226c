"""The consumers of one process: one group for our own topics, one for what regions send, so that a
region's topics never hold up ours.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.fernet import Fernet
from kvitt_contracts.topics import consumed_by, groups_of
from kvitt_contracts.types import RegionCode

from kvitt_chassis.consuming.caps import Cap
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.lateness import Late
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.operating.history import History
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLag:
    """How late the service is with a topic: of the partitions that this process reads, the latest.
    `region` is whose topic it is, None for ours; `messages` are not settled, the oldest has waited
    at least these `seconds`. `is_longer`: it lagged when the process began to look.
    """

    topic: str
    region: str | None
    messages: int
    seconds: float
    is_longer: bool


# decision 0185: regions' topics are read by a group of their own, in turns
class Consumers:
    """Everything that one process of a service consumes, as one part with one start and one end.

    `all` are the consumers, that of our own topics first; `shared` is their inbox and park.
    """

    def __init__(self, shared: Shared, consumers: Sequence[Consumer]) -> None:
        self.shared = shared
        self.all = tuple(consumers)

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        database: Database,
        handlers: Handlers,
        regions: Iterable[RegionCode],
        telemetry: Telemetry | None = None,
        history: History | None = None,
        tuning: Tuning | None = None,
    ) -> "Consumers":
        """The consumers of a service process, configured by its settings. `database` has the worker
        role.
        """
        tuning = tuning or Tuning()
        served, out = list(regions), list(database.policies.out)
        groups = groups_of(settings.service, served)
        shared = Shared(
            database=database,
            handlers=handlers,
            # what was parked of a region before it was out is still opened, shown and discarded
            topics=consumed_by(settings.service, [*served, *out]),
            sealer=Sealer(settings.live("quarantine_key", check=Fernet)),
            prefix=settings.topic_prefix,
            history=history,
            handler_budget=tuning.handler_budget,
            cap=Cap(keys=settings.parked_keys_per_region, bytes=settings.parked_bytes_per_region),
        )
        reading = replace(tuning.reading, max_records=settings.records_per_turn)
        return cls(
            shared,
            [
                Consumer(
                    shared=shared,
                    topics=topics,
                    group=group,
                    kafka=settings.kafka,
                    telemetry=telemetry,
                    tuning=tuning
                    if group == settings.service
                    else replace(tuning, reading=reading),
                )
                for group, topics in groups.items()
            ],
        )

    async def start(self) -> None:
        """Join the consumer groups and begin to read. Raises KafkaError when the broker cannot be
        reached.
        """
        self.shared.start()
        for consumer in self.all:
            await consumer.start()

    async def stop(self) -> None:
        """Fetch no more, finish and commit what is being handled, leave the groups."""
        await self.shared.stop()
        ended = await asyncio.gather(*(one.stop() for one in self.all), return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    @property
    def halted(self) -> str | None:
        """Why a group reads nothing until an operator has decided; None while all is well."""
        return "; ".join(one.halted for one in self.all if one.halted) or None

    @property
    def gone(self) -> Mapping[str, str]:
        """The regions' topics of which a partition is not read until an operator has decided, and
        why.
        """
        return {
            partition.topic: reason
            for one in self.all
            for partition, reason in one.progress.gone.items()
        }

    @property
    def has_session(self) -> bool:
        """False while a group does not hear from Kafka."""
        return all(one.has_session for one in self.all)

    def is_ready(self) -> bool:
        """True when each group has partitions that are assigned and checked, and none is halted."""
        return all(one.is_ready() for one in self.all)

    def idle(self) -> bool:
        """True while no message is being handled, from Kafka or from the park, and no group is
        rebalancing.
        """
        return all(one.idle() for one in self.all)

    def late(self) -> list[TopicLag]:
        """How late each topic is that lags, as of the last look, the latest first. Asks nobody."""
        prefix, found = self.shared.prefix, dict[str, list[Late]]()
        for consumer in self.all:
            for partition, late in consumer.progress.late().items():
                found.setdefault(partition.topic.removeprefix(prefix), []).append(late)
        lags = [
            TopicLag(
                topic=topic,
                region=self.shared.region_of(topic),
                messages=sum(one.messages for one in lates),
                seconds=max(one.seconds for one in lates),
                is_longer=any(one.is_longer for one in lates),
            )
            for topic, lates in found.items()
        ]
        return sorted(lags, key=lambda one: -one.seconds)

    async def lag(self, *, region: RegionCode | None = None) -> int:
        """How many messages of the assigned partitions have no committed effect yet; with a
        `region`, of its own topics alone: what ours hold is nobody's share. Asks the broker.

        Raises aiokafka's KafkaError when it does not answer.
        """
        topics = None if region is None else self.shared.topics_of(region)
        return sum([await one.lag(topics=topics) for one in self.all])
