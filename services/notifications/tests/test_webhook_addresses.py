"""NTF-4b: which addresses may be named, and which a receiver's name may lead to."""

import ipaddress

import pytest
from kvitt_chassis.profiles import Profile
from kvitt_testkit.world import Given
from notifications.app import service
from notifications.webhooks.domain import is_public, may_be_called
from notifications.webhooks.settings import WebhookSettings

from services.notifications.tests.test_feed_http import SYSTEM
from services.notifications.tests.worlds import AT

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "193.10.0.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.rule("NTF-4b")
@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_private_is_called_in_any_guise(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.rule("NTF-4b")
@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_called(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.rule("NTF-4b")
def test_this_machine_is_called_in_the_local_profile_alone() -> None:
    here = ipaddress.ip_address("127.0.0.1")

    assert may_be_called(here, allows_loopback=True)
    assert not may_be_called(here, allows_loopback=False)
    assert not may_be_called(ipaddress.ip_address("10.0.0.1"), allows_loopback=True)


@pytest.mark.rule("NTF-4b")
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://region.example/kvitt", "ADDRESS_NOT_ENCRYPTED"),
        ("https://127.0.0.1/", "ADDRESS_NOT_PUBLIC"),
        ("http://localhost:8001/", "ADDRESS_NOT_ENCRYPTED"),
        ("https://[::ffff:169.254.169.254]/", "ADDRESS_NOT_PUBLIC"),
        ("https://192.168.0.10/", "ADDRESS_NOT_PUBLIC"),
        ("https://user:secret@region.example/", "ADDRESS_UNUSABLE"),
        ("ftp://region.example/", "ADDRESS_UNUSABLE"),
        ("https://", "ADDRESS_UNUSABLE"),
    ],
)
async def test_an_address_that_may_not_be_called_is_refused_when_it_is_named(
    given: Given, monkeypatch: pytest.MonkeyPatch, url: str, reason: str
) -> None:
    monkeypatch.setattr("notifications.webhooks.api.allows_loopback", lambda: False)
    async with given(service, at=AT) as world, world.http(**SYSTEM) as client:
        refused = await client.post("/webhooks", json={"url": url})

    problem = refused.json()
    assert (refused.status_code, problem["reason"], problem["field"]) == (422, reason, "url")


@pytest.mark.rule("NTF-4b")
def test_no_other_profile_than_the_local_one_calls_this_machine() -> None:
    with pytest.raises(ValueError, match="KVITT_WEBHOOKS_LOOPBACK"):
        WebhookSettings(profile=Profile.PRODUCTION, webhooks_loopback=True)
