"""Who may speak to whom: nothing but what the parts and the catalogue need."""

from collections.abc import Sequence

from kvitt.deployed.objects import NAME, Object, an_object, selecting
from kvitt.deployed.parts import (
    ADMIN_PORT,
    HTTP_PORT,
    KAFKA,
    KAFKA_PORT,
    OUTSIDE_PORTS,
    POSTGRES_PORT,
    TRACES,
    TRACES_PORT,
    Part,
)
from kvitt.local.supervisor import PORTAL

NOWHERE = "192.0.2.0/24"
"""An address of documentation: closed until an overlay says where it is."""
_API = "networking.k8s.io/v1"


def policies(parts: Sequence[Part]) -> list[Object]:
    """Nothing in and nothing out, and then what each part, its job and its database need."""
    closed = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    found = [an_object(_API, "NetworkPolicy", "nothing", closed)]
    for part in parts:
        found += [_of_part(part, parts), _of_job(part), _of_database(part)]
    return found + [_outside(name) for name in OUTSIDE_PORTS]


def _of_part(part: Part, parts: Sequence[Part]) -> Object:
    ingress = [
        _to([_pods(one) for one in (*part.asked_by, "prometheus")], HTTP_PORT, direction="from")
    ]
    if part.name == PORTAL:
        ingress[0]["from"].append({"namespaceSelector": {"matchLabels": {"kvitt/ingress": "yes"}}})
    else:
        who = {"podSelector": {"matchLabels": {"kvitt/operator": "yes"}}}
        ingress.append(_to([who], ADMIN_PORT, direction="from"))
    asked = [one.name for one in parts if part.name in one.asked_by]
    egress = [_names(), _to([_database(part)], POSTGRES_PORT), _to([_pods(TRACES)], TRACES_PORT)]
    if part.speaks_kafka:
        egress.append(_to([_brokers()], KAFKA_PORT))
    if asked:
        egress.append(_to([_pods(one) for one in asked], HTTP_PORT))
    return _policy(part.name, selecting(part.name), ingress, egress)


def _of_job(part: Part) -> Object:
    """A migration reaches its own database alone, and nobody reaches it."""
    egress = [_names(), _to([_database(part)], POSTGRES_PORT)]
    return _policy(f"migrate-{part.name}", selecting(f"migrate-{part.name}"), [], egress)


def _of_database(part: Part) -> Object:
    """Its part, its job, its own other servers, and CloudNativePG, which asks for its status."""
    own = _database(part)
    users = {"podSelector": {"matchLabels": {"kvitt/database": part.name}}}
    operator = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "cnpg-system"}}
    }
    ingress = [
        _to([users, own], POSTGRES_PORT, direction="from"),
        _to([operator, own], 8000, POSTGRES_PORT, direction="from"),
    ]
    backups = {"ipBlock": {"cidr": NOWHERE}}
    egress = [_names(), _to([own], POSTGRES_PORT, 8000), _to([backups], 443), _to([backups], 6443)]
    selected = {"matchLabels": {"cnpg.io/cluster": f"{part.name}-db"}}
    return _policy(f"{part.name}-db", selected, ingress, egress)


def _outside(name: str) -> Object:
    """Where it is, an overlay says; pods of who speaks to it have the label `kvitt/to-<name>`."""
    selected = {"matchLabels": {f"kvitt/to-{name}": "yes"}}
    egress = [_to([{"ipBlock": {"cidr": NOWHERE}}], OUTSIDE_PORTS[name])]
    spec = {"podSelector": selected, "policyTypes": ["Egress"], "egress": egress}
    return an_object(_API, "NetworkPolicy", f"to-{name}", spec)


def _policy(name: str, selected: Object, ingress: list[Object], egress: list[Object]) -> Object:
    spec = {
        "podSelector": selected,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": ingress,
        "egress": egress,
    }
    return an_object(_API, "NetworkPolicy", name, spec)


def _to(whom: list[Object], *ports: int, direction: str = "to") -> Object:
    return {direction: whom, "ports": [{"protocol": "TCP", "port": port} for port in ports]}


def _pods(name: str) -> Object:
    return {"podSelector": {"matchLabels": {NAME: name}}}


def _database(part: Part) -> Object:
    return {"podSelector": {"matchLabels": {"cnpg.io/cluster": f"{part.name}-db"}}}


def _brokers() -> Object:
    return {"podSelector": {"matchLabels": {"strimzi.io/name": f"{KAFKA}-kafka"}}}


def _names() -> Object:
    """The cluster's own names, and no others' servers of names."""
    server = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports = [{"protocol": one, "port": 53} for one in ("UDP", "TCP")]
    return {"to": [server], "ports": ports}
