"""Ctrl-C at any instant after "ready" is an orderly end."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from kvitt.signals import ended_by_signals, serve_until_ended

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVER = """
from kvitt.signals import ended_by_signals, serve_until_ended
with ended_by_signals():
    serve_until_ended(lambda: print("ready", flush=True))
print("ended")
"""


@pytest.fixture(autouse=True)
def _handlers_as_before() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in SIGNALS}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_ready_is_announced_is_an_orderly_end(number: signal.Signals) -> None:
    is_orderly = False
    with contextlib.suppress(KeyboardInterrupt), ended_by_signals():
        serve_until_ended(lambda: os.kill(os.getpid(), number))
        is_orderly = True

    assert is_orderly


def test_a_signal_long_after_ready_is_an_orderly_end() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"

    server.send_signal(signal.SIGINT)

    assert server.communicate(timeout=30)[0] == "ended\n"
    assert server.returncode == 0


def test_trouble_while_ready_is_announced_is_raised() -> None:
    def announce() -> None:
        raise OSError("the disk is full")

    with ended_by_signals(), pytest.raises(OSError, match="full"):
        serve_until_ended(announce)
