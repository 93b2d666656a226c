"""Runs a module of ours in a container of an image, in the place of an interpreter:
`python container.py STORAGE IMAGE -m orders.app`, as LocalSystem starts a service. Standard library
only.

The container has the environment's KVITT_ settings, the files that they name, the host's network
(the local platform listens on loopback), and nothing to write on but these and /tmp.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

IDENTITY = 10001
"""Whom the image runs as."""
_WRITTEN = ("KVITT_FILES_URL", "KVITT_LOG_HEADS")
_RUN = (
    *("run", "--rm", "--network", "host", "--env", "KVITT_*", "--read-only"),
    *("--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=2000:2000"),
)


def podman(storage: Path) -> list[str]:
    """The command that runs containers of images in `storage`, without a daemon or systemd."""
    return [
        *("podman", "--root", str(storage / "root"), "--runroot", str(storage / "run")),
        *("--storage-driver", "overlay", "--cgroup-manager", "cgroupfs"),
        *("--runtime", "/usr/sbin/runc", "--events-backend", "file"),
    ]


def main() -> None:
    """Become the container: signals reach it, its output is ours, its exit code too."""
    storage, image, *module = sys.argv[1:]
    os.umask(0o022)
    mounts = []
    for place, is_written in sorted(_places()):
        _give(place)
        mounts += ["--volume", f"{place}:{place}:{'rw' if is_written else 'ro'}"]
    if module[0] == "-m":  # the image's entry point has it
        module = module[1:]
    command = [*podman(Path(storage)), *_RUN, *mounts, image, *module]
    os.execvp(command[0], command)


def _places() -> Iterator[tuple[Path, bool]]:
    """The files and folders that the environment names, and whether it writes there."""
    for name, value in os.environ.items():
        if not name.startswith("KVITT_"):
            continue
        path = Path(urlsplit(value).path if value.startswith("file://") else value)
        if not path.is_absolute():
            continue
        if name == "KVITT_LOG_HEADS":  # another file takes its place each time
            path = path.parent
        if name in _WRITTEN:
            path.mkdir(parents=True, exist_ok=True)
        if path.exists():
            yield path, name in _WRITTEN
        if name == "KVITT_ISSUERS":
            for issuer in json.loads(path.read_text()):
                yield path.parent / issuer["jwks_file"], False


def _give(place: Path) -> None:
    """What the system's owner alone may read is given to whom the container runs as."""
    if os.geteuid() != 0:
        return
    for one in (place, *place.rglob("*")):
        if one.stat().st_mode & 0o077 == 0:
            os.chown(one, IDENTITY, IDENTITY)


if __name__ == "__main__":
    main()
