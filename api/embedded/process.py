"""Child processes that end with their parent, as an unprivileged account where they must."""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


class EngineError(Exception):
    """Says in one or two lines why an engine can't be had, and what to do."""


def end_with_parent(by: signal.Signals) -> None:
    """Ask the kernel to send `by` to this process when its parent dies; Linux alone can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)


def unprivileged() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as: it refuses root. None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise EngineError(
            "PostgreSQL refuses root and there is no user `nobody`: run as another user"
        ) from None


def become(account: pwd.struct_passwd) -> None:
    """Become `account`, but keep the right to pass closed folders where the kernel lets us.

    A checkout under root's home is closed to others, and opening it up would outlive us.
    """
    libc = ctypes.CDLL(None)
    linux = sys.platform == "linux"
    if linux:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        # Else access(2), by which PostgreSQL looks for its own programs, overlooks the capability.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    if linux:
        only = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        libc.capset(header, (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0))
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def child_setup(by: signal.Signals, account: pwd.struct_passwd | None = None) -> Callable[[], None]:
    """What a child does before it becomes its program; a change of user forgets the signal, so first."""

    def setup() -> None:
        if account is not None:
            become(account)
        end_with_parent(by)

    return setup


def free_port(preferred: int = 0) -> int:
    """`preferred` if nobody listens there, else one that the system chooses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
    return port


def wait_until(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Return once `ready`; EngineError with the end of `log` when the server ends first or time runs out."""
    deadline = time.monotonic() + seconds
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise EngineError(f"A server did not start; the end of {log}:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def stop(server: subprocess.Popen[bytes], signals: dict[signal.Signals, float]) -> None:
    """Try each signal for so many seconds, the mildest first; SIGKILL ends the list."""
    for sent, seconds in {**signals, signal.SIGKILL: 5.0}.items():
        if server.poll() is not None:
            return
        server.send_signal(sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)


def command_of(pid: int) -> list[str]:
    """The command line of a running process; empty when there is none or it can't be seen."""
    try:
        command: list[str] = psutil.Process(pid).cmdline()
    except psutil.Error:
        return []
    return command
