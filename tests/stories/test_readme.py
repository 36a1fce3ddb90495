"""What the README says, done: the demo starts, the transcript is pasted, mail and queue have the flag."""

import http.cookiejar
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.embedded.process import free_port

pytestmark = pytest.mark.story
ROOT = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "PORT")


class Demo:
    """A running demo: where it answers, where it keeps its data, what it announced."""

    def __init__(self, base: str, data_dir: Path, announced: str) -> None:
        self.base, self.data_dir, self.announced = base, data_dir, announced
        cookies = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))

    def page(self, path: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.base + path, data, {"Referer": self.base + path})  # noqa: S310
        text: str = self.browser.open(request, timeout=30).read().decode()
        return text

    def sign_in(self, email: str) -> None:
        password = re.search(r"Password of all: (.+)", self.announced)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page("/accounts/login/"))
        assert password
        assert token
        self.page("/accounts/login/", login=email, password=password[1], csrfmiddlewaretoken=token[1])


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name not in GIVEN}
    process = subprocess.Popen(
        [sys.executable, "-m", "api.stack", "run"],
        cwd=ROOT,
        env={**env, "PORT": str(port), "DATA_DIR": str(tmp_path), "OSTEON_DEMO": "on"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    announced = ""
    for line in process.stdout:
        announced += line
        if "Password of all" in line:
            break
    try:
        assert "Osteon is up" in announced, announced
        yield Demo(f"http://127.0.0.1:{port}", tmp_path, announced)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def transcript() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- transcript.*?-->\n```bash\n(.*?)```", readme, re.DOTALL)
    assert found
    return found[1]


def test_the_transcript_of_the_readme_raises_a_flag_that_reaches_mail_and_queue(demo: Demo) -> None:
    script = transcript().replace("http://127.0.0.1:8000", demo.base).replace(".osteon", str(demo.data_dir))
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(demo.data_dir)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"pattern": "sudden-back-pain"' in done.stdout
    assert '"urgency": "same-day"' in done.stdout
    mail = re.search(r"Subject: Osteon: a same-day flag awaits \((\w{8})\)", done.stdout)
    assert mail, done.stdout
    demo.sign_in("anna.berg@demo.example")
    queue = demo.page("/admin/")
    assert f"/admin/journal/flag/{mail[1]}" in queue
