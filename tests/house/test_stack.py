"""The local stack, started for real: engines, roles, what is kept, and what is left behind (nothing)."""

import json
import os
import socket
import stat
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from api.embedded import stored_env
from api.embedded.process import free_port

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "PORT")

FACTS = """
    import json, os, psycopg, redis
    def rows(url, query):
        with psycopg.connect(os.environ[url]) as connection:
            return connection.execute(query).fetchall()
    role = "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles" \
        " WHERE rolname = current_user"
    client = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    print(json.dumps({
        "env": dict(os.environ),
        "app": rows("DATABASE_URL", role)[0],
        "owner": rows("DATABASE_OWNER_URL", role)[0],
        "owned": rows("DATABASE_URL", "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o'"
                      " AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user)")[0][0],
        "database_owner": rows("DATABASE_URL", "SELECT pg_get_userbyid(datdba) FROM pg_database"
                               " WHERE datname = current_database()")[0][0],
        "may_create_tables": rows("DATABASE_URL",
                                  "SELECT has_schema_privilege('public', 'CREATE')")[0][0],
        "settings": {name: rows("DATABASE_URL", f"SHOW {name}")[0][0] for name in (
            "fsync", "full_page_writes", "synchronous_commit", "data_checksums", "statement_timeout",
            "lock_timeout", "idle_in_transaction_session_timeout", "log_error_verbosity",
            "listen_addresses")},
        "redis": {name: client.config_get(name)[name] for name in (
            "save", "appendonly", "maxmemory-policy", "bind")},
    }))
"""

OWNER = "import os, psycopg; owner = psycopg.connect(os.environ['DATABASE_OWNER_URL'], autocommit=True);"


