"""DATA_DIR/env: what the running stack was started with, so that `manage.py` in another shell finds it."""

import os
from collections.abc import Mapping
from pathlib import Path


def stored_env(data_dir: Path) -> dict[str, str]:
    """The KEY=value lines of `data_dir`/env; empty when nothing has been started there yet."""
    try:
        text = (data_dir / "env").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    lines = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key: value for key, _, value in lines}


def store_env(data_dir: Path, values: Mapping[str, str]) -> None:
    """Replace `data_dir`/env; values hold no line break."""
    keep(data_dir / "env", "".join(f"{key}={value}\n" for key, value in values.items()))


def keep(file: Path, text: str) -> None:
    """Replace `file` in one step; only its owner can read it, for it may hold a password."""
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text)
    fresh.replace(file)


def kept(file: Path, default: str) -> str:
    """What `file` holds; `default`, from now on, when there is none."""
    if not file.exists():
        keep(file, default)
    return file.read_text(encoding="utf-8")
