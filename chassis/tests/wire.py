"""Reading and writing the toy's topics with the credentials of whoever may."""

from aiokafka import AIOKafkaConsumer
from kvitt_testkit.platform import Platform

MODULE = "chassis.tests.toy"
"""What runs as the toy's process."""


def client_settings(platform: Platform, principal: str) -> dict[str, object]:
    user = platform.credentials(principal)
    settings: dict[str, object] = {"bootstrap_servers": platform.bootstrap}
    if user is None:
        return settings
    return settings | {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user.username,
        "sasl_plain_password": user.password,
    }


async def read_all(platform: Platform, prefix: str) -> list[tuple[str, int]]:
    """Key and number of everything that the toy has published."""
    consumer = AIOKafkaConsumer(
        f"{prefix}notifications.messages",
        auto_offset_reset="earliest",
        **client_settings(platform, "notifications"),
    )
    async with consumer:
        found = []
        while batch := await consumer.getmany(timeout_ms=1_000):
            for records in batch.values():
                found += [
                    (record.key.decode(), int(dict(record.headers)["ce_sequence"]))
                    for record in records
                ]
        return found
