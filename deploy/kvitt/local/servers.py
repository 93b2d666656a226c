"""PostgreSQL and Kafka together, as `kvitt up` and the tests start them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from confluent_kafka.admin import AdminClient
from kvitt_contracts.topics import SERVICES

from kvitt.local import jars
from kvitt.local.databases import Databases
from kvitt.local.kafka import Credentials, KafkaServer, client_settings
from kvitt.local.postgres import PostgresServer
from kvitt.local.processes import Child, ProcessReaper
from kvitt.local.state import State, cache_dir

Report = Callable[[str, str], None]
"""Called at each step, from any thread, with the part (`kafka`, `orders`) and its state."""


def kafka_principals(regions: Sequence[str]) -> list[str]:
    """Everyone with a user on the broker: each service and each region."""
    return [*SERVICES, *map(region_principal, regions)]


def region_principal(code: str) -> str:
    """The broker's user of a region's own systems."""
    return f"region-{code}"


# decision 0010: the local platform is the real one
class LocalServers:
    """Both servers, started in parallel and ended together; they also end when this
    process does.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.reaper = ProcessReaper()
        self.postgres = PostgresServer(state, self.reaper)
        self.databases = Databases(
            self.postgres.admin_url, lambda role: state.password(f"postgres:{role}")
        )
        self._pool = ThreadPoolExecutor(2)
        self._postgres_ready: Future[None] | None = None
        self._kafka_ready: Future[KafkaServer] | None = None

    def begin(self, report: Report = lambda part, what: None) -> None:
        """Start both without waiting; each await_… waits for one."""
        self._kafka_ready = self._pool.submit(self._start_kafka, report)
        self._postgres_ready = self._pool.submit(self._start_postgres, report)

    def await_postgres(self) -> Databases:
        """Wait until PostgreSQL answers. Raises LocalProblem."""
        assert self._postgres_ready is not None, "begin() comes first"
        self._postgres_ready.result()
        return self.databases

    def await_kafka(self) -> KafkaServer:
        """Wait until Kafka answers. Raises LocalProblem."""
        assert self._kafka_ready is not None, "begin() comes first"
        return self._kafka_ready.result()

    @property
    def kafka_child(self) -> Child | None:
        """Kafka's process; None until it has started."""
        ready = self._kafka_ready
        return ready.result().child if ready and ready.done() and not ready.exception() else None

    def kafka_credentials(self, principal: str) -> Credentials:
        """The user of a service (`orders`), a region (`region-ac`) or the super user (`admin`)."""
        return Credentials(principal, self.state.password(f"kafka:{principal}"))

    def stop(self) -> None:
        """End both as cleanly as possible; returns when they have exited."""
        for ready in (self._kafka_ready, self._postgres_ready):
            if ready is not None:
                ready.exception()  # waits; a start that failed was told to who waited for it
        if self._kafka_ready is not None and not self._kafka_ready.exception():
            self._kafka_ready.result().stop()
        self.postgres.stop()
        self._pool.shutdown()
        self.reaper.close()

    def _start_postgres(self, report: Report) -> None:
        report("postgres", "starting")
        self.postgres.start()
        report("postgres", f"ready on port {self.postgres.port}")

    def _start_kafka(self, report: Report) -> KafkaServer:
        report("kafka", "checking its files")
        paths = jars.provide(
            jars.read_list(),
            cache_dir(),
            on_fetched=lambda done, of: report("kafka", f"file {done} of {of} fetched"),
        )
        report("kafka", "starting")
        kafka = KafkaServer(self.state, self.reaper, paths)
        kafka.start()
        report("kafka", f"ready on port {kafka.port}")
        return kafka


def admin_client(bootstrap: str, credentials: Credentials | None) -> AdminClient:
    """A Kafka admin client; without credentials for a broker of another's that asks for none."""
    return AdminClient(client_settings(bootstrap, credentials))
