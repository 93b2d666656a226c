"""A real OpenID Connect provider in this process, of users whom the register knows or does not."""

from collections.abc import Iterator
from contextlib import contextmanager

from oidc_provider_mock import User, run_server_in_thread

USER = "f101"


@contextmanager
def issuing() -> Iterator[str]:
    """Within: a provider on a free port of this machine, by its issuer. What it says of its users
    is what the region's says.
    """
    users = [User(sub=USER, claims={"region": "ac", "name": "Förskrivare"})]
    users += [User(sub="nobody", claims={}), User(sub="gone", claims={"region": "ac"})]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"
