"""A portal beside the tests' own, for which one service is silent: nobody listens where it is."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from kvitt.local.processes import free_ports
from kvitt_testkit.running import ServiceProcess

from portal.tests.system import PortalSystem
from portal.tests.visiting import visiting


@asynccontextmanager
async def silent(
    system: PortalSystem, service: str, user: str, directory: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """Within: somebody's client, logged in, of a portal that this service does not answer."""
    known = system.portal
    port, nobody = free_ports(2)
    services = json.loads(known.environment["KVITT_PORTAL_SERVICES"])
    environment = {
        **known.environment,
        "KVITT_HTTP_PORT": str(port),
        "KVITT_PORTAL_ADDRESS": f"http://127.0.0.1:{port}",
        "KVITT_PORTAL_SERVICES": json.dumps({**services, service: f"http://127.0.0.1:{nobody}"}),
    }
    portal = ServiceProcess(
        known.module, environment, directory / "portal.log", known.tokens, known.root
    )
    try:
        await portal.started()
        async with visiting(portal.url, user, region="ac") as client:
            client.follow_redirects = True
            yield client
    finally:
        if portal.popen is not None:
            portal.stop()
