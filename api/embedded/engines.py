"""Both engines at once, and the environment that leads to them."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from api.embedded import postgres, redis_server, roles
from api.embedded.env import store_env, stored_env
from api.embedded.process import EngineError

DATABASE = "osteon"


@contextlib.contextmanager
def engines(
    data_dir: Path, given: Mapping[str, str], *, for_tests: bool, throwaway: bool
) -> Iterator[dict[str, str]]:
    """Yield DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL, SECRET_KEY and DATA_DIR, also kept in DATA_DIR/env.

    What `given` (the caller's environment) holds is used, and no engine started for it. A DATABASE_URL that
    signs in as a superuser and comes without DATABASE_OWNER_URL gets both roles made on its server, and the
    database it names becomes the owner role's; every other is used as it is. `for_tests` lets the owner
    create databases; `throwaway` says that the folder goes afterwards.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_only_launcher(data_dir))
        app, owner = _database(stack, data_dir, given, for_tests=for_tests, throwaway=throwaway)
        redis_url = given.get("REDIS_URL", "")
        if not redis_url:
            redis_url = stack.enter_context(redis_server.running(data_dir))
        elif not redis_server.answers(redis_url):
            raise EngineError("REDIS_URL leads to no Redis that answers")
        values = {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, "REDIS_URL": redis_url}
        secret = (
            given.get("SECRET_KEY") or stored_env(data_dir).get("SECRET_KEY") or secrets.token_urlsafe(50)
        )
        values |= {"SECRET_KEY": secret, "DATA_DIR": str(data_dir)}
        store_env(data_dir, values)
        yield values


@contextlib.contextmanager
def _only_launcher(data_dir: Path) -> Iterator[None]:
    """Hold DATA_DIR/lock; the kernel lets go of it however we end."""
    with (data_dir / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise EngineError(
                f"Osteon already runs from {data_dir} (process {lock.read().strip() or 'unknown'}). "
                "Stop it, or set DATA_DIR (and PORT) for a second one."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _database(
    stack: contextlib.ExitStack, data_dir: Path, given: Mapping[str, str], *, for_tests: bool, throwaway: bool
) -> tuple[str, str]:
    url = given.get("DATABASE_URL", "")
    if not url:
        superuser = stack.enter_context(postgres.running(data_dir, throwaway=throwaway))
        return roles.prepare(superuser, DATABASE, may_create_databases=for_tests)
    owner = given.get("DATABASE_OWNER_URL", "")
    if owner or not _is_superuser(url):
        return url, owner or url
    return roles.prepare(url, unquote(urlsplit(url).path[1:]) or DATABASE, may_create_databases=for_tests)


def _is_superuser(url: str) -> bool:
    if not url.startswith(("postgres://", "postgresql://")):
        return False  # a spelling of Django's alone
    try:
        return roles.is_superuser(url)
    except psycopg.OperationalError as error:
        raise EngineError(f"DATABASE_URL leads nowhere: {error}") from error
