"""Two roles for one database: an owner that migrates, and the application, which owns nothing."""

import hashlib
import hmac
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from api.embedded.process import EngineError

OWNER, APP = "osteon_owner", "osteon_app"

# A request that takes longer has lost its reader; a lock that is not had soon is a queue to leave.
APP_LIMITS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "30s"}


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
    for url in urls.values():
        _sign_in(url)
    return urls[APP], urls[OWNER]


def _password_of(role: str, superuser_url: str) -> str:
    key = unquote(urlsplit(superuser_url).password or "")
    return hmac.new(key.encode(), role.encode(), hashlib.sha256).hexdigest()


def _url_of(role: str, superuser_url: str, database: str) -> str:
    parts = urlsplit(superuser_url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(
        netloc=f"{role}:{_password_of(role, superuser_url)}@{place}", path="/" + quote(database)
    ).geturl()


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


def _sign_in(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            if urlsplit(url).username == OWNER:
                connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)))
    except psycopg.OperationalError as error:
        role = urlsplit(url).username
        raise EngineError(
            f"The server has a role {role} that is not ours ({type(error).__name__}). "
            "Set DATABASE_URL to the application's role and DATABASE_OWNER_URL to the owner's."
        ) from error
