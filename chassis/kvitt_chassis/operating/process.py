"""One process of a service: its parts, their start, and the order in which they end."""

import asyncio
import contextlib
import gc
import logging
import signal
import ssl
import sys
from collections.abc import Awaitable, Coroutine, Iterator
from typing import Any

import uvicorn
import uvloop
from aiokafka.errors import KafkaError
from cryptography.fernet import Fernet
from fastapi import FastAPI
from kvitt_contracts.types import RegionCode
from pydantic import ValidationError
from sqlalchemy import text

from kvitt_chassis import failpoints
from kvitt_chassis.auth import Authenticator
from kvitt_chassis.consuming.consumers import Consumers
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.consuming.replaying import KafkaTopics
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_chassis.ending import end_tasks
from kvitt_chassis.evidence.chain import LiveKeys, must_be_keys
from kvitt_chassis.evidence.heads import Witness
from kvitt_chassis.evidence.sealer import Sealer as LogSealer
from kvitt_chassis.evidence.verifying import Evidence
from kvitt_chassis.http import ApiContext
from kvitt_chassis.issuers import read_issuers
from kvitt_chassis.operating import admin, health, logs
from kvitt_chassis.operating.build import show_build
from kvitt_chassis.operating.census import Census
from kvitt_chassis.operating.health import Health
from kvitt_chassis.operating.history import History
from kvitt_chassis.operating.jobs import Job, keep_at
from kvitt_chassis.operating.operations import Operations
from kvitt_chassis.operating.reconciling import Reconciliation
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.policies import guard, read_policies, tell_outages
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.relay import Relay
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.service import Service
from kvitt_chassis.settings import Settings
from kvitt_chassis.web import idempotency
from kvitt_chassis.web.app import build_app
from kvitt_chassis.web.certificates import Certificates
from kvitt_chassis.web.connections import Connections, bounded
from kvitt_chassis.web.entrance import Entrance

log = logging.getLogger(__name__)

WORKER_CONNECTIONS = 8
API_CONNECTIONS = 6

OLDEST_UNSENT_SECONDS = 60.0
"""The service is not ready while an event has waited longer: what it accepts would reach nobody."""

_CONSUMER_STOP_SECONDS = 9.0
_HTTP_STOP_SECONDS = 4
_KEEP_ALIVE_SECONDS = 8  # longer than clients reuse a connection for, which is 5 s in many
_TIMERS_STOP_SECONDS = 3.0
_ENTRANCE_STOP_SECONDS = 4.0
_RELAY_STOP_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_TIDY_SECONDS = 3600.0


