"""A patient whose device is to be worked on, for who asks for that, does it, or asks about it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.tests.fetching import CLERK, PHONE, Fetching, a_fetching
from portal.tests.scene import Place, Scene
from portal.tests.system import PortalSystem

CHILD_BORN = date(2018, 3, 1)
APPLIED = {
    "supplier": "Hörtech AB",
    "supplier_article_number": "HT-77",
    "supplier_article_name": "Streamer X",
    "is_ce_marked": True,
    "need": "Hör inte läraren.",
    "tried": "Streamer ur sortimentet.",
    "attests_responsibility": True,
}
"""An application that lacks nothing."""


@dataclass(frozen=True, slots=True)
class Working:
    """A prescriber's patient with devices at home, and a service that is ordered on them."""

    home: Fetching
    device_id: str
    service: str

    @property
    def system(self) -> PortalSystem:
        """The system."""
        return self.home.system

    @property
    def device(self) -> str:
        """The number of the device that is worked on."""
        return self.home.devices[0]

    @property
    def user(self) -> str:
        """The prescriber."""
        return self.home.user

    @property
    def place(self) -> Place:
        """Their service point."""
        return self.home.place

    async def work(self, kind: str = "adjustment", **more: Any) -> dict[str, Any]:
        """A work order on the device, that the prescriber has asked for."""
        body = {
            "kind": kind,
            "recipient": {"kind": "patient", "person": self.home.person},
            "service_point": self.place.id,
            "device_number": self.device,
            "description": "Bromsen tar inte.",
            "delivery": {"to": {"kind": "recipient"}, "order_phone": PHONE},
            **more,
        }
        return await self.system.done(self.user, "/work-orders", body)

    async def warranty(self) -> dict[str, Any]:
        """A repair under warranty."""
        return await self.work("warranty_repair", service_article=self.service)

    async def application(self, **more: Any) -> dict[str, Any]:
        """An application for what the assortment does not have."""
        body = {
            "kind": "application",
            "recipient": {"kind": "patient", "person": self.home.person},
            "service_point": self.place.id,
            "application": {**APPLIED, **more},
        }
        return await self.system.done(self.user, "/work-orders", body)

    async def draft(self, **said: Any) -> dict[str, Any]:
        """A draft of an application that the prescriber has begun."""
        body = {
            "recipient": {"kind": "patient", "person": self.home.person},
            "service_point": self.place.id,
            "application": said,
        }
        return await self.system.done(self.user, "/application-drafts", body)

    async def done(self, work: dict[str, Any], act: str, body: Any = None) -> dict[str, Any]:
        """A technician does something with a work order."""
        return await self.system.done(CLERK, f"/work-orders/{work['work_order_id']}:{act}", body)

    async def asked(self, kind: str = "other", about: Any = None, **more: Any) -> dict[str, Any]:
        """A case that the prescriber has asked."""
        body = {
            "kind": kind,
            "about": about or {"kind": "device", "id": self.device_id},
            "service_point": self.place.id,
            "text": "Numret på etiketten går inte att läsa.",
            **more,
        }
        return await self.system.done(self.user, "/cases", body)


async def a_working(scene: Scene, *, at: Place | None = None, **patient: Any) -> Working:
    """A patient with devices, of a service point of their own, or `at` another."""
    service = scene.article("Service och reparation", marked=False, type="service")
    home = await a_fetching(scene, at=at, **patient)
    device = await scene.system.device_id(home.user, home.devices[0])
    return Working(home=home, device_id=device, service=service)
