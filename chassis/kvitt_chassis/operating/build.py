"""Which release this process is, as a metric."""

import platform
from importlib.metadata import PackageNotFoundError, version

from kvitt_chassis import metrics

BUILD = metrics.declare(
    "gauge",
    "build_info",
    "1, with the versions of the service, of the contracts that it reads and of Python.",
    "Two versions of a service for longer than a rollout takes: one of its replicas was not"
    " replaced; docs/runbooks/upgrading.md.",
    ("version", "contracts", "python"),
)


def show_build(service: str) -> None:
    """Show the release of the service that this process runs."""
    versions = (_version(f"kvitt-{service}"), _version("kvitt-contracts"))
    BUILD.labels(service, *versions, platform.python_version()).set(1)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:  # a service of the tests
        return "-"
