"""Phones that post one entry each and try again, under the same id, until somebody says that it is stored."""

import json
import queue
import threading
import time
import uuid
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException

PHONES = 4
PAUSE = 0.3
# A hip that can't be stood on: an emergency.
HURT = {
    "pains": [{"site": "hip", "side": "left", "severity": 9, "onset": "sudden"}],
    "can_bear_weight": False,
}


class Phones:
    """Each token is one patient's. `stored` has the entries answered with 2xx, `refused` any other answer
    than one that says "later"."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.waiting: queue.Queue[str] = queue.Queue()
        self.stored: dict[str, uuid.UUID] = {}
        self.refused: list[tuple[int, str]] = []
        self.tries = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._talk, daemon=True) for _ in range(PHONES)]

    def __enter__(self) -> "Phones":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _talk(self) -> None:
        while not self.over.is_set():
            try:
                token = self.waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            self._until_stored(token)

    def _until_stored(self, token: str) -> None:
        number = uuid.uuid4()
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = json.dumps({"id": str(number), "recorded_at": now, "timezone": "Europe/Berlin", **HURT})
        while not self.over.is_set():
            self.tries += 1
            status, said = self._post(token, body)
            if 200 <= status < 300:
                self.stored[token] = number
                return
            if 400 <= status < 500:
                self.refused.append((status, said))
                return
            time.sleep(PAUSE)

    def _post(self, token: str, body: str) -> tuple[int, str]:
        """Status and answer; 0 when there was none."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"X-Session-Token": token, "Content-Type": "application/json"}
        try:
            connection.request("POST", "/api/v1/entries", body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return 0, ""
        finally:
            connection.close()
