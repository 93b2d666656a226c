"""What tests of mails stand on: orders over HTTP, notifications, and what one says to the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.fernet import Fernet
from kvitt.local.processes import free_ports
from kvitt.local.tokens import TokenIssuer
from kvitt_chassis.auth import Authenticator
from kvitt_chassis.http import ApiContext
from kvitt_chassis.issuers import read_issuers
from kvitt_chassis.sealing import Sealer
from kvitt_contracts.envelope import Event, Message
from kvitt_testkit.world import World, wait_for
from notifications.emails.sending import Mailer
from notifications.emails.settings import MailSettings

from contracts.tests.builders.purchases import WALKER
from services.orders.tests.purchases import a_purchase, an_order_of

OURS = "kvitt@region.example"
AT_ONCE = (0.0,)
"""The pauses of a mailer that tries again at once."""


@dataclass
class Mailing:
    """Orders, which answers over HTTP, and notifications, whose mailer asks it."""

    orders: World
    notifications: World
    url: str
    issuer: TokenIssuer
    _heard: dict[str, int] = field(default_factory=dict)

    async def rest(self) -> None:
        """Each has heard what the other has said."""
        worlds = (self.orders, self.notifications)
        while True:
            some = False
            for world in worlds:
                said: list[Event] = await world.events()
                name = world.service.name
                new, self._heard[name] = said[self._heard.get(name, 0) :], len(said)
                for event in new:
                    for other in worlds:
                        if other is not world and type(event) in other.service.handlers.messages:
                            await other.handle(event)
                            some = True
            if not some:
                return

    async def say(self, message: Message, subject: str) -> None:
        """A region says something to orders, and notifications hears what follows."""
        await self.orders.handle(message, subject=subject)
        await self.rest()

    async def bought(self, reference: str = "I-1", *, order: str = "O-1") -> None:
        """A walker is ordered, and bought of its supplier, to whom Kvitt sends the order."""
        await self.say(an_order_of(WALKER), order)
        await self.say(a_purchase(order=order, is_sent_by_kvitt=True), reference)

    def settings(self, port: int, **changes: Any) -> MailSettings:
        """The settings of a mailer that speaks to a mail server on this machine."""
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": port,
            "tls": "none",
            "sender": OURS,
            "orders_url": self.url,
            "key_file": self.issuer.of_service("notifications").key_file,
        }
        return MailSettings(**values | changes)

    def mailer(self, port: int, **changes: Any) -> Mailer:
        """A mailer of notifications, which tries again at once what is put off."""
        return Mailer(self.notifications.worker, self.settings(port, **changes), pauses=AT_ONCE)


@asynccontextmanager
async def orders_served(world: World, issuer: TokenIssuer) -> AsyncIterator[str]:
    """Orders' HTTP API on a port of this machine, which believes whom the local profile does."""
    (port,) = free_ports(1)
    context = ApiContext(
        service=world.service.name,
        database=world.api,
        handlers=world.service.handlers,
        authenticator=Authenticator(read_issuers(issuer.issuers_file_of("orders", ["ac", "bd"]))),
        access=world.service.access,
        sealer=Sealer(Fernet.generate_key().decode()),
    )
    config = uvicorn.Config(
        world.service.http_app(context), port=port, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await wait_for(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


def issuer_in(folder: Path) -> TokenIssuer:
    """Keys of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    return TokenIssuer(folder)
