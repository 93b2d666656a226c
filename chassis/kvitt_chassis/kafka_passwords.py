"""Lets aiokafka connect by a password that is replaced while it serves. Decides nothing else."""

from typing import Any

from aiokafka import client
from aiokafka.conn import create_conn
from aiokafka.errors import AuthenticationFailedError, SaslAuthenticationFailed

from kvitt_chassis.secret_files import Live


# decision 0539: each connection is opened by the password as it is now
def install() -> None:
    """Let every client of this process take a `Live` as its `sasl_plain_password`. Idempotent."""
    client.create_conn = _connected


async def _connected(*address: Any, sasl_plain_password: Any = None, **options: Any) -> Any:
    """A connection by the newest password, by the older one where the broker refuses that."""
    if not isinstance(sasl_plain_password, Live):
        return await create_conn(*address, sasl_plain_password=sasl_plain_password, **options)
    passwords = sasl_plain_password.values()
    for number, password in enumerate(passwords, 1):
        try:
            return await create_conn(*address, sasl_plain_password=password, **options)
        except (AuthenticationFailedError, SaslAuthenticationFailed):
            if number == len(passwords):
                raise
    raise AssertionError("a secret has a value")
