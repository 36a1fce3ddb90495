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
    """Replace `data_dir`/env in one step; only its owner can read it (it holds passwords)."""
    fresh = data_dir / "env.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{key}={value}\n" for key, value in values.items())
    fresh.replace(data_dir / "env")
