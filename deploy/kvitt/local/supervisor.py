"""The whole system on one machine: servers, topics, databases, and services as processes that are
restarted when they die. How that is shown to a person is in terminal.py.
"""

import os
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from kvitt_chassis.policy_files import read_policy_file, region_files
from kvitt_chassis.profiles import Profile
from kvitt_chassis.secret_files import SECRETS_DIR
from kvitt_contracts.quotas import region_quota
from kvitt_contracts.topics import SERVICES, catalogue

import kvitt
from kvitt.local import access, migrations, subscribers, tokens
from kvitt.local.environment import SECRETS, PortalAddresses, ServiceAddresses, inherited
from kvitt.local.kafka import Credentials
from kvitt.local.keeping import Pauses, ServerKeeper
from kvitt.local.last_words import last_reason
from kvitt.local.private import without_secrets
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import (
    Child,
    ProcessIdentity,
    end_processes,
    identities,
    require_free_port,
)
from kvitt.local.prometheus import PrometheusServer, watch
from kvitt.local.quotas import set_quotas
from kvitt.local.server import Server
from kvitt.local.servers import (
    LocalServers,
    Report,
    admin_client,
    kafka_principals,
    region_principal,
)
from kvitt.local.state import State

PORTAL, PORTAL_PACKAGE = "portal", "kvitt_portal"

_READY_SECONDS = 180.0
_STOP_SECONDS = 28.0  # a service promises 25


def default_regions_dir() -> Path:
    """The directory of the regions' policies: KVITT_REGIONS_DIR, else this repository's."""
    named = os.environ.get("KVITT_REGIONS_DIR")
    return Path(named) if named else Path(kvitt.__file__).parents[1] / "regions"


def region_codes(regions_dir: Path) -> list[str]:
    """The regions that have a policy file `<code>.yaml`, right or wrong: their topics are there all
    the same. Raises LocalProblem when there is none.
    """
    checked = map(read_policy_file, region_files(regions_dir))
    codes = [str(one.region) for one in checked if one.region is not None]
    if not codes:
        raise LocalProblem(
            f"No region's policy lies in {regions_dir}.",
            remedy="Name the directory with KVITT_REGIONS_DIR; a file there is called <code>.yaml.",
        )
    return codes


def regions_out(regions_dir: Path) -> dict[str, str]:
    """The regions whose policy file is wrong, each with the reason. Raises LocalProblem when no
    file is right: nothing would be decided.
    """
    checked = [read_policy_file(file) for file in region_files(regions_dir)]
    wrong = {str(one.region or one.path.name): one.reason for one in checked if one.faults}
    if checked and len(wrong) == len(checked):
        raise LocalProblem(
            f"No region's policy in {regions_dir} can be used.",
            remedy="\n".join([*wrong.values(), "kvitt region check says all that is wrong."]),
        )
    return wrong


_EARNEST = ("KVITT_DATABASE_API_URL", "KVITT_DATABASE_WORKER_URL", "KVITT_KAFKA_BOOTSTRAP")


# decision 0522: the local profile never leaves its machine, the other says nothing in plain text
def require_local(environment: Mapping[str, str]) -> None:
    """Raises LocalProblem where whoever starts the local system seems to mean another: it has its
    own servers, test users, a clock that moves, and keys that lie beside it.
    """
    profile = environment.get("KVITT_PROFILE", Profile.LOCAL)
    named = [name for name in _EARNEST if environment.get(name)]
    if profile != Profile.LOCAL:
        named = [f"KVITT_PROFILE={profile}", *named]
    if named:
        raise LocalProblem(
            f"This is the local system, and {', '.join(named)} is of another.",
            remedy="Unset it to try Kvitt out here; in production each service is started by itself"
            " (python -m orders.app), with settings of its own.",
        )


