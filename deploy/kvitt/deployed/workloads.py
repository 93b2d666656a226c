"""The processes as Kubernetes runs them: restricted pods of one image, spread over nodes, of which
one at a time may go; and the migrations, each a job that ends before them.
"""

from collections.abc import Iterable, Mapping

from kvitt.deployed.objects import NAME, Object, an_object, selecting
from kvitt.deployed.parts import ADMIN_PORT, CONFIG, HTTP_PORT, SECRETS_DIR, TLS, Part

IMAGE = "kvitt-service"
_REPLICAS = 3
_ENDS_WITHIN_SECONDS = 30  # a service promises 25
_OWNER = "KVITT_DATABASE_OWNER_URL"


def objects_of(part: Part, policies: Iterable[str]) -> list[Object]:
    """Deployment, Service, PodDisruptionBudget and Certificate of a part; `policies` are the
    regions' files, by their paths.
    """
    return [_deployment(part, policies), _service(part), _budget(part), _certificate(part)]


def regions(texts: Mapping[str, str]) -> Object:
    """The policies of the regions and their words, by their paths, as one ConfigMap."""
    data = {_key(path): text for path, text in texts.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "regions"}, "data": data}


def migration(part: Part) -> Object:
    """The job that migrates a part's database, as its owner."""
    container = {
        **_restricted(part.migrations, ["kvitt_chassis.migrate", part.migrations]),
        "env": _env({"KVITT_SECRETS_DIR": SECRETS_DIR, "PGSSLROOTCERT": f"{CONFIG}/ca/ca.crt"}),
        "volumeMounts": [_mounted("secrets", SECRETS_DIR), _mounted("ca", f"{CONFIG}/ca")],
        "resources": _resources("100m", "256Mi"),
    }
    container["name"] = "migrate"
    name = f"migrate-{part.name}"
    pod = _pod(
        [container],
        [_secrets("secrets", [(f"{part.name}-owner", [(_OWNER, _OWNER.lower())])]), _ca()],
    )
    pod["restartPolicy"] = "Never"
    return an_object(
        "batch/v1",
        "Job",
        name,
        {
            "backoffLimit": 5,  # a table that is locked for longer than 2 s: again
            "activeDeadlineSeconds": 3600,
            "ttlSecondsAfterFinished": 86400,
            "template": {
                "metadata": {"labels": {NAME: name, "kvitt/database": part.name}},
                "spec": pod,
            },
        },
        {"kvitt/step": "migrations"},
    )


def _deployment(part: Part, policies: Iterable[str]) -> Object:
    container = _restricted(part.name, [part.module])
    container |= {
        "env": _env(part.environment),
        "ports": [
            {"name": "https", "containerPort": HTTP_PORT},
            *([{"name": "admin", "containerPort": ADMIN_PORT}] if part.speaks_kafka else []),
        ],
        "startupProbe": {**_asked("live"), "periodSeconds": 2, "failureThreshold": 60},
        "livenessProbe": {**_asked("live"), "periodSeconds": 10, "failureThreshold": 3},
        "readinessProbe": {**_asked("ready"), "periodSeconds": 5, "failureThreshold": 2},
        "resources": _resources("250m", "768Mi"),
        "volumeMounts": [
            _mounted("secrets", SECRETS_DIR),
            _mounted("tls", TLS),
            _mounted("ca", f"{CONFIG}/ca"),
            _mounted("regions", f"{CONFIG}/regions"),
            *([_mounted("issuers", f"{CONFIG}/issuers")] if part.speaks_kafka else []),
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    }
    own = [(one, one.lower()) for one in part.secrets if one != "KVITT_KAFKA_PASSWORD"]
    sources = [(f"{part.name}-secrets", own)]
    if part.speaks_kafka:
        sources.append((f"{part.name}-kafka", [("password", "kvitt_kafka_password")]))
    volumes: list[Object] = [
        _secrets("secrets", sources),
        {"name": "tls", "secret": {"secretName": f"{part.name}-tls", "defaultMode": 0o440}},
        _ca(),
        {"name": "regions", "configMap": {"name": "regions", "items": _items_of(policies)}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "512Mi"}},
    ]
    if part.speaks_kafka:
        volumes.append({"name": "issuers", "configMap": {"name": "issuers"}})
    pod = _pod([container], volumes)
    pod["terminationGracePeriodSeconds"] = _ENDS_WITHIN_SECONDS
    pod["topologySpreadConstraints"] = [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": unsatisfiable,
            "labelSelector": selecting(part.name),
        }
        for key, unsatisfiable in (
            ("kubernetes.io/hostname", "DoNotSchedule"),
            ("topology.kubernetes.io/zone", "ScheduleAnyway"),
        )
    ]
    return an_object(
        "apps/v1",
        "Deployment",
        part.name,
        {
            "replicas": _REPLICAS,
            "selector": selecting(part.name),
            # one more at a time, and none less: an upgrade without a stop
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            },
            "minReadySeconds": 10,
            "template": {
                "metadata": {
                    "labels": {
                        NAME: part.name,
                        "kvitt/database": part.name,
                        **{f"kvitt/to-{one}": "yes" for one in part.outside},
                    }
                },
                "spec": pod,
            },
        },
        {NAME: part.name},
    )


def _service(part: Part) -> Object:
    ports = [{"name": "https", "port": HTTP_PORT, "targetPort": "https"}]
    if part.speaks_kafka:
        ports.append({"name": "admin", "port": ADMIN_PORT, "targetPort": "admin"})
    return an_object("v1", "Service", part.name, {"selector": {NAME: part.name}, "ports": ports})


def _budget(part: Part) -> Object:
    spec = {"maxUnavailable": 1, "selector": selecting(part.name)}
    return an_object("policy/v1", "PodDisruptionBudget", part.name, spec)


def _certificate(part: Part) -> Object:
    names = [part.name, f"{part.name}.kvitt.svc"]
    spec = {
        "secretName": f"{part.name}-tls",
        "dnsNames": names,
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"kind": "Issuer", "name": "kvitt-ca"},
    }
    return an_object("cert-manager.io/v1", "Certificate", part.name, spec)


def _pod(containers: list[Object], volumes: list[Object]) -> Object:
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": containers,
        "volumes": volumes,
    }


def _restricted(name: str, arguments: list[str]) -> Object:
    return {
        "name": name,
        "image": IMAGE,
        "args": arguments,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def _asked(what: str) -> Object:
    get = {"path": f"/health/{what}", "port": "https", "scheme": "HTTPS"}
    return {"httpGet": get, "timeoutSeconds": 5}


def _resources(cpu: str, memory: str) -> Object:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def _env(values: Mapping[str, str]) -> list[Object]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _mounted(volume: str, path: str) -> Object:
    return {"name": volume, "mountPath": path, "readOnly": True}


def _secrets(name: str, sources: list[tuple[str, list[tuple[str, str]]]]) -> Object:
    """Keys of secrets, each a file of the name that a setting is read from."""
    projected = [
        {"secret": {"name": secret, "items": [{"key": key, "path": path} for key, path in items]}}
        for secret, items in sources
    ]
    # the group alone reads them beside their owner, root
    return {"name": name, "projected": {"defaultMode": 0o440, "sources": projected}}


def _items_of(paths: Iterable[str]) -> list[Object]:
    return [{"key": _key(path), "path": path} for path in paths]


def _key(path: str) -> str:
    return path.replace("/", "-")


def _ca() -> Object:
    return {"name": "ca", "configMap": {"name": "ca"}}
