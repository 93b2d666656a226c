"""Faults that are planted to see that the attack finds them: data, and `python -m
tests.attack.planted`, which plants all in a copy of the tree and attacks it once.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import CHASSIS, Swap
from tests.mutants.tree import Tree
from tests.telling import say

_PORTAL = "portal/kvitt_portal"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault. `part` finds it, by a line that matches `found`."""

    name: str
    part: str
    swap: Swap
    found: str


def _planted(name: str, part: str, found: str, file: str, old: str, new: str) -> Planted:
    return Planted(name, part, Swap(file, old, new), found)


PLANTED = (
    _planted(
        "a token counts when it has expired",
        "credentials",
        "expired is answered",
        f"{CHASSIS}/auth.py",
        "leeway=LEEWAY_SECONDS,",
        "leeway=10**6,",
    ),
    _planted(
        "a route has no guard",
        "credentials",
        "none is answered",
        f"{CHASSIS}/web/app.py",
        'is_open(str(scope["path"])):\n            yield\n            return\n',
        'is_open(str(scope["path"])) or scope["path"] == "/stores":\n'
        "            yield\n            return\n",
    ),
    _planted(
        "what is out of reach is recorded twice",
        "probing",
        "has not recorded each denial once",
        f"{CHASSIS}/denials.py",
        "    DENIED.labels(service, act, why).inc()\n",
        "    DENIED.labels(service, act, why).inc(2 if why is Why.REACH else 1)\n",
    ),
    _planted(
        "the log-in leads away",
        "portal",
        "log-in to .* leads away",
        f"{_PORTAL}/log_in.py",
        'is_own = address.startswith("/") and not address.startswith(("//", "/\\\\"))\n',
        "is_own = True\n",
    ),
    _planted(
        "forms of other sites are taken",
        "portal",
        "takes a form from elsewhere",
        f"{_PORTAL}/security.py",
        'return site == "same-origin"\n        return origin == _origin(self._address)\n',
        "return True\n        return True\n",
    ),
    _planted(
        "a cursor that is not ours is an error",
        "requests",
        "is answered 500",
        f"{CHASSIS}/web/cursors.py",
        "except (InvalidToken, ValidationError, ValueError):",
        "except ValidationError:",
    ),
    _planted(
        "what is no JSON breaks off its reader",
        "kafka",
        "has no answer to every record|has died|logs an error",
        f"{CHASSIS}/consuming/incoming.py",
        "    except (ValueError, RecursionError):\n        return None  # what else",
        "    except TypeError:\n        return None  # what else",
    ),
    _planted(
        "a list of events that is none is an error",
        "entrance",
        "answers 500 to what a region sends",
        f"{CHASSIS}/web/region_messages.py",
        "    except (ValueError, RecursionError):\n        raise _no_batch() from None\n",
        "    except TypeError:\n        raise _no_batch() from None\n",
    ),
    _planted(
        "a head may take for ever",
        "connections",
        "orders lets slow clients go on: GET",
        f"{CHASSIS}/web/connections.py",
        "HEAD_SECONDS = 10.0\n",
        "HEAD_SECONDS = 1_000.0\n",
    ),
    _planted(
        "a form may take for ever",
        "connections",
        "the portal lets slow clients go on: POST",
        f"{_PORTAL}/security.py",
        "FORM_SECONDS = 10.0\n",
        "FORM_SECONDS = 1_000.0\n",
    ),
    _planted(
        "a region has no share",
        "flood",
        "a flooding region is held back by nothing",
        f"{CHASSIS}/web/slots.py",
        "            raise NoSlot(Share.REGION)\n",
        "            pass\n",
    ),
)


def main() -> int:
    """Gives the exit code: 1 when a planted fault is not found."""
    with tempfile.TemporaryDirectory(prefix="kvitt-planted-") as directory:
        tree = Tree.copy(Path(directory) / "tree")
        with tree.mutated([one.swap for one in PLANTED]):
            said = _attacked(tree)
    missed = [one for one in PLANTED if not _is_found(one, said)]
    for one in PLANTED:
        say(f"{one.part:12} {one.name}: {'not found' if one in missed else 'found'}")
    return 1 if missed else 0


def _attacked(tree: Tree) -> str:
    """What an attack says of the copy."""
    asked = [sys.executable, "-m", "tests.attack", "--seed", "1", "--seconds", str(_SECONDS)]
    process = subprocess.Popen(
        asked,
        cwd=tree.directory,
        env=tree.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines = []
    assert process.stdout is not None
    for line in process.stdout:  # which ends: an attack has a bound of its own
        say(line.rstrip("\n"))
        lines.append(line)
    process.wait()
    return "".join(lines)


def _is_found(one: Planted, said: str) -> bool:
    part = re.search(rf"^== {one.part},.*?(?=^== |^-- |\Z)", said, re.M | re.S)
    return part is not None and re.search(f"FOUND.*({one.found})", part.group()) is not None


if __name__ == "__main__":
    sys.exit(main())