class Process:
    """All parts of one service in one process. `serve()` runs until `end()` or a signal."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.policies = read_policies(settings.regions_dir)
        locks = service.locks(is_checked=settings.check_lock_order)
        self.worker = Database(
            settings.live_database("database_worker_url"),
            service=service.name,
            role="worker",
            policies=self.policies,
            lock_order=locks,
            pool_size=WORKER_CONNECTIONS,
        )
        self.api = Database(
            settings.live_database("database_api_url"),
            service=service.name,
            role="api",
            policies=self.policies,
            lock_order=locks,
            pool_size=API_CONNECTIONS,
        )
        self.telemetry = Telemetry.of(service.name, endpoint=settings.otlp_endpoint)
        self.history = History(settings.history, service.name)
        self.consumers = self._make_consumers()
        self.relay = Relay(
            self.worker,
            kafka=settings.kafka,
            topic_prefix=settings.topic_prefix,
            history=self.history,
            telemetry=self.telemetry,
        )
        self.timers = TimerLoop(self.worker, service.handlers)
        self.evidence = Evidence(
            logs=service.logs,
            keys=LiveKeys(settings.live("log_key", check=must_be_keys), service=service.name),
            witness=Witness(settings.log_heads),
            policies=self.policies,
        )
        self.reconciliation = Reconciliation(
            service.name,
            (*service.checks, self.evidence.check()),
            database=self.worker,
            topics=KafkaTopics(settings.kafka, prefix=settings.topic_prefix),
        )
        self.jobs: list[Job] = [make(self.worker) for make in service.jobs]
        self.jobs.append(
            LogSealer(
                service.logs,
                database=self.worker,
                keys=self.evidence.keys,
                witness=self.evidence.witness,
            )
        )
        self.jobs.append(
            Census(service.base, database=self.worker, is_chosen=lambda: self.relay.is_holder)
        )
        # What HTTP has committed wakes the same parts as what a message has.
        self.api.committed = self.worker.committed
        self.health = Health(
            service.name,
            {
                "database": self._database_answers,
                "policies": self._policies_hold,
                "consumer": self._consumer_reads,
                "outbox": self._outbox_flows,
            },
            remarks=self._remarks,
        )
        self._operations = Operations(
            service=service,
            database=self.worker,
            consumers=self.consumers,
            relay=self.relay,
            timers=self.timers,
            reconciliation=self.reconciliation,
            evidence=self.evidence,
            health=self.health,
            moves_clock=settings.moves_clock,
        )
        self.entrance = Entrance(
            service.name,
            service.handlers,
            kafka=settings.kafka,
            topic_prefix=settings.topic_prefix,
        )
        self._are_policies_guarded = False
        self._consumer_started = False
        self._leaving = asyncio.Event()
        self._failed: BaseException | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        context = self._context()
        # who operates is served on a port, and from connections, that no user takes
        self._servers = {
            "http": _server(self._app(context), settings, settings.http_host, settings.http_port),
            "admin": _server(
                self._admin_app(context), settings, settings.admin_host, settings.admin_port
            ),
        }

    def end(self) -> None:
        """Begin to end; `serve` returns within 25 seconds."""
        self._leaving.set()

    async def serve(self) -> None:
        """Run until `end`. Raises the exception of a part that failed and should run for ever."""
        show_build(self.service.name)
        self._begin("health", self.health.beat())
        for name, server in self._servers.items():
            self._begin(name, server.serve())
        cert, key = self.settings.tls_cert_file, self.settings.tls_key_file
        if cert is not None and key is not None:
            kept = Certificates(cert, key, self._contexts)
            self._begin("certificates", kept.keep_at())
        self._begin("work", self._work())
        await self._leaving.wait()
        await self._stop()
        if self._failed is not None:
            raise self._failed

    async def _work(self) -> None:
        """Guard the policies, then start the parts that decide anything; try again while the
        database is unavailable.
        """
        await self._guard_policies()
        self._begin("relay", self.relay.run())
        self._begin("timers", self.timers.run())
        self._begin("tidy", self._tidy())
        nights = self.reconciliation.every_night(self.settings.reconciles_at)
        self._begin("reconciliation", nights)
        for job in self.jobs:
            self._begin(job.name, keep_at(job))
        while not self._consumer_started:
            try:
                await self.consumers.start()
                self._consumer_started = True
            except Exception as error:
                is_away = isinstance(error, KafkaError | TimeoutError) or is_lock_trouble(error)
                if not is_away:
                    raise
                log.warning("the consumer cannot start yet: %s", describe(error))
                await self._settle("consumer", self.consumers.stop(), _CONSUMER_STOP_SECONDS)
                await asyncio.sleep(_RETRY_SECONDS)
        # What is there now stays: the collector need not walk over it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        log.info("works", extra={"regions": list(self.policies.regions)})

    async def _guard_policies(self) -> None:
        known = self._served()
        while not self._are_policies_guarded:
            try:
                async with self.worker.unit() as unit:
                    await guard(unit.session, self.policies)
                self._are_policies_guarded = True
            except Exception as error:
                if not is_lock_trouble(error):
                    raise
                log.warning("the database does not answer yet: %s", describe(error))
                await asyncio.sleep(_RETRY_SECONDS)
        if self._served() != known:  # what is sent on the others' topics waits there
            self.consumers = self._operations.consumers = self._make_consumers()
        tell_outages(self.service.name, self.policies)

    def _contexts(self) -> list[ssl.SSLContext]:
        """How each server that listens serves TLS."""
        found = (server.config.ssl for server in self._servers.values() if server.started)
        return [context for context in found if context is not None]

    def _served(self) -> tuple[tuple[RegionCode, ...], frozenset[RegionCode]]:
        """The regions in service, and those that are out of it."""
        return self.policies.regions, frozenset(self.policies.out)

    def _make_consumers(self) -> Consumers:
        return Consumers.of(
            self.settings,
            database=self.worker,
            handlers=self.service.handlers,
            regions=self.policies.regions,
            telemetry=self.telemetry,
            history=self.history,
        )

    async def _stop(self) -> None:
        """Not ready; fetch no more; finish and commit what is being handled; let the relay publish
        it.
        """
        log.info("ends")
        self.health.stop()
        for server in self._servers.values():
            server.should_exit = True
        await asyncio.gather(
            self._cancel("work", "tidy", "reconciliation", *(job.name for job in self.jobs)),
            self._settle("consumer", self.consumers.stop(), _CONSUMER_STOP_SECONDS),
            *(self._join(name, _HTTP_STOP_SECONDS + 2.0) for name in self._servers),
        )
        await self._settle("entrance", self.entrance.close(), _ENTRANCE_STOP_SECONDS)
        await self._settle("timers", self.timers.stop(), _TIMERS_STOP_SECONDS)
        if "relay" in self._tasks and not await self.relay.drain(_RELAY_STOP_SECONDS):
            log.warning("the relay could not send all: it stays in the log for the next one")
        await self._cancel(*self._tasks)
        await self.worker.dispose()
        await self.api.dispose()
        self.history.close()
        await asyncio.to_thread(self.telemetry.close)

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks[name] = task

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.critical("%s has failed: the process ends", task.get_name(), exc_info=error)
        self._failed = self._failed or error
        self._leaving.set()

    async def _settle(self, part: str, work: Awaitable[object], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await work
        except Exception as error:
            log.warning("%s did not end in order: %s", part, describe(error))

    async def _join(self, name: str, seconds: float) -> None:
        await asyncio.wait([self._tasks[name]], timeout=seconds)

    async def _cancel(self, *names: str) -> None:
        await end_tasks(self._tasks[name] for name in names if name in self._tasks)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            try:
                async with self.worker.unit() as unit:
                    await idempotency.forget_old(unit.session)
            except Exception as error:
                log.warning("old keys could not be forgotten: %s", describe(error))

    async def _database_answers(self) -> str | None:
        async with self.worker.reading() as session:
            await session.execute(text("SELECT 1"))
        return None

    async def _policies_hold(self) -> str | None:
        if not self._are_policies_guarded:
            return "are not checked yet"
        return None if self.policies.regions else "no region is in service"

    def _remarks(self) -> dict[str, object]:
        out = {region: outage.detail for region, outage in self.policies.out.items()}
        held = sorted(self.consumers.shared.caps.over)
        gone = dict(self.consumers.gone)
        of_jobs = {job.name: job.remark() for job in self.jobs}
        remarks = {"regions_out": out, "regions_held": held, "topics_gone": gone, **of_jobs}
        return {name: remark for name, remark in remarks.items() if remark}

    async def _consumer_reads(self) -> str | None:
        if self.consumers.halted:
            return self.consumers.halted
        if self._consumer_started and not self.consumers.has_session:
            return "Kafka does not answer"
        ready = self._consumer_started and self.consumers.is_ready()
        return None if ready else "has no partitions yet"

    async def _outbox_flows(self) -> str | None:
        async with self.worker.reading() as session:
            status = await outbox.status(session)
        if status.oldest_unsent_seconds <= OLDEST_UNSENT_SECONDS:
            return None
        refusal = f": {self.relay.refusal}" if self.relay.refusal else ""
        return f"the oldest unsent event is {status.oldest_unsent_seconds:.0f} s old{refusal}"

    def _context(self) -> ApiContext:
        return ApiContext(
            service=self.service.name,
            database=self.api,
            handlers=self.service.handlers,
            authenticator=Authenticator(read_issuers(self.settings.issuers, self.settings.profile)),
            access=self.service.access,
            sealer=Sealer(self.settings.live("quarantine_key", check=Fernet)),
            may_decide=lambda: self._are_policies_guarded,
            entrance=self.entrance,
        )

    def _app(self, context: ApiContext) -> FastAPI:
        app = self.service.http_app(context, telemetry=self.telemetry)
        app.include_router(health.routes(self.health))
        return app

    def _admin_app(self, context: ApiContext) -> FastAPI:
        return build_app(
            context,
            [admin.routes(self._operations)],
            telemetry=self.telemetry,
            title=f"{self.service.title} drift",
            for_operators=True,
        )


def run(service: Service) -> None:
    """Run a service as the environment configures it, until SIGTERM or SIGINT. Exit code 1 after a
    fault; where the configuration is wrong, after one line that says what is.
    """
    logs.set_up(service.name, "INFO")
    try:
        settings = Settings()
        logs.set_up(service.name, settings.log_level)
        failpoints.arm_from(settings.failpoints)
    except ValidationError as error:
        sys.exit(_cannot_start(_settings_of(error)))
    except ValueError as error:
        sys.exit(_cannot_start(str(error)))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if not runner.run(_run(service, settings)):
            sys.exit(1)


async def _run(service: Service, settings: Settings) -> bool:
    """Answers False where the service could not be made."""
    try:
        process = Process(service, settings)
    except (ValueError, OSError) as error:
        _cannot_start(str(error))
        return False
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, process.end)
    await process.serve()
    return True


def _cannot_start(reason: str) -> int:
    log.critical("cannot start: %s", reason)
    return 1


def _settings_of(error: ValidationError) -> str:
    """What is wrong with which variable, without its value: it may be a secret."""
    faults = error.errors(include_input=False, include_url=False)
    return "; ".join(
        f"KVITT_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in faults
    )


def _server(app: FastAPI, settings: Settings, host: str, port: int) -> "_Server":
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,  # addresses are in no log; the metrics count requests
            server_header=False,
            lifespan="off",
            http=bounded(Connections(settings.service)),
            **settings.tls,
            timeout_graceful_shutdown=_HTTP_STOP_SECONDS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
    )


class _Server(uvicorn.Server):
    """Leaves signals to the process, which ends its parts in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
