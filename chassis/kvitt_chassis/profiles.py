"""What a process may be told in its profile: the local one never leaves its machine, the other says
nothing in plain text beyond it. Looks at values; settings are read in settings.py.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, urlsplit

LOCAL_ISSUER: Final = "kvitt-local"
"""The local profile's own issuer of tokens: whoever has its files may be anybody."""

_PROXY: Final = "KVITT_TLS_BY_PROXY=1 says that a proxy on the way does it"


class Profile(StrEnum):
    """Where a process is at home."""

    LOCAL = "local"
    PRODUCTION = "production"


def is_this_machine(host: str | None) -> bool:
    """True for a loopback address, by number or as `localhost`, and for a socket's folder."""
    if not host or host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """True for an address that nobody on the way can read what is said to."""
    parts = urlsplit(url)
    host = parts.hostname
    return parts.scheme == "https" or (host is not None and is_this_machine(host))


# decision 0522: the local profile never leaves its machine, the other says nothing in plain text
def faults_of_binding(
    profile: Profile, name: str, host: str, *, has_tls: bool, by_proxy: bool
) -> Iterator[str]:
    """What is wrong with the address that a process answers on."""
    if is_this_machine(host):
        return
    if profile is Profile.LOCAL:
        yield f"{name} is this machine's own in the local profile, not {host}"
    elif not has_tls and not by_proxy:
        yield (
            f"{name} is reached by others, so KVITT_TLS_CERT_FILE and KVITT_TLS_KEY_FILE are to be"
            f" set; {_PROXY}"
        )


def faults_of_database(
    profile: Profile, name: str, url: str, *, parameter: str = "ssl"
) -> Iterator[str]:
    """What is wrong with a database's address; it is not repeated, since it holds a password."""
    parts = urlsplit(url)
    hosts = [parts.hostname, *parse_qs(parts.query).get("host", ())]
    if all(map(is_this_machine, filter(None, hosts))):
        return
    if profile is Profile.LOCAL:
        yield f"{name} is a server on this machine in the local profile"
    elif parse_qs(parts.query).get(parameter) != ["verify-full"]:
        yield f"{name} is on another machine, so it is to end with {parameter}=verify-full"


def faults_of_kafka(
    profile: Profile, bootstrap: str, security: str, *, has_password: bool
) -> Iterator[str]:
    """What is wrong with how Kafka is reached."""
    hosts = [one.strip().rpartition(":")[0] for one in bootstrap.split(",")]
    if profile is Profile.LOCAL:
        if not all(map(is_this_machine, hosts)):
            yield "KVITT_KAFKA_BOOTSTRAP is a broker on this machine in the local profile"
    elif security != "SASL_SSL":
        yield f"KVITT_KAFKA_SECURITY is to be SASL_SSL, not {security}"
    elif not has_password:
        yield "KVITT_KAFKA_USERNAME and KVITT_KAFKA_PASSWORD are to be set"


def faults_of_url(profile: Profile, name: str, url: str | None) -> Iterator[str]:
    """What is wrong with the address of another part, or of somebody else."""
    if url is not None and profile is Profile.PRODUCTION and not is_private(url):
        yield f"{name} is on another machine, so it is to be https"


def faults_of_local_means(profile: Profile, means: Sequence[tuple[str, object]]) -> Iterator[str]:
    """What is for trying out, training and tests alone, each with its value."""
    if profile is Profile.PRODUCTION:
        for name, value in means:
            if value:
                yield f"{name} is for the local profile alone (KVITT_PROFILE=local)"