class ServiceProcess:
    """One service, or the portal, restarted when it dies, after a pause that grows. Without an
    admin port (the portal) `admin_url` is empty.
    """

    def __init__(
        self,
        name: str,
        system: "LocalSystem",
        environment: Mapping[str, str],
        *,
        module: str | None = None,
    ) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{environment['KVITT_HTTP_PORT']}"
        admin_port = environment.get("KVITT_ADMIN_PORT")
        self.admin_url = f"http://127.0.0.1:{admin_port}" if admin_port else ""
        self._module = module or f"{name}.app"
        self.extra_environment: dict[str, str] = {}
        self.restarts = 0
        self._pauses = Pauses()
        self._system = system
        self._environment = dict(environment)
        self._leaving = threading.Event()
        self._restarted = threading.Condition()
        self._child: Child | None = None
        self._watch: threading.Thread | None = None

    @property
    def longest_pause(self) -> float:
        """The longest pause before it is started again."""
        return self._pauses.longest

    @longest_pause.setter
    def longest_pause(self, seconds: float) -> None:
        self._pauses.longest = seconds

    @property
    def child(self) -> Child | None:
        """The current process; another one after a restart."""
        return self._child

    @property
    def environment(self) -> dict[str, str]:
        """The environment that it is started with; `extra_environment` is added."""
        return dict(self._environment)

    def start(self) -> None:
        """Start it and watch it; `extra_environment` is read at every start."""
        self._leaving.clear()
        self._spawn()
        self._watch = threading.Thread(target=self._keep_running, name=f"watch-{self.name}")
        self._watch.start()

    def stop(self) -> None:
        """End it in order; it is not restarted."""
        self._leaving.set()
        with self._restarted:  # a restart that is under way has come about, or will not
            child = self._child
        if child:
            child.stop(timeout=_STOP_SECONDS)
        if self._watch:
            self._watch.join()

    def kill(self) -> None:
        """SIGKILL; it is restarted."""
        if self._child:
            self._child.kill()

    def await_restart(self, *, after: int, timeout: float = _READY_SECONDS) -> None:
        """Wait until another process than number `after` runs. Raises TimeoutError."""
        with self._restarted:
            if not self._restarted.wait_for(lambda: self._runs_beyond(after), timeout):
                raise TimeoutError(f"{self.name} was not started again within {timeout:g} s")

    def is_ready(self) -> bool:
        """True when `/health/ready` answers 200."""
        return self.answers(self.url)

    @staticmethod
    def answers(url: str) -> bool:
        """True when the service at `url` answers that it is ready."""
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2.0) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def await_ready(self, *, restarts: int = 0, timeout: float = _READY_SECONDS) -> None:
        """Wait until it is ready. Raises LocalProblem when it takes too long, or has died more than
        `restarts` times since it was begun.
        """
        limit = time.monotonic() + timeout
        while not self.is_ready():
            died = self.restarts > restarts
            if died or time.monotonic() > limit:
                log = self._system.state.log(self.name)
                raise LocalProblem(
                    f"The service {self.name} {'died' if died else 'is not ready'}.",
                    remedy=f"{last_reason(log)} The rest stands at the end of {log}.",
                )
            time.sleep(0.1)

    def _spawn(self) -> None:
        for purpose, port in {
            self.name: self._environment["KVITT_HTTP_PORT"],
            f"{self.name}'s operators": self._environment.get("KVITT_ADMIN_PORT"),
        }.items():
            if port is not None:
                require_free_port(int(port), purpose=purpose)
        port = self._environment["KVITT_HTTP_PORT"]  # a service may have several processes
        told = without_secrets(
            {**inherited(os.environ), **self._environment, **self.extra_environment},
            SECRETS,
            self._system.state.directory / "secrets" / f"{self.name}-{port}",
            told_by=SECRETS_DIR,
        )
        self._child = self._system.servers.reaper.start(
            self.name,
            [*self._system.interpreter, "-m", self._module],
            log=self._system.state.log(self.name),
            environment=told,
        )
        self._system.remember_processes()

    def _keep_running(self) -> None:
        while self._child is not None:
            begun = time.monotonic()
            self._child.popen.wait()
            if self._leaving.is_set():
                return
            self._child.forget()
            self.restarts += 1
            what = self._child.ending
            while what:
                pause = self._pauses.after(time.monotonic() - begun)
                self._system.note(self.name, f"{what}, starts again in {pause:g} s")
                if self._leaving.wait(pause):
                    return
                what, begun = self._start_again(), time.monotonic()
            if self._leaving.is_set():
                return
            self._system.note(self.name, None)

    def _start_again(self) -> str:
        """Answers what was in the way; nothing when it runs, or is not to run any more."""
        with self._restarted:
            if self._leaving.is_set():
                return ""
            try:
                self._spawn()
            except LocalProblem as problem:
                return problem.what.rstrip(".")
            self._restarted.notify_all()
            return ""

    def _runs_beyond(self, pid: int) -> bool:
        return self._child is not None and self._child.pid != pid


