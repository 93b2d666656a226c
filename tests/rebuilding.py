"""A region's books as docs/integrators/rebuild.py makes them from the feed alone, beside what the
services' APIs say.
"""

import os
import subprocess
import sys
from pathlib import Path

from kvitt.local.supervisor import LocalSystem
from kvitt_contracts.access import Grantee

REBUILD = Path(__file__).parents[1] / "docs" / "integrators" / "rebuild.py"


def rebuilt(system: LocalSystem, region: str) -> str:
    """What the sample tells of a region's whole feed. Raises AssertionError with what differs."""
    user = system.credentials(f"region-{region}")
    token = system.tokens.issue(f"{region}-system", region=region, roles=(Grantee.REGION_SYSTEM,))
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP": system.bootstrap,
        "KAFKA_SECURITY": "SASL_PLAINTEXT",
        "KAFKA_USERNAME": user.username,
        "KAFKA_PASSWORD": user.password,
        "KVITT_ORDERS": system.urls["orders"],
        "KVITT_INVENTORY": system.urls["inventory"],
        "KVITT_TOKEN": token,
    }
    command = [sys.executable, str(REBUILD), f"region.{region}.events", f"region-{region}-rebuild"]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-4000:]
    return ended.stdout
