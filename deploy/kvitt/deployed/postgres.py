"""CloudNativePG's clusters, one for each part: three servers, of which two have each commit, its
roles, and its backups.
"""

from kvitt.deployed.objects import Object, an_object
from kvitt.deployed.parts import Part
from kvitt.local.databases import ROLES, grants

_API = "postgresql.cnpg.io/v1"
_SERVERS = 3


def objects_of(part: Part) -> list[Object]:
    """The cluster of a part's database, where its backups lie, and when they are made."""
    name = f"{part.name}-db"
    return [_cluster(part, name), _store(name), _backups(name)]


def _cluster(part: Part, name: str) -> Object:
    owner = f"{part.name}_{ROLES[0]}"
    roles = [
        {
            "name": f"{part.name}_{role}",
            "ensure": "present",
            "login": True,
            "passwordSecret": {"name": f"{name}-{role}"},
        }
        for role in ROLES[1:]
    ]
    spec = {
        "instances": _SERVERS,
        "imageName": "postgres",
        "bootstrap": {
            "initdb": {
                "database": part.name,
                "owner": owner,
                "secret": {"name": f"{name}-owner"},
                "dataChecksums": True,
                # the roles first: what is granted to them by default is said before a migration
                "postInitApplicationSQL": [
                    *(f"CREATE ROLE {part.name}_{role}" for role in ROLES[1:]),
                    *(one.as_string() for one in grants(part.name, part.name)),
                ],
            }
        },
        "managed": {"roles": roles},
        "postgresql": {
            "synchronous": {"method": "any", "number": 1, "dataDurability": "required"},
            "parameters": {
                "synchronous_commit": "on",
                "max_wal_size": "8GB",
                "checkpoint_timeout": "15min",
                "password_encryption": "scram-sha-256",
                "ssl_min_protocol_version": "TLSv1.3",
            },
            "pg_hba": ["hostssl all all all scram-sha-256", "hostnossl all all all reject"],
        },
        "certificates": {"serverTLSSecret": f"{name}-tls", "serverCASecret": f"{name}-tls"},
        "plugins": [
            {
                "name": "barman-cloud.cloudnative-pg.io",
                "isWALArchiver": True,
                "parameters": {"barmanObjectName": name},
            }
        ],
        "storage": {"size": "50Gi"},
        "walStorage": {"size": "20Gi"},
        "resources": {
            "requests": {"cpu": "500m", "memory": "2Gi"},
            "limits": {"memory": "2Gi"},
        },
        "affinity": {
            "enablePodAntiAffinity": True,
            "podAntiAffinityType": "required",
            "topologyKey": "kubernetes.io/hostname",
        },
        "enableSuperuserAccess": False,
    }
    return an_object(_API, "Cluster", name, spec)


def certificate(part: Part) -> Object:
    """What its servers show, for the names that its clients use."""
    name = f"{part.name}-db"
    services = [f"{name}-{kind}" for kind in ("rw", "r", "ro")]
    spec = {
        "secretName": f"{name}-tls",
        "dnsNames": [*services, *(f"{one}.kvitt.svc" for one in services)],
        "duration": "2160h",
        "renewBefore": "720h",
        "issuerRef": {"kind": "Issuer", "name": "kvitt-ca"},
    }
    return an_object("cert-manager.io/v1", "Certificate", name, spec)


def _store(name: str) -> Object:
    key = {"name": "backups"}
    spec = {
        "retentionPolicy": "30d",
        "configuration": {
            "destinationPath": f"s3://kvitt-backups/{name}",
            "endpointURL": "https://objects.example",
            "s3Credentials": {
                "accessKeyId": {**key, "key": "access_key_id"},
                "secretAccessKey": {**key, "key": "secret_access_key"},
            },
            "wal": {"compression": "zstd", "encryption": "AES256"},
            "data": {"compression": "snappy", "encryption": "AES256"},
        },
    }
    return an_object("barmancloud.cnpg.io/v1", "ObjectStore", name, spec)


def _backups(name: str) -> Object:
    spec = {
        "schedule": "0 15 1 * * *",
        "backupOwnerReference": "self",
        "cluster": {"name": name},
        "method": "plugin",
        "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"},
    }
    return an_object(_API, "ScheduledBackup", name, spec)
