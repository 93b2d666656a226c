"""The parts of a local system as another process sees them: which run, which are dead, and one
ended so that its supervisor starts it again. Starts nothing itself.
"""

import time
from dataclasses import dataclass

from kvitt_contracts.topics import SERVICES

from kvitt.local.problems import LocalProblem
from kvitt.local.processes import ProcessIdentity, end_processes
from kvitt.local.prometheus import NAME as PROMETHEUS
from kvitt.local.servers import Report
from kvitt.local.state import SUPERVISOR, State
from kvitt.local.supervisor import PORTAL, ServiceProcess

SERVERS = ("postgres", "kafka")
_ANSWERING = (*SERVICES, PORTAL)
"""Parts that say by HTTP whether they are ready."""

_READY = "ready"
_BACK_SECONDS = 180.0
_ENDED_SECONDS = 15.0  # a part that hangs does not heed
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `state` is `ready`, `running, not ready`, `dead: <why>` or `stopped`. At
    `admin_port` a service answers who operates it.
    """

    name: str
    state: str
    pid: int | None
    address: str
    admin_port: int | None

    @property
    def is_ready(self) -> bool:
        """True when it answers, as far as that can be seen from outside."""
        return self.state == _READY


def look(state: State) -> list[Part]:
    """Every part there is, the supervisor first."""
    return [_part(state, name) for name in (SUPERVISOR, *SERVERS, *SERVICES, *_beside(state))]


def restart(state: State, name: str, report: Report, *, timeout: float = _BACK_SECONDS) -> None:
    """End a server or a service; its supervisor starts it again. Returns when it is ready.

    Raises LocalProblem for an unknown part, without a supervisor, or when it does not come back.
    """
    known = (*SERVERS, *SERVICES, *_beside(state))
    if name not in known:
        raise LocalProblem(f"There is no part {name}.", remedy=f"There are {', '.join(known)}.")
    live = _live(state)
    if SUPERVISOR not in live:
        raise LocalProblem(
            "No supervisor runs here, so nothing would start it again.",
            remedy="kvitt up --detach ends what is left and starts everything.",
        )
    before = live.get(name)
    if before is None and name not in state.dead_parts():
        raise LocalProblem(
            f"{name} was not started here.", remedy="kvitt down, then kvitt up, starts all parts."
        )
    if before:
        report(name, f"ending (pid {before.pid})")
        end_processes([before], timeout=_ENDED_SECONDS)
    limit = time.monotonic() + timeout
    while not _is_back(part := _part(state, name), before):
        if time.monotonic() > limit:
            raise LocalProblem(
                f"{name} has not come back within {timeout:g} s ({part.state}).",
                remedy=f"kvitt logs {name} may say why.",
            )
        time.sleep(_PAUSE_SECONDS)
    report(name, f"ready again (pid {part.pid})")


def _beside(state: State) -> tuple[str, ...]:
    """The portal, where it was started on this state, and Prometheus, where it runs."""
    portal = (PORTAL,) if f"http-{PORTAL}" in state.ports else ()
    runs = any(one.name == PROMETHEUS for one in state.processes())
    return (*portal, PROMETHEUS) if runs or PROMETHEUS in state.dead_parts() else portal


def _is_back(part: Part, before: ProcessIdentity | None) -> bool:
    return part.is_ready and (before is None or part.pid != before.pid)


def _part(state: State, name: str) -> Part:
    running = _live(state).get(name)
    address = _address(state, name)
    return Part(
        name=name,
        state=_word(state, name, running, address),
        pid=running.pid if running else None,
        address=address if running else "",
        admin_port=state.ports.get(f"admin-{name}") if running else None,
    )


def _word(state: State, name: str, running: ProcessIdentity | None, address: str) -> str:
    dead = state.dead_parts().get(name)
    if running:
        answers = name not in _ANSWERING or ServiceProcess.answers(address)
        return _READY if answers and not dead else "running, not ready"
    if dead and SUPERVISOR in _live(state):
        return f"dead: {dead}"
    if any(one.name == name for one in state.processes()):
        return "dead: kvitt up starts it again" if SUPERVISOR not in _live(state) else "dead"
    return "stopped"


def _live(state: State) -> dict[str, ProcessIdentity]:
    return {one.name: one for one in state.processes() if one.is_alive()}


def _address(state: State, name: str) -> str:
    purpose = f"http-{name}" if name in _ANSWERING else name
    if purpose not in state.ports:
        return ""
    scheme = "http://" if name in _ANSWERING else ""
    return f"{scheme}127.0.0.1:{state.ports[purpose]}"
