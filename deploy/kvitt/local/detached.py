"""A command of ours that stays in the background, and the end of everything on a state."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import typer

from kvitt.local.private import make_directory, open_private
from kvitt.local.processes import end_processes
from kvitt.local.state import State
from kvitt.terminal import console

_PAUSE_SECONDS = 0.1


def ready_file(state: State) -> Path:
    """Where a command in the background says that it is ready."""
    return state.directory / "ready"


def start_detached(state: State, command: Sequence[str]) -> None:
    """Start `kvitt` with these arguments in the background, show what it says until it is ready.
    Raises typer.Exit when it has ended, LocalProblem where a supervisor runs already.
    """
    state.require_no_supervisor()
    ready_file(state).unlink(missing_ok=True)
    log = state.log("supervisor")
    make_directory(log.parent)
    with open_private(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kvitt", *command, "--state", str(state.directory)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with log.open() as said:
        while process.poll() is None and not ready_file(state).exists():
            console.print(said.read(), end="", soft_wrap=True)
            time.sleep(_PAUSE_SECONDS)
        console.print(said.read(), end="", soft_wrap=True)
    if process.poll() is not None:
        raise typer.Exit(1)


def end_all(state: State) -> None:
    """End everything that runs on this state, the supervisor first: it ends the others in order."""
    processes = state.processes()
    supervisor = [one for one in processes if one.name == "supervisor"]
    end_processes(supervisor, timeout=60.0)
    end_processes([one for one in processes if one.name != "supervisor"])
    state.write_processes([])
    ready_file(state).unlink(missing_ok=True)
