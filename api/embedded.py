from pathlib import Path


def stored_env(data_dir: Path) -> dict[str, str]:
    file = data_dir / "env"
    if not file.exists():
        return {}
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