def launch(*arguments: str, **given: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return subprocess.Popen(
        [sys.executable, "-m", "api.stack", *arguments],
        cwd=ROOT,
        env={**env, **given},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start(*arguments: str, **given: str) -> tuple[int, str, str]:
    process = launch(*arguments, **given)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def inside(data_dir: Path, code: str, **given: str) -> str:
    """What `code` prints when it runs with the engines of `data_dir` up."""
    arguments = ("exec", "--", sys.executable, "-c", textwrap.dedent(code))
    returncode, out, err = start(*arguments, DATA_DIR=str(data_dir), **given)
    assert returncode == 0, err
    return out


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Longer than a Unix socket's path may be, and with a space in it."""
    return tmp_path_factory.mktemp("stack") / ("a folder " + "of a long name " * 7)


@pytest.fixture(scope="module")
def facts(data_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(inside(data_dir, FACTS))
    return found


@pytest.fixture
def held(data_dir: Path, facts: dict[str, Any]) -> Iterator["subprocess.Popen[str]"]:
    """A launcher whose engines are up, until the test ends it."""
    process = launch("exec", "--", "sh", "-c", "echo up; exec sleep 60", DATA_DIR=str(data_dir))
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    yield process
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=30)


def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    members: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    assert len(members) >= 3, "PostgreSQL, Redis and the command"
    return members


def assert_gone(members: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(members, timeout=20)
    assert alive == []


def test_the_application_is_no_superuser_and_owns_nothing(facts: dict[str, Any]) -> None:
    assert facts["app"] == ["osteon_app", False, False, False, False]
    assert facts["owned"] == 0
    assert not facts["may_create_tables"]


def test_the_owner_has_the_database_and_no_more(facts: dict[str, Any]) -> None:
    assert facts["owner"] == ["osteon_owner", False, True, False, False]
    assert facts["database_owner"] == "osteon_owner"


def test_what_is_committed_survives_a_crash_and_no_request_waits_for_ever(facts: dict[str, Any]) -> None:
    assert facts["settings"] == {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "statement_timeout": "5s",
        "lock_timeout": "4s",
        "idle_in_transaction_session_timeout": "30s",
        "log_error_verbosity": "terse",
        "listen_addresses": "127.0.0.1",
    }


def test_redis_keeps_nothing_and_drops_nothing(facts: dict[str, Any]) -> None:
    assert facts["redis"] == {
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "bind": "127.0.0.1",
    }


def test_redis_asks_for_a_password(data_dir: Path, held: "subprocess.Popen[str]") -> None:
    port = stored_env(data_dir)["REDIS_URL"].rpartition(":")[2].partition("/")[0]
    with socket.create_connection(("127.0.0.1", int(port)), timeout=5) as stranger:
        stranger.sendall(b"PING\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")


def test_another_shell_finds_the_stack_and_nobody_else_its_passwords(
    data_dir: Path, facts: dict[str, Any]
) -> None:
    stored = stored_env(data_dir)
    assert stat.S_IMODE((data_dir / "env").stat().st_mode) == 0o600
    assert {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"} <= stored.keys()
    assert {name: facts["env"][name] for name in stored} == stored


def test_a_second_start_keeps_data_secrets_and_addresses(data_dir: Path, facts: dict[str, Any]) -> None:
    inside(data_dir, OWNER + "owner.execute('CREATE TABLE kept AS SELECT 7 AS n')")
    before = stored_env(data_dir)
    assert inside(data_dir, OWNER + "print(*owner.execute('TABLE kept').fetchone())") == "7\n"
    assert stored_env(data_dir) == before


def test_no_value_of_a_refused_row_reaches_the_log(data_dir: Path, facts: dict[str, Any]) -> None:
    inside(
        data_dir,
        """
        import os, psycopg
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
            connection.execute("CREATE TABLE note (text text UNIQUE)")
            for _ in range(2):
                try:
                    connection.execute("INSERT INTO note VALUES (%s)", ["sharp pain"])
                except psycopg.errors.UniqueViolation:
                    pass
        """,
    )
    log = (data_dir / "postgres.log").read_text()
    assert "database system is ready to accept connections" in log
    assert "sharp pain" not in log


def test_a_folder_has_one_launcher(data_dir: Path, held: "subprocess.Popen[str]") -> None:
    code, _, error = start("exec", "--", "true", DATA_DIR=str(data_dir))
    assert code == 1
    assert f"already runs from {data_dir} (process {held.pid})" in error


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, _, error = start("run", PORT=port, DATA_DIR=str(tmp_path / "data"))
    assert code == 1
    assert f"Port {port} is taken" in error
    assert "PORT=" in error
    assert not (tmp_path / "data").exists()


def test_the_command_decides_the_exit_code_and_leaves_no_folder(tmp_path: Path) -> None:
    code, out, _ = start("exec", "--", "sh", "-c", "echo $DATA_DIR; exit 5", TMPDIR=str(tmp_path))
    assert code == 5
    assert Path(out.strip()).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_sigterm_leaves_no_process(held: "subprocess.Popen[str]") -> None:
    members = family(held)
    held.terminate()
    assert held.wait(timeout=30) == 128 + 15
    assert_gone(members)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_killed_launcher_takes_its_engines_along(held: "subprocess.Popen[str]") -> None:
    members = family(held)
    held.kill()
    assert_gone(members)


def test_engines_that_outlived_their_launcher_are_ended_by_the_next_start(
    data_dir: Path, facts: dict[str, Any]
) -> None:
    """As on a system that does not tell children of their parent's end."""
    untold = (
        "import sys, api.embedded.process as process, api.stack; process.end_with_parent = lambda by: None;"
        "sys.exit(api.stack.main(['exec', '--', 'sh', '-c', 'echo up; exec sleep 60']))"
    )
    env = {name: value for name, value in os.environ.items() if name not in GIVEN}
    env["DATA_DIR"] = str(data_dir)
    with subprocess.Popen(
        [sys.executable, "-c", untold], cwd=ROOT, env=env, stdout=subprocess.PIPE
    ) as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == b"up\n"
        *engines, command = sorted(psutil.Process(launcher.pid).children(), key=lambda child: child.pid)
        launcher.kill()
        command.kill()
    assert all(engine.is_running() for engine in engines)
    before = stored_env(data_dir)
    assert inside(data_dir, "print('up')") == "up\n"
    assert_gone(engines)
    assert stored_env(data_dir) == before


def test_a_stale_process_number_does_not_prevent_a_start(data_dir: Path, facts: dict[str, Any]) -> None:
    """A container restarts with the same small process numbers: the file names a living stranger."""
    home = data_dir / "postgres"
    stranger = subprocess.Popen(["sleep", "60"], user=home.owner() if os.geteuid() == 0 else None)
    lines = [str(stranger.pid), str(home), "1", "1", "", "127.0.0.1", "", "ready"]
    (home / "postmaster.pid").write_text("\n".join(lines) + "\n")
    try:
        assert inside(data_dir, "print('up')") == "up\n"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def superuser_url(data_dir: Path) -> str:
    port, secret = ((data_dir / f"postgres.{name}").read_text() for name in ("port", "secret"))
    return f"postgresql://osteon_super:{secret}@127.0.0.1:{port}/osteon"


def test_a_given_superuser_is_not_what_the_application_runs_as(
    tmp_path: Path, data_dir: Path, held: "subprocess.Popen[str]"
) -> None:
    given = {"DATABASE_URL": superuser_url(data_dir), "REDIS_URL": stored_env(data_dir)["REDIS_URL"]}
    found = json.loads(inside(tmp_path / "other", FACTS, **given))
    assert [found["app"][:2], found["owner"][:2]] == [["osteon_app", False], ["osteon_owner", False]]
    assert sorted(file.name for file in (tmp_path / "other").iterdir()) == ["env", "lock"]


def test_a_given_pair_of_roles_is_used_as_it_is(
    tmp_path: Path, data_dir: Path, held: "subprocess.Popen[str]"
) -> None:
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    given = {name: stored_env(data_dir)[name] for name in names}
    inside(tmp_path / "other", "", **given)
    assert {name: stored_env(tmp_path / "other")[name] for name in names} == given


def test_a_server_where_the_role_is_someone_elses_is_left_alone(tmp_path: Path) -> None:
    change = "psycopg.connect(super, autocommit=True).execute(\"ALTER ROLE osteon_app PASSWORD 'theirs'\")"
    code = f"""
        import os, pathlib, psycopg, subprocess, sys
        folder = pathlib.Path(os.environ["DATA_DIR"])
        port, secret = ((folder / f"postgres.{{name}}").read_text() for name in ("port", "secret"))
        super = f"postgresql://osteon_super:{{secret}}@127.0.0.1:{{port}}/osteon"
        {change}
        env = {{**os.environ, "DATABASE_URL": super, "DATA_DIR": str(folder / "other")}}
        del env["DATABASE_OWNER_URL"]
        done = subprocess.run([sys.executable, "-m", "api.stack", "exec", "--", "true"], env=env,
                              capture_output=True, text=True)
        print(done.returncode, done.stderr)
    """
    assert "1 The server has a role osteon_app that is not ours" in inside(tmp_path / "data", code)


def test_an_address_that_leads_nowhere_is_said_at_once(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path)}
    code, _, error = start("exec", "--", "true", **given)
    assert code == 1
    assert error.startswith("DATABASE_URL leads nowhere")


PRODUCTION = {
    "OSTEON_DEMO": "off",
    "ALLOWED_HOSTS": "127.0.0.1",
    "PUBLIC_URL": "https://osteon.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The whole of Osteon without the demo clinic, announced and answering."""
    process = launch("run", PORT=str(free_port()), DATA_DIR=str(tmp_path), **PRODUCTION)
    assert process.stdout is not None
    for line in process.stdout:
        if "Health" in line:
            break
    else:
        pytest.fail(f"not announced: {process.communicate()[1]}")
    yield process
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=30)


@pytest.mark.story
def test_run_serves_until_sigterm_and_leaves_no_process(
    served: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    port = stored_env(tmp_path)["PORT"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
        assert answer.status == 200
    members = family(served)
    served.terminate()
    served.communicate(timeout=30)
    assert served.returncode == 0
    assert_gone(members)


@pytest.mark.story
def test_a_process_that_dies_is_named_and_ends_the_rest(served: "subprocess.Popen[str]") -> None:
    members = family(served)
    worker = next(
        member
        for member in members
        if {"celery", "worker", "--concurrency"} <= words(member) and "flags" not in words(member)
    )
    worker.kill()
    out, _ = served.communicate(timeout=40)
    assert served.returncode == 128 + 9
    assert "worker stopped (rc=-9); the others were stopped too." in out
    assert_gone(members)


def words(process: psutil.Process) -> set[str]:
    return {Path(word).name for word in process.cmdline()}
