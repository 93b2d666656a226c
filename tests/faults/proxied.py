"""A world whose services reach Kafka and PostgreSQL through proxies. What these do to them stands
in scenarios/network.py.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from kvitt.local.processes import free_ports
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem

from tests.faults.proxy import Proxy
from tests.faults.world import World


class ProxiedWorld(World):
    """Kafka tells its clients to come through the proxy; the services are told so of PostgreSQL."""

    def __init__(
        self,
        directory: Path,
        *,
        seed: int,
        ports: Mapping[str, int] | None = None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        kafka, advertised, postgres, through = free_ports(4)
        own = {"kafka": kafka, "kafka-advertised": advertised, "postgres": postgres}
        self._through = through
        super().__init__(directory, seed=seed, ports={**(ports or {}), **own}, say=say)
        self.kafka_proxy = Proxy(port=advertised, target=kafka, owner=self._owner, seed=seed)
        self.postgres_proxy = Proxy(port=through, target=postgres, owner=self._owner, seed=seed)

    def __enter__(self) -> Self:
        self.kafka_proxy.start()
        self.postgres_proxy.start()
        try:
            return super().__enter__()
        except BaseException:
            self._stop_proxies()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kafka_proxy.clear()
        self.postgres_proxy.clear()
        super().__exit__(kind, error, trace)
        self._stop_proxies()

    def make_system(self, state: State) -> LocalSystem:
        """One whose services come to PostgreSQL through the proxy."""
        return _ThroughProxy(state, proxy=self._through)

    def _stop_proxies(self) -> None:
        self.kafka_proxy.stop()
        self.postgres_proxy.stop()

    def _owner(self, port: int) -> str:
        for name, process in list(self.system.services.items()):
            child = process.child
            if child is None:
                continue
            try:
                found = psutil.Process(child.pid).net_connections("tcp")
            except psutil.Error:
                continue
            if any(one.laddr.port == port for one in found):
                return name
        return ""


class _ThroughProxy(LocalSystem):
    """Tells its services another port of PostgreSQL."""

    def __init__(self, state: State, *, proxy: int) -> None:
        super().__init__(state)
        self._proxy = proxy

    def _environment(self, service: str) -> dict[str, str]:
        direct, through = f":{self.servers.postgres.port}/", f":{self._proxy}/"
        told = super()._environment(service)
        return {name: value.replace(direct, through) for name, value in told.items()}
