"""What Kubernetes is given: as the code says, valid by strict schemas, and within the policies."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from kvitt.deployed.__main__ import PLACE, differences, generated
from kvitt.deployed.network import NOWHERE
from kvitt.deployed.objects import NAME
from kvitt.deployed.parts import parts
from kvitt.local.access import permissions
from kvitt.local.supervisor import default_regions_dir, region_codes
from kvitt_contracts.topics import catalogue

Object = dict[str, Any]
SCHEMAS = PLACE / "schemas"
CODES = region_codes(default_regions_dir())


def test_all_is_as_the_code_says() -> None:
    assert differences() == []


def test_what_was_edited_by_hand_is_told(tmp_path: Path) -> None:
    place = tmp_path / "kubernetes"
    for name, text in generated().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    users = place / "kafka" / "users.yaml"
    users.write_text(users.read_text().replace("Write", "All", 1))

    assert differences(place) == ["deploy/kubernetes/kafka/users.yaml is not what the code says"]


def test_each_object_is_valid_by_its_schema() -> None:
    faults = [
        f"{one['kind']} {one['metadata']['name']}: {error.json_path}: {error.message}"
        for one in _objects()
        for error in _schema_of(one).iter_errors(one)
    ]

    assert faults == []


def test_an_unknown_field_is_refused() -> None:
    one = next(one for one in _objects() if one["kind"] == "KafkaTopic")
    wrong = {**one, "spec": {**one["spec"], "partition": 6}}

    assert list(_schema_of(wrong).iter_errors(wrong)) != []


def test_each_file_is_named_by_a_kustomization() -> None:
    named = {
        file.parent / one
        for file in PLACE.rglob("kustomization.yaml")
        for one in yaml.safe_load(file.read_text())["resources"]
    }

    assert {file.resolve() for file in _files()} <= {one.resolve() for one in named}
    assert [one for one in named if not one.exists()] == []


def test_kafka_grants_what_the_catalogue_does() -> None:
    there = {
        (one["metadata"]["name"], acl["resource"]["name"], operation.upper())
        for one in _of("KafkaUser")
        for acl in one["spec"]["authorization"]["acls"]
        for operation in acl["operations"]
    }
    here = {
        (one.principal.removeprefix("User:"), one.name, one.operation.name)
        for one in permissions(catalogue(CODES))
    }

    assert there == here


def test_each_region_has_quotas_and_no_service() -> None:
    bounded = {one["metadata"]["name"] for one in _of("KafkaUser") if "quotas" in one["spec"]}

    assert bounded == {f"region-{code}" for code in CODES}


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_each_pod_is_restricted(kind: str) -> None:
    for one in _of(kind):
        pod = one["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        allowed = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert allowed["readOnlyRootFilesystem"]
        assert allowed["allowPrivilegeEscalation"] is False
        assert allowed["capabilities"] == {"drop": ["ALL"]}
        assert {"memory"} <= container["resources"]["limits"].keys()
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert all("hostPath" not in volume for volume in pod["volumes"])


def test_no_secret_is_in_an_environment() -> None:
    told = {
        (part.name, name) for part in parts() for name in part.environment if name in part.secrets
    }
    by_reference = [
        entry
        for one in (*_of("Deployment"), *_of("Job"))
        for entry in one["spec"]["template"]["spec"]["containers"][0]["env"]
        if "valueFrom" in entry
    ]

    assert told == set()
    assert by_reference == []


def test_a_process_is_missed_only_when_another_is_ready() -> None:
    budgets = {one["metadata"]["name"]: one["spec"] for one in _of("PodDisruptionBudget")}
    for one in _of("Deployment"):
        spec, (container,) = one["spec"], one["spec"]["template"]["spec"]["containers"]
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        assert budgets[one["metadata"]["name"]]["maxUnavailable"] == 1
        assert len(spec["template"]["spec"]["topologySpreadConstraints"]) == 2
        for probe, path in (("liveness", "live"), ("startup", "live"), ("readiness", "ready")):
            asked = container[f"{probe}Probe"]["httpGet"]
            assert (asked["path"], asked["scheme"]) == (f"/health/{path}", "HTTPS")


def test_a_commit_is_on_two_servers_and_every_database_is_backed_up() -> None:
    backed_up = {one["spec"]["cluster"]["name"] for one in _of("ScheduledBackup")}
    for one in _of("Cluster"):
        spec = one["spec"]
        assert spec["instances"] >= 3
        assert spec["postgresql"]["synchronous"]["dataDurability"] == "required"
        assert spec["postgresql"]["parameters"]["synchronous_commit"] == "on"
        assert "hostnossl all all all reject" in spec["postgresql"]["pg_hba"]
        assert spec["plugins"][0]["isWALArchiver"]
        assert one["metadata"]["name"] in backed_up
    assert len(backed_up) == len(parts())


def test_kafka_is_reached_by_tls_and_scram_alone() -> None:
    (one,) = _of("Kafka")

    assert [
        (it["tls"], it["authentication"]["type"]) for it in one["spec"]["kafka"]["listeners"]
    ] == [(True, "scram-sha-512")]
    assert one["spec"]["kafka"]["config"]["min.insync.replicas"] == 2


def test_nothing_is_let_in_or_out_but_what_is_needed() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in _of("NetworkPolicy")}

    assert policies["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, spec in policies.items():
        rules = [*spec.get("ingress", ()), *spec.get("egress", ())]
        assert all(rule.get("ports") for rule in rules), name
        assert all(rule.get("from") or rule.get("to") for rule in rules), name
        cidrs = [
            peer["ipBlock"]["cidr"]
            for rule in rules
            for peer in rule.get("to", ())
            if "ipBlock" in peer
        ]
        assert set(cidrs) <= {NOWHERE}, name


def test_a_part_is_let_to_whom_it_speaks_and_they_let_it_in() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in _of("NetworkPolicy")}
    names = {part.name for part in parts()}
    out = {
        (part.name, to) for part in parts() for to in _named(policies[part.name], "egress", "to")
    }
    let_in = {
        (by, part.name)
        for part in parts()
        for by in _named(policies[part.name], "ingress", "from")
        if by in names
    }

    assert {(by, to) for by, to in out if to in names} == let_in
    assert let_in == {("portal", name) for name in names - {"portal"}} | {
        ("notifications", "orders")
    }


def _named(spec: Object, direction: str, end: str) -> Iterator[str]:
    for rule in spec[direction]:
        for peer in rule[end]:
            labels = peer.get("podSelector", {}).get("matchLabels", {})
            if NAME in labels:
                yield labels[NAME]


def _files() -> list[Path]:
    return [file for file in sorted(PLACE.rglob("*.yaml")) if file.name != "kustomization.yaml"]


@cache
def _objects() -> tuple[Object, ...]:
    return tuple(chain.from_iterable(yaml.load_all(file.read_text(), _LOADER) for file in _files()))


def _of(kind: str) -> list[Object]:
    found = [one for one in _objects() if one["kind"] == kind]
    assert found, f"no {kind}"
    return found


def _schema_of(one: Object) -> Draft202012Validator:
    return _validator(f"{one['apiVersion'].replace('/', '_')}_{one['kind']}")


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text()))


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
