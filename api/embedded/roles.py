"""Two roles for one database: an owner that migrates, and the application, which owns nothing."""

import hashlib
import hmac
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from api.embedded.process import EngineError

OWNER, APP = "osteon_owner", "osteon_app"

# A request that takes longer has lost its reader; a lock that is not had soon is a queue to leave.
APP_LIMITS = {"statement_timeout": "5s", "lock_timeout": "4s", "idle_in_transaction_session_timeout": "30s"}


def is_superuser(url: str) -> bool:
    """Whether `url` signs in as a superuser, who passes every grant and row policy unchecked."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def prepare(superuser_url: str, database: str, *, may_create_databases: bool) -> tuple[str, str]:
    """Create what is missing of both roles and `database`; return (application's URL, owner's URL).

    The roles' passwords follow from the superuser's, so that every start and every machine finds the same.
    A role of that name with another password is someone else's: EngineError, and it is left alone.
    """
    urls = {role: _url_of(role, superuser_url, database) for role in (OWNER, APP)}
    with psycopg.connect(superuser_url, autocommit=True, connect_timeout=10) as connection:
        for role in (OWNER, APP):
            _ensure_role(connection, role, _password_of(role, superuser_url))
        _limit(connection, may_create_databases=may_create_databases)
        _ensure_database(connection, database)
    with psycopg.connect(_at(superuser_url, database), autocommit=True, connect_timeout=10) as connection:
        _open_schema(connection)
    for role, url in urls.items():
        _check_sign_in(role, url)
    return urls[APP], urls[OWNER]


def _password_of(role: str, superuser_url: str) -> str:
    key = unquote(urlsplit(superuser_url).password or "")
    return hmac.new(key.encode(), role.encode(), hashlib.sha256).hexdigest()


def _url_of(role: str, superuser_url: str, database: str) -> str:
    place = urlsplit(superuser_url).netloc.rpartition("@")[2]
    credentials = f"{role}:{_password_of(role, superuser_url)}"
    return urlsplit(_at(superuser_url, database))._replace(netloc=f"{credentials}@{place}").geturl()


def _at(url: str, database: str) -> str:
    return urlsplit(url)._replace(path="/" + quote(database)).geturl()


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return
    create = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}")
    connection.execute(create.format(sql.Identifier(role), sql.Literal(password)))


def _limit(connection: psycopg.Connection, *, may_create_databases: bool) -> None:
    createdb = sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB")
    connection.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(OWNER), createdb))
    for name, value in APP_LIMITS.items():
        limit = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(limit.format(sql.Identifier(APP), sql.Identifier(name), sql.Literal(value)))


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    name, owner, app = sql.Identifier(database), sql.Identifier(OWNER), sql.Identifier(APP)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, app))


def _open_schema(connection: psycopg.Connection) -> None:
    """Before PostgreSQL 15 everyone may create tables in the public schema."""
    owner, app = sql.Identifier(OWNER), sql.Identifier(APP)
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(owner))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))


def _check_sign_in(role: str, url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise EngineError(
            f"The server has a role {role} that is not ours. "
            "Set DATABASE_URL to the application's role and DATABASE_OWNER_URL to the owner's."
        ) from error
