"""What a browser calls itself, as its owner calls it."""

import pytest

from journal.admin.browsers import browser

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/139.0 Safari/537.36", "Chrome on Android"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/139.0 Safari/537.36 Edg/139.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/139.0 Safari/537.36",
            "Chrome on ChromeOS",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on Mac"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) CriOS/139.0 Mobile Safari/604.1", "Chrome on iPad"),
        (
            f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0",
            "Samsung Internet on Android",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/139.0 Safari/537.36 OPR/122.0", "Opera on Windows"),
        ("okhttp/4.12.0 (Android 15)", "Android"),
        ("curl/8.5.0", "an unknown program"),
        ("", "an unknown program"),
    ],
)
def test_a_browser_is_named_with_its_device(user_agent: str, said: str) -> None:
    assert browser(user_agent) == said
