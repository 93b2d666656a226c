"""One database per service with its three roles, on any PostgreSQL server that we may administer.
Creates no tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from kvitt.local.problems import LocalProblem

ROLES = ("owner", "api", "worker")


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The URLs of one service's database, one per role: `postgresql+asyncpg://…` for SQLAlchemy."""

    owner: str
    api: str
    worker: str

    @staticmethod
    def libpq(url: str) -> str:
        """The same URL for psycopg and psql."""
        return url.replace("postgresql+asyncpg://", "postgresql://", 1)


# decision 0012: database roles carry no test prefix
class Databases:
    """The services' databases on one server.

    `admin_url` is a superuser's libpq URL; `password(role)` gives a role's password. Roles are
    `<service>_owner`, `<service>_api`, `<service>_worker`; databases `<prefix><service>`. A prefix
    separates tests from each other, the roles separate services, so roles carry no prefix.
    """

    def __init__(self, admin_url: str, password: Callable[[str], str]) -> None:
        self.admin_url = admin_url
        self._password = password
        self._known_roles: set[str] = set()

    def urls(self, service: str, *, prefix: str = "") -> DatabaseUrls:
        """The URLs of the service's database, whether it exists yet or not."""
        return DatabaseUrls(*(self._url(service, role, prefix) for role in ROLES))

    def create(
        self, service: str, *, prefix: str = "", template: str | None = None
    ) -> DatabaseUrls:
        """Create the service's roles and database where they are missing.

        `template` names a database of the same service to copy, tables and rows included.
        Raises psycopg.Error, LocalProblem.
        """
        name = prefix + service
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            self._create_roles(admin, service)
            if not _exists(admin, name):
                command = sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}")
                admin.execute(
                    command.format(
                        name=sql.Identifier(name),
                        owner=sql.Identifier(f"{service}_owner"),
                        template=sql.Identifier(template or "template0"),
                    )
                )
            for command in _let_in_only(name, service):
                admin.execute(command)
        if template is None:  # a copy has its template's grants
            with psycopg.connect(self.admin_url_to(name), autocommit=True) as inside:
                for command in _grant_by_default(service):
                    inside.execute(command)
        return self.urls(service, prefix=prefix)

    def admin_url_to(self, database: str) -> str:
        """The superuser's libpq URL of one database: exempt from row-level security, for tests and
        repair.
        """
        return urlsplit(self.admin_url)._replace(path=f"/{database}").geturl()

    def exists(self, name: str) -> bool:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            return _exists(admin, name)

    def drop(self, service: str, *, prefix: str = "") -> None:
        """Drop the service's database, ending the connections to it."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            name = sql.Identifier(prefix + service)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def rename(self, old: str, new: str) -> None:
        """Rename a database that nobody is connected to."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            command = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(command.format(sql.Identifier(old), sql.Identifier(new)))

    def _create_roles(self, admin: psycopg.Connection, service: str) -> None:
        if service in self._known_roles:
            return
        # By default every role may connect to these two; ours have no business there.
        admin.execute("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")
        for role in ROLES:
            name = f"{service}_{role}"
            found = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
            verb = sql.SQL("ALTER" if found else "CREATE")
            command = sql.SQL(
                "{verb} ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                " PASSWORD {password}"
            )
            admin.execute(
                command.format(
                    verb=verb, name=sql.Identifier(name), password=sql.Literal(self._password(name))
                )
            )
        self._known_roles.add(service)

    def _url(self, service: str, role: str, prefix: str) -> str:
        at = urlsplit(self.admin_url)
        user = f"{service}_{role}"
        return (
            f"postgresql+asyncpg://{user}:{quote(self._password(user))}"
            f"@{at.hostname}:{at.port or 5432}/{prefix}{service}"
        )


def require_server(admin_url: str) -> None:
    """Raises LocalProblem when the server at `admin_url` does not answer or is too old."""
    try:
        with psycopg.connect(admin_url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise LocalProblem(
            f"The PostgreSQL server at {urlsplit(admin_url).hostname} does not answer: {error}",
            remedy="Check the address, the user and the password.",
        ) from error
    if version < 17:
        raise LocalProblem(
            f"The PostgreSQL server is version {version}.",
            remedy="Kvitt needs 17 or later, for transaction_timeout.",
        )


def _exists(admin: psycopg.Connection, name: str) -> bool:
    found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    return found is not None


def grants(database: str, service: str) -> list[sql.Composed]:
    """Who of the service's roles may do what in its database, said inside it by a superuser."""
    return [*_let_in_only(database, service), *_grant_by_default(service)]


def _let_in_only(database: str, service: str) -> list[sql.Composed]:
    name = sql.Identifier(database)
    roles = sql.SQL(", ").join(sql.Identifier(f"{service}_{role}") for role in ROLES)
    return [
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles),
    ]


def _grant_by_default(service: str) -> list[sql.Composed]:
    """Let api and worker use what the owner's migrations create; a migration may revoke
    some of it.
    """
    users = sql.SQL(", ").join(sql.Identifier(f"{service}_{role}") for role in ("api", "worker"))
    begin = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public ").format(
        sql.Identifier(f"{service}_owner")
    )
    tables = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}").format(users)
    sequences = sql.SQL("GRANT USAGE, SELECT ON SEQUENCES TO {}").format(users)
    return [begin + tables, begin + sequences]
