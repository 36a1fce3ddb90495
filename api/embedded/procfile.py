"""Runs the Procfile through honcho, holding back its output until there is something to announce."""

import contextlib
import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from honcho.compat import ProcessManager
from honcho.environ import parse_procfile
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Printer
from honcho.process import Popen, Process

from api.embedded.process import end_with_parent

HELD_LINES = 200
BY_SIGNAL = (128 + signal.SIGINT, 128 + signal.SIGTERM)


class Output(Printer):  # type: ignore[misc]
    """Prints what the processes say; before `release`, keeps the newest lines only."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self._held: deque[Any] | None = deque(maxlen=HELD_LINES)
        self._lock = threading.Lock()
        self.first_end = ""

    def write(self, message: Any) -> None:
        with self._lock:
            if message.name == SYSTEM_PRINTER_NAME and " stopped (" in message.data:
                self.first_end = self.first_end or message.data.strip()
            if self._held is None:
                super().write(message)
            else:
                self._held.append(message)

    def release(self, announcement: str, *, show_held: bool) -> None:
        """Print `announcement`, after what was held back or in its place; from now on print at once."""
        with self._lock:
            held, self._held = self._held or (), None
            for message in held if show_held else ():
                super().write(message)
            self.output.write(announcement)
            self.output.flush()


class LeadersFirst(ProcessManager):  # type: ignore[misc]
    """Asks each program to end and leaves its children to it: Celery's finish what they have in hand."""

    def terminate(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class TiedProcess(Process):  # type: ignore[misc]
    """Ends when the launcher is killed, and takes its program along."""

    def run(self, events: "Queue[Any] | None" = None, ignore_signals: bool = False) -> None:
        end_with_parent(signal.SIGKILL)
        self._child_ctor = _start
        super().run(events, ignore_signals)


def _start(command: str, **options: Any) -> "subprocess.Popen[bytes]":
    child: subprocess.Popen[bytes] = Popen(
        command, preexec_fn=functools.partial(end_with_parent, signal.SIGTERM), **options
    )
    threading.Thread(target=_clear_up_after, args=[child], daemon=True).start()
    return child


def _clear_up_after(child: "subprocess.Popen[bytes]") -> None:
    """A killed program may leave children that hold its port and its output, and so hide its end."""
    child.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def run(procfile: Path, env: Mapping[str, str], output: Output) -> int:
    """Run all processes until a signal or until one ends; 0 after a signal, else never 0."""
    # Forked children would share the announcing thread's locks and the launcher's lock file.
    multiprocessing.set_start_method("spawn", force=True)
    manager = Manager(output)
    manager._process_ctor, manager._procmgr = TiedProcess, LeadersFirst()
    for name, command in parse_procfile(procfile.read_text(encoding="utf-8")).processes.items():
        manager.add_process(name, command, env=dict(env), cwd=str(procfile.parent))
    manager.loop()
    code: int = manager.returncode or 0
    if code in BY_SIGNAL:
        return 0
    return 128 - code if code < 0 else code or 1
