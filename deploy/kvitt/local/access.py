"""Users, topics and permissions of a broker, generated from the catalogue, which defines who may
read and write what.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kvitt_contracts.topics import Topic

from kvitt.local.kafka import Credentials

_TIMEOUT_SECONDS = 30.0
_APPLIED_SECONDS = 240.0
"""So long a broker may work through new topics before it applies permissions: on a machine that is
busy with more than it, it takes minutes.
"""
_PAUSE_SECONDS = 0.05
_SCRAM_ITERATIONS = 4096
_EVERYTHING = AclBindingFilter(
    ResourceType.ANY,
    None,  # type: ignore[arg-type]  # None is "any"; the library's types forget it
    ResourcePatternType.ANY,
    None,  # type: ignore[arg-type]
    None,  # type: ignore[arg-type]
    AclOperation.ANY,
    AclPermissionType.ANY,
)


def create_users(admin: AdminClient, users: Iterable[Credentials]) -> None:
    """Create SCRAM-SHA-512 users, or set their passwords. Raises KafkaException."""
    mechanism = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _SCRAM_ITERATIONS)
    changes: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(user.username, mechanism, user.password.encode())
        for user in users
    ]
    if changes:
        _all(admin.alter_user_scram_credentials(changes))


def users_of(admin: AdminClient, *, beginning: str) -> list[str]:
    """The names of the SCRAM users that begin so, sorted. Raises KafkaException."""
    asked = admin.describe_user_scram_credentials()
    assert isinstance(asked, Future)  # of all users at once, since none is named
    return sorted(name for name in asked.result(_TIMEOUT_SECONDS) if name.startswith(beginning))


def remove_users(admin: AdminClient, names: Iterable[str]) -> None:
    """Remove SCRAM users; one that is not there is no error. Raises KafkaException."""
    gone: list[UserScramCredentialAlteration] = [
        UserScramCredentialDeletion(name, ScramMechanism.SCRAM_SHA_512) for name in names
    ]
    if gone:
        _all(admin.alter_user_scram_credentials(gone), accept=KafkaError.RESOURCE_NOT_FOUND)


def create_topics(admin: AdminClient, topics: Sequence[Topic], *, prefix: str = "") -> None:
    """Create the catalogue's topics that do not exist yet, with their settings. Raises
    KafkaException.
    """
    there = set(admin.list_topics(timeout=_TIMEOUT_SECONDS).topics)
    missing = [topic for topic in topics if prefix + topic.name not in there]
    if not missing:
        return
    _all(
        admin.create_topics(
            [
                NewTopic(
                    prefix + topic.name,
                    num_partitions=topic.partitions,
                    replication_factor=-1,  # the cluster's own
                    config={
                        "retention.ms": str(topic.retention_ms),
                        "max.message.bytes": str(topic.max_message_bytes),
                        "message.timestamp.type": "LogAppendTime",
                        "compression.type": topic.compression,
                    },
                )
                for topic in missing
            ]
        ),
        accept=KafkaError.TOPIC_ALREADY_EXISTS,  # another worker of the same test run
    )


def delete_topics(admin: AdminClient, *, prefix: str) -> None:
    """Delete every topic whose name begins with `prefix`, which is not empty. Raises
    KafkaException.
    """
    assert prefix, "without a prefix everything would go"
    there = [
        name
        for name in admin.list_topics(timeout=_TIMEOUT_SECONDS).topics
        if name.startswith(prefix)
    ]
    if there:
        _all(admin.delete_topics(there))


def permissions(topics: Sequence[Topic], *, prefix: str = "") -> list[AclBinding]:
    """What the catalogue grants: each topic's writers and readers, and to each of them its own
    consumer groups.
    """
    granted: list[AclBinding] = []
    for topic in topics:
        for writer in sorted(topic.writers):
            granted += _on_topic(prefix + topic.name, writer, AclOperation.WRITE)
        for reader in sorted(topic.readers):
            granted += _on_topic(prefix + topic.name, reader, AclOperation.READ)
    for principal in sorted({reader for topic in topics for reader in topic.readers}):
        granted += _on_groups(prefix + principal, principal)
    return granted


def reading(principal: str, topics: Iterable[str], *, group: str) -> list[AclBinding]:
    """What lets a user read these topics in the group of this name, and in those that begin with it
    and a hyphen.
    """
    granted = [one for name in topics for one in _on_topic(name, principal, AclOperation.READ)]
    return [*granted, *_on_groups(group, principal)]


def grant(admin: AdminClient, bindings: Sequence[AclBinding]) -> None:
    """Add permissions; existing ones remain. Raises KafkaException, TimeoutError.

    Returns when the broker applies them: it answers earlier, and works through new topics first.
    """
    wanted = set(bindings)
    if not wanted:
        return
    _all(admin.create_acls(list(wanted)))
    limit = time.monotonic() + _APPLIED_SECONDS
    while not wanted <= set(admin.describe_acls(_EVERYTHING).result(_TIMEOUT_SECONDS)):
        if time.monotonic() > limit:
            raise TimeoutError(f"the broker does not apply {len(wanted)} permissions")
        time.sleep(_PAUSE_SECONDS)


def revoke_others(admin: AdminClient, bindings: Sequence[AclBinding]) -> None:
    """Remove every permission on the broker that is not among `bindings`.

    For a broker that is ours alone, so that nothing stays permitted that the catalogue no longer
    grants.
    """
    _revoke(admin, lambda one: one not in set(bindings))


def revoke_of(admin: AdminClient, principal: str, *, but: Iterable[AclBinding]) -> None:
    """Remove every permission of a user that is not among `but`. Raises KafkaException."""
    kept = set(but)
    _revoke(admin, lambda one: one.principal == f"User:{principal}" and one not in kept)


def _revoke(admin: AdminClient, is_surplus: Callable[[AclBinding], bool]) -> None:
    in_force = admin.describe_acls(_EVERYTHING).result(_TIMEOUT_SECONDS)
    surplus = [one for one in in_force if is_surplus(one)]
    if surplus:
        _all(
            admin.delete_acls(
                [
                    AclBindingFilter(
                        one.restype,
                        one.name,
                        one.resource_pattern_type,
                        one.principal,
                        one.host,
                        one.operation,
                        one.permission_type,
                    )
                    for one in surplus
                ]
            )
        )


def _on_topic(name: str, principal: str, operation: AclOperation) -> list[AclBinding]:
    return [
        _allow(ResourceType.TOPIC, name, ResourcePatternType.LITERAL, principal, allowed)
        for allowed in (operation, AclOperation.DESCRIBE)
    ]


def _on_groups(name: str, principal: str) -> list[AclBinding]:
    """The group named like the principal, and those with a suffix after a hyphen."""
    return [
        _allow(ResourceType.GROUP, name, ResourcePatternType.LITERAL, principal, AclOperation.READ),
        _allow(
            ResourceType.GROUP,
            f"{name}-",
            ResourcePatternType.PREFIXED,
            principal,
            AclOperation.READ,
        ),
    ]


def _allow(
    kind: ResourceType,
    name: str,
    pattern: ResourcePatternType,
    principal: str,
    operation: AclOperation,
) -> AclBinding:
    return AclBinding(
        kind, name, pattern, f"User:{principal}", "*", operation, AclPermissionType.ALLOW
    )


def _all(futures: Mapping[Any, "Future[Any]"], *, accept: int | None = None) -> None:
    for future in futures.values():
        try:
            future.result(_TIMEOUT_SECONDS)
        except KafkaException as error:
            if accept is None or error.args[0].code() != accept:
                raise
