"""How the long commands tell: a line at a time, and on what machine."""

import os
import platform
import sys

import psutil


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def machine() -> str:
    """Cores, memory and system, in a few words."""
    memory = psutil.virtual_memory().total >> 30
    return f"{os.cpu_count()} cores, {memory} GiB, {platform.system()} {platform.machine()}"
