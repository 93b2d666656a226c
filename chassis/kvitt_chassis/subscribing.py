"""A subscriber: what reads domain topics by the same inbox as the services, into a database of its
own, and is none of them. It says nothing on Kafka and answers nobody.
"""

import asyncio
import logging
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self

from aiokafka.errors import KafkaError
from alembic.migration import MigrationContext
from alembic.operations import Operations
from cryptography.fernet import Fernet
from kvitt_contracts.policy import Policies
from kvitt_contracts.topics import CATALOGUE
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase

from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.migrations import create_inbox_tables
from kvitt_chassis.operating import logs
from kvitt_chassis.private_files import read_private
from kvitt_chassis.profiles import Profile, faults_of_database, faults_of_kafka
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.secret_files import Replaced
from kvitt_chassis.settings import FromFiles

log = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0


class Connection(BaseModel):
    """The file that `kvitt subscriber add` writes: whom it reads as, and what."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bootstrap: str
    security: Literal["SASL_PLAINTEXT", "SASL_SSL"]
    username: str
    password: SecretStr
    group: str
    topics: Annotated[tuple[str, ...], Field(min_length=1)]
    prefix: str = ""  # in front of topics' and groups' names, in tests

    @property
    def kafka(self) -> dict[str, object]:
        """Settings of an aiokafka client."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.security,
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password.get_secret_value(),
        }


class SubscriberSettings(FromFiles):
    """The configuration of a subscriber: `KVITT_SUBSCRIBER_CONNECTION` …, secrets in files of
    `KVITT_SECRETS_DIR`. Plain text is for this machine alone.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_SUBSCRIBER_", extra="ignore", frozen=True)

    connection: Path
    database_url: Annotated[SecretStr, Replaced.BY_LINES]
    quarantine_key: Annotated[SecretStr, Replaced.BY_LINES]
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _suits_its_profile(self) -> Self:
        read = self.read_connection()
        is_local = read.security == "SASL_PLAINTEXT"
        profile = Profile.LOCAL if is_local else Profile.PRODUCTION
        faults = [
            *faults_of_kafka(profile, read.bootstrap, read.security, has_password=True),
            *(
                fault
                for url in self.database_url.get_secret_value().split()
                for fault in faults_of_database(profile, "KVITT_SUBSCRIBER_DATABASE_URL", url)
            ),
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def read_connection(self) -> Connection:
        """What stands in the connection file. Raises ValueError, also where others may read it."""
        try:
            return Connection.model_validate_json(read_private(self.connection))
        except OSError as error:
            raise ValueError(f"the connection file cannot be read: {error.strerror}") from None


# decision 0561: a subscriber has the inbox, and nothing else of a service
def run(name: str, *, handlers: Handlers, base: type[DeclarativeBase]) -> None:
    """Read what the connection file names until SIGTERM or SIGINT: each event takes effect once,
    in its key's order, in the transaction of its mark; what a handler fails at is parked with its
    key, sealed, and tried again. Exit code 1 where the configuration is wrong, after one line.
    """
    logs.set_up(name, "INFO")
    try:
        settings = SubscriberSettings()
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False)
        log.critical("cannot start: %s", "; ".join(f"{one['loc']}: {one['msg']}" for one in told))
        sys.exit(1)
    logs.set_up(name, settings.log_level)
    _make_tables(settings.live("database_url").newest(), base)
    asyncio.run(_serve(name, settings, handlers))


def _make_tables(url: str, base: type[DeclarativeBase]) -> None:
    engine = create_engine(url.replace("+asyncpg", "+psycopg"), hide_parameters=True)
    with engine.begin() as connection:
        create_inbox_tables(Operations(MigrationContext.configure(connection)))
        base.metadata.create_all(connection)
    engine.dispose()


async def _serve(name: str, settings: SubscriberSettings, handlers: Handlers) -> None:
    connection = settings.read_connection()
    topics = [one for one in CATALOGUE if one.name in connection.topics]
    database = Database(
        settings.live("database_url"), service=name, role="worker", policies=Policies({})
    )
    shared = Shared(
        database=database,
        handlers=handlers,
        topics=topics,
        sealer=Sealer(settings.live("quarantine_key", check=Fernet)),
        prefix=connection.prefix,
    )
    consumer = Consumer(
        shared=shared, topics=topics, group=connection.group, kafka=connection.kafka
    )
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leaving.set)
    shared.start()
    starting = asyncio.create_task(_start(consumer))
    starting.add_done_callback(partial(_leave_if_failed, leaving))
    await leaving.wait()
    starting.cancel()
    await shared.stop()
    await consumer.stop()
    await database.dispose()
    if not starting.cancelled() and (error := starting.exception()) is not None:
        raise error


async def _start(consumer: Consumer) -> None:
    while True:
        try:
            await consumer.start()
            return
        except (KafkaError, TimeoutError) as error:
            log.warning("it cannot read yet: %s", describe(error))
            await consumer.stop()
            await asyncio.sleep(_RETRY_SECONDS)


def _leave_if_failed(leaving: asyncio.Event, ended: "asyncio.Task[None]") -> None:
    if not ended.cancelled() and ended.exception() is not None:
        leaving.set()