class LocalSystem:
    """Everything that `kvitt up` starts. A context manager: inside, all of it is ready; afterwards
    all has ended.

    A part that dies is started again, PostgreSQL and Kafka too. What an earlier run has left is
    ended first. `is_watched`: with Prometheus beside it, where it is installed. `interpreter` runs
    the services' modules: another one may run them in containers. Needs the state for itself;
    raises LocalProblem with what is in the way.
    """

    def __init__(
        self,
        state: State,
        *,
        regions_dir: Path | None = None,
        services: Sequence[str] = SERVICES,
        with_portal: bool = False,
        is_watched: bool = False,
        interpreter: Sequence[str] = (sys.executable,),
        report: Report = lambda part, what: None,
    ) -> None:
        self.state = state
        self.interpreter = tuple(interpreter)
        self.regions_dir = regions_dir or default_regions_dir()
        self.regions = region_codes(self.regions_dir)
        self.regions_out = regions_out(self.regions_dir)
        self.subscribers_dir = subscribers.default_subscribers_dir()
        self.report = report
        self.tokens = tokens.TokenIssuer(state.directory)
        self.services: dict[str, ServiceProcess] = {}
        self.portal: ServiceProcess | None = None
        self._names = services
        self._with_portal = with_portal
        self._is_watched = is_watched
        self.prometheus: PrometheusServer | None = None
        self._keepers: list[ServerKeeper] = []
        self._dead: dict[str, str] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        require_local(os.environ)
        self.state.require_no_supervisor()
        self._end_left_over()
        self.state.write_processes([ProcessIdentity.of("supervisor", os.getpid())])
        self.servers = LocalServers(self.state)
        try:
            self._start()
        except BaseException:  # Ctrl-C too: what has begun is ended, and the error goes on
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    @property
    def bootstrap(self) -> str:
        """Kafka's address for clients."""
        return self.servers.await_kafka().bootstrap

    @property
    def urls(self) -> dict[str, str]:
        """Each service's address for who uses it."""
        return {name: service.url for name, service in self.services.items()}

    @property
    def admin_urls(self) -> dict[str, str]:
        """Each service's address for who operates it."""
        return {name: service.admin_url for name, service in self.services.items()}

    def credentials(self, principal: str) -> Credentials:
        """The Kafka user of a service, a region (`region-ac`) or the super user (`admin`)."""
        return self.servers.kafka_credentials(principal)

    def note(self, part: str, what: str | None) -> None:
        """Report and store why a part does not run; None: it runs again."""
        with self._lock:
            if what is None:
                self._dead.pop(part, None)
            else:
                self._dead[part] = what
        self.remember_processes()
        self.report(part, what or "runs again")

    def dead_parts(self) -> dict[str, str]:
        """Which parts do not run at this instant, and why."""
        with self._lock:
            return dict(self._dead)

    def remember_processes(self) -> None:
        """Store which processes run, for `kvitt status` and for the run after an unclean end."""
        with self._lock:
            children = [self.servers.postgres.child, self.servers.kafka_child]
            children += [process.child for process in self._processes()]
            children += [self.prometheus.child] if self.prometheus else []
            own = ProcessIdentity.of("supervisor", os.getpid())
            self.state.write_processes([own, *identities(children)], dead=self._dead)

    def _start(self) -> None:
        for code, reason in self.regions_out.items():
            self.report(f"region {code}", f"out of service: {reason}")
        self.servers.begin(self.report)
        self._prepare_databases()
        self._prepare_broker()
        self.remember_processes()
        for server in (self.servers.postgres, self.servers.await_kafka()):
            self._keep(server)
        for name in self._names:
            self.services[name] = ServiceProcess(name, self, self._environment(name))
        if self._with_portal:
            self.portal = ServiceProcess(
                PORTAL, self, self._portal_environment(), module=f"{PORTAL_PACKAGE}.app"
            )
        for process in self._processes():
            self.report(process.name, "starting")
            process.start()
        self._await_ready()
        if self._is_watched:
            read = {process.name: process.url for process in self._processes()}
            self.prometheus = watch(self.state, self.servers.reaper, read, self.report)
        if self.prometheus is not None:
            self._keep(self.prometheus)
            self.remember_processes()

    def _keep(self, server: Server) -> None:
        keeper = ServerKeeper(server, self.note)
        keeper.start()
        self._keepers.append(keeper)

    def _processes(self) -> list[ServiceProcess]:
        """What runs beside the servers: the services, and the portal where it was asked for."""
        return [*self.services.values(), *([self.portal] if self.portal else [])]

    def _await_ready(self) -> None:
        """Wait until every service is ready. Raises LocalProblem as soon as one has died."""
        waiting = self._processes()
        limit = time.monotonic() + _READY_SECONDS
        while waiting:
            for service in list(waiting):
                if service.is_ready() or service.restarts or time.monotonic() > limit:
                    service.await_ready(timeout=0)
                    waiting.remove(service)
                    self.report(service.name, f"ready on {service.url}")
            time.sleep(0.1)

    def _prepare_databases(self) -> None:
        databases = self.servers.await_postgres()
        self.report("databases", "creating and migrating")
        urls = {service: databases.create(service) for service in self._names}
        if self._with_portal:
            urls[PORTAL_PACKAGE] = databases.create(PORTAL)
        migrations.run(urls)
        self.report("databases", "ready")

    def _prepare_broker(self) -> None:
        kafka = self.servers.await_kafka()
        topics = catalogue(self.regions)
        self.report("topics", f"{len(topics)} topics, their users and permissions")
        client = admin_client(kafka.bootstrap, kafka.admin)
        users = [self.credentials(one) for one in kafka_principals(self.regions)]
        access.create_users(client, users)
        access.create_topics(client, topics)
        read_besides = subscribers.subscribers(self.subscribers_dir)
        granted = access.permissions(topics)
        granted += [one for each in read_besides for one in subscribers.permissions(each)]
        access.grant(client, granted)
        access.revoke_others(client, granted)
        quotas = {region_principal(one): region_quota(one) for one in self.regions}
        set_quotas(kafka.bootstrap, kafka.admin, quotas)
        for one in subscribers.entries(self.subscribers_dir):
            if one.faults:
                self.report(f"subscriber {one.path.stem}", f"not let in: {'; '.join(one.faults)}")
        subscribers.of_state(self.state).grant_all(read_besides)
        self.report("topics", "ready")

    def _environment(self, service: str) -> dict[str, str]:
        return ServiceAddresses(
            service=service,
            database=self.servers.databases.urls(service),
            bootstrap=self.bootstrap,
            credentials=self.credentials(service),
            regions_dir=self.regions_dir.resolve(),
            issuers_file=self.tokens.issuers_file_of(service, self.regions),
            quarantine_key=tokens.quarantine_key(self.state.secret),
            person_key=tokens.person_key(self.state.secret),
            person_keys=tokens.person_keys_file(self.state),
            log_key=tokens.log_key(self.state.secret),
            log_heads=(self.state.directory / "log-heads" / f"{service}.json").resolve(),
            http_port=self.state.port(f"http-{service}"),
            admin_port=self.state.port(f"admin-{service}"),
            files_dir=(self.state.directory / "files").resolve(),
            orders_url=f"http://127.0.0.1:{self.state.port('http-orders')}",
            service_key=self.tokens.of_service("notifications").key_file.resolve(),
        ).environment()

    def _portal_environment(self) -> dict[str, str]:
        return PortalAddresses(
            services=self.urls,
            admin_services=self.admin_urls,
            database=self.servers.databases.urls(PORTAL),
            regions_dir=self.regions_dir.resolve(),
            key=tokens.portal_key(self.state.secret),
            local_key=self.tokens.key_file,
            http_port=self.state.port(f"http-{PORTAL}"),
        ).environment()

    def _end_left_over(self) -> None:
        """A supervisor that was killed leaves them, where its reaper was killed too."""
        left = self.state.live_processes()
        for one in left:
            self.report(one.name, f"ends what an earlier run has left (pid {one.pid})")
        end_processes(left)

    def _stop(self) -> None:
        for keeper in self._keepers:
            keeper.leave()
        if self.prometheus is not None:
            self.prometheus.stop()
        leaving = [
            threading.Thread(target=process.stop, name=f"stop-{process.name}")
            for process in self._processes()
        ]
        for thread in leaving:
            thread.start()
        for thread in leaving:
            thread.join()
        self.servers.stop()
        for keeper in self._keepers:
            keeper.join()
        self.state.write_processes([])
