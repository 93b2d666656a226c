"""Five services on the local platform with a load and a history: what scenarios act on. Which
faults there are stands in scenarios/.
"""

import os
import signal
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil
import psycopg
from confluent_kafka import ConsumerGroupState, KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient
from kvitt.local.kafka import client_settings
from kvitt.local.processes import Child, free_ports
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, ServiceProcess
from kvitt_contracts.access import Grantee
from kvitt_contracts.topics import SERVICES, catalogue, groups_of
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.checker.databases import reached, read_databases
from tests.faults.checker.evidence import Evidence
from tests.faults.checker.invariants import duplicates_on_wire
from tests.faults.checker.reading import read_errors, read_histories, read_topics
from tests.faults.load import Load
from tests.faults.registry import REGIONS

_NOT_WORK = {"recorded", "quarantined"}
_PAUSE_SECONDS = 0.1
PREPARED_SECONDS = 240.0


class World:
    """A context manager: within, everything is up, the registry is known and the load stands by.

    `directory` is kept: it holds the state, the logs and the histories. `ports`: fixed in advance,
    by purpose.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seed: int,
        ports: Mapping[str, int] | None = None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.directory = directory
        self.say = say
        state = State.open(directory / "state")
        state.ports.update(ports or {})
        self.system = self.make_system(state)
        self.load: Load
        self.recovery_limit = 30.0
        self._seed = seed
        self.standby: Child | None = None
        self.planted: set[tuple[str, int, int]] = set()
        self._before: str | None = None
        self._duplicates = 0
        self._log_begins: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._before = os.environ.get("KVITT_HISTORY")
        os.environ["KVITT_HISTORY"] = str(self.directory / "history")
        self.system.__enter__()
        try:
            for service in self.services.values():
                service.longest_pause = 0.5
            self.load = Load(REGIONS, self.client_settings, seed=self._seed)
            self.load.start()
            if self.rest(PREPARED_SECONDS) is None:
                raise TimeoutError(f"the registry is not read: {self.unrest()}")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if hasattr(self, "load"):
            self.load.stop()
        if self.standby is not None:
            self.standby.stop()
        self.system.__exit__(None, None, None)
        if self._before is None:
            os.environ.pop("KVITT_HISTORY", None)
        else:
            os.environ["KVITT_HISTORY"] = self._before

    def make_system(self, state: State) -> LocalSystem:
        """The system that is started; another kind of world has another."""
        return LocalSystem(state, report=lambda part, what: None)

    # -- what scenarios act on -------------------------------------------------------------------

    @property
    def services(self) -> dict[str, ServiceProcess]:
        """The service processes by name."""
        return self.system.services

    @contextmanager
    def loaded(self, rate: float = 2.0) -> Iterator[None]:
        """Within, so many cases are begun each second."""
        self.load.rate = rate
        try:
            yield
        finally:
            self.load.rate = 0.0

    def send_signal(self, service: str, number: signal.Signals) -> None:
        """Send a signal to a service's process."""
        child = self.services[service].child
        assert child is not None
        child.signal(number)

    def kill(self, service: str) -> None:
        """SIGKILL; returns when another process runs."""
        child = self.services[service].child
        assert child is not None
        self.services[service].kill()
        self.services[service].await_restart(after=child.pid)

    def start_again(self, service: str, **environment: str) -> None:
        """End it in order, start it with these settings and wait until it is ready; they do not
        survive its next death.
        """
        process = self.services[service]
        process.stop()
        process.extra_environment.update(environment)
        process.start()
        for name in environment:
            process.extra_environment.pop(name)
        process.await_ready(restarts=10_000)

    def await_stopped(self, service: str, timeout: float = 60.0) -> None:
        """Wait until it has stopped itself (SIGSTOP), at a failpoint. Raises TimeoutError."""
        child = self.services[service].child
        assert child is not None
        limit = time.monotonic() + timeout
        while psutil.Process(child.pid).status() != psutil.STATUS_STOPPED:
            if time.monotonic() > limit:
                raise TimeoutError(f"{service} has not come to its failpoint")
            time.sleep(_PAUSE_SECONDS)

    def measured(self, service: str, metric: str, **labels: str) -> float:
        """A metric of a service, summed over what carries these labels; 0 while it is silent."""
        try:
            text = httpx.get(f"{self.services[service].url}/metrics", timeout=30.0).text
        except httpx.HTTPError:
            return 0.0
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == metric and labels.items() <= sample.labels.items()
        )

    @contextmanager
    def replica(
        self, service: str, *, is_killed: bool = False, **environment: str
    ) -> Iterator[ServiceProcess]:
        """Another process of a service, ready, on ports of its own; ended after, in order or
        killed.
        """
        told = self.services[service].environment | environment
        told["KVITT_HTTP_PORT"], told["KVITT_ADMIN_PORT"] = map(str, free_ports(2))
        process = ServiceProcess(service, self.system, told)
        process.longest_pause = 0.5
        process.start()
        try:
            process.await_ready(restarts=10_000)
            yield process
        finally:
            if is_killed and process.child is not None:
                process.child.kill()
            process.stop()

    def effects_of(self, process: ServiceProcess) -> int:
        """How many effects a process has told in its history."""
        child = process.child
        file = self.directory / "history" / f"{process.name}-{child.pid if child else 0}.jsonl"
        return file.read_text().count('"what":"applied"') if file.exists() else 0

    def is_ready(self) -> bool:
        """True when every service says so."""
        return all(process.is_ready() for process in self.services.values())

    def await_ready(self, timeout: float = 120.0) -> None:
        """Wait until every service says that it is ready."""
        for process in self.services.values():
            process.await_ready(restarts=10_000, timeout=timeout)

    def advance(self, *, days: int) -> None:
        """Move every service's business time on."""
        first, *others = self.services
        now = datetime.fromisoformat(self.ask(first, "GET", "/clock")["now"])
        to = {"to": (now + timedelta(days=days)).isoformat()}
        moved = self.ask(first, "POST", "/clock:advance", json=to)
        for service in others:
            body = {"offset_seconds": moved["offset_seconds"]}
            self.ask(service, "POST", "/clock:advance", json=body)

    def await_cases(self, references: Collection[str], status: str) -> None:
        """Wait until the load has heard this of them. Raises TimeoutError."""
        limit = time.monotonic() + self.recovery_limit
        while time.monotonic() < limit:
            found = {one.reference: one.reached for one in self.load.cases()}
            if all(found[reference] == status for reference in references):
                return
            time.sleep(_PAUSE_SECONDS)
        raise TimeoutError(f"not all of {len(references)} cases are {status}")

    def database(self, service: str) -> psycopg.Connection[Any]:
        """A service's database, as the superuser."""
        return psycopg.connect(self.system.servers.databases.admin_url_to(service), autocommit=True)

    def client_settings(self, principal: str) -> dict[str, Any]:
        """confluent-kafka's settings of a principal."""
        return client_settings(self.system.bootstrap, self.system.credentials(principal))

    def plant(
        self, topic: str, records: Sequence[tuple[bytes, bytes, Sequence[tuple[str, bytes]]]]
    ) -> None:
        """Write (key, value, headers) into a topic as the super user; the checker knows them."""
        settings = {
            **self.client_settings("admin"),
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
        producer = Producer(settings)

        def acknowledged(error: KafkaError | None, record: Message) -> None:
            assert error is None, error
            place = (str(record.topic()), int(record.partition() or 0), int(record.offset() or 0))
            self.planted.add(place)

        for key, value, headers in records:
            producer.produce(
                topic, key=key, value=value, headers=list(headers), on_delivery=acknowledged
            )
        assert producer.flush(60) == 0, "Kafka does not take what is planted"

    def ask(
        self, service: str, method: str, path: str, *, user: str = "operator", **more: Any
    ) -> Any:
        """Ask a service as who operates all regions. Raises httpx.HTTPError."""
        token = self.system.tokens.issue(user, region="ac", roles=(Grantee.PLATFORM,))
        answer = httpx.request(
            method,
            f"{self.services[service].admin_url}/admin{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60.0,
            **more,
        )
        answer.raise_for_status()
        return answer.json()

    def try_to_ask(self, service: str, path: str) -> dict[str, Any]:
        """What a service answers to GET, or nothing while it does not."""
        try:
            found: dict[str, Any] = self.ask(service, "GET", path)
        except httpx.HTTPError:
            return {}
        return found

    def parked(self, service: str) -> list[dict[str, Any]]:
        """Every parked key that a service shows."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["id"] if found else 0
            page = self.ask(service, "GET", "/parked", params={"after": after, "limit": 100})
            found += page
            if len(page) < 100:
                return found

    def discard_parked(self, service: str) -> int:
        """Throw away the first message of every quarantined key, where it takes two with a second
        person. Answers how many.
        """
        found = [one for one in self.parked(service) if one["state"] == "quarantined"]
        for entry in found:
            body = {"why": "it says nothing"}
            path = f"/quarantine/{entry['id']}"
            if "proposed_at" in self.ask(service, "POST", f"{path}:discard", json=body):
                self.ask(service, "POST", f"{path}:confirm", user="operator2", json=body)
        return len(found)

    def retry_parked(self) -> int:
        """Try every quarantined key again, as an operator does after a repair. Answers how many."""
        count = 0
        for service in SERVICES:
            for entry in self.parked(service):
                if entry["state"] == "quarantined":
                    body = {"why": "the fault is over"}
                    self.ask(service, "POST", f"/quarantine/{entry['id']}:retry", json=body)
                    count += 1
        return count

    # -- rest ------------------------------------------------------------------------------------

    def unrest(self) -> dict[str, dict[str, int]]:
        """Who has what in hand, the load's own cases included; empty at rest."""
        unrest = {name: _work(self.look(name)) for name in self.services}
        unrest["groups"] = {"rebalanced": int(not self._groups_are_whole())}
        unrest["load"] = {"unsent": self.load.unsent(), "waiting": len(self.load.waiting())}
        return {
            name: {w: n for w, n in one.items() if n}
            for name, one in unrest.items()
            if any(one.values())
        }

    def rest(self, limit: float) -> float | None:
        """Wait until nothing is in hand anywhere, in two looks. Seconds; None: not in time."""
        begun = time.monotonic()
        rested = 0
        while time.monotonic() - begun < limit:
            took = time.monotonic() - begun
            rested = rested + 1 if self._is_at_rest() else 0
            if rested == 2:
                return took
            time.sleep(_PAUSE_SECONDS)
        return None

    def _is_at_rest(self) -> bool:
        """The load is asked first, then one service at a time: asking costs what it measures."""
        if self.load.unsent() or self.load.waiting():
            return False
        if any(_work(self.look(service)) for service in self.services):
            return False
        return self._groups_are_whole()

    def _groups_are_whole(self) -> bool:
        """A service knows the lag of its own partitions alone: while a group is rebalanced, or has
        a dead member, nobody tells that of the others.
        """
        # A new one each time: one that has seen the broker die asks in vain for minutes.
        admin = AdminClient({**self.client_settings("admin"), "log_level": 0})
        groups = [
            group for service in self.services for group in groups_of(service, self.system.regions)
        ]
        asked = admin.describe_consumer_groups(groups, request_timeout=5)
        try:
            found = [answer.result(5) for answer in asked.values()]
        except (KafkaException, TimeoutError):
            return False
        return all(
            one.state is ConsumerGroupState.STABLE and len(one.members) == 1 for one in found
        )

    def look(self, service: str) -> dict[str, int]:
        """What a service has in hand; the error's name while it does not answer."""
        try:
            found: dict[str, int] = self.ask(service, "GET", "/idle")
        except httpx.HTTPError as error:
            return {type(error).__name__: 1}
        return found

    # -- evidence --------------------------------------------------------------------------------

    def begin(self) -> None:
        """A scenario begins: errors in the logs count from here on."""
        for name in SERVICES:
            log = self.system.state.log(name)
            self._log_begins[name] = log.stat().st_size if log.exists() else 0

    def evidence(self, **more: Any) -> tuple[Evidence, int]:
        """Everything as it is now, and how many records were repeated on the wire since last."""
        topics = catalogue(self.system.regions)
        owned = [topic for topic in topics if not topic.is_inbound]
        databases = read_databases(self.database, SERVICES, self._shown)
        found = Evidence(
            consumers={topic.name: topic.consumers for topic in owned},
            logged=databases.logged,
            wire=read_topics(self.client_settings("admin"), [topic.name for topic in owned]),
            planted=frozenset(self.planted),
            history=read_histories(self.directory / "history"),
            marks=databases.marks,
            parked=databases.parked,
            published=tuple(self.load.published),
            seen=databases.seen,
            balances=databases.balances,
            payers=databases.payers,
            claimed=databases.claimed,
            open_claims=databases.open_claims,
            unfolded=tuple(self._unfolded()),
            rows=databases.rows,
            cases=reached(self.database, self.load.cases()),
            errors=tuple(read_errors(self.system.state.directory / "logs", self._log_begins)),
            **more,
        )
        duplicates = duplicates_on_wire(found)
        new, self._duplicates = duplicates - self._duplicates, duplicates
        return found, new

    def _unfolded(self) -> Iterator[str]:
        for service in SERVICES:
            for one in self.ask(service, "POST", "/reconcile"):
                yield f"{service}.{one['table']} {one['key']}: {', '.join(one['fields'])}"

    def _shown(self, service: str) -> set[tuple[str, str]]:
        return {(one["topic"], one["key"]) for one in self.parked(service)}


def _work(look: Mapping[str, int]) -> dict[str, int]:
    return {what: n for what, n in look.items() if n and what not in _NOT_WORK}
