"""The guard: tokens, hosts and origins."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette")

from assoc_synth.studio.guard import Guard


async def _app(scope: object, receive: object, send: object) -> None:
    raise AssertionError("not asked for")


@pytest.mark.parametrize(
    ("path", "headers", "refused"),
    [
        ("/secret/", {"host": "127.0.0.1:80"}, False),
        ("/secret/", {"host": "localhost:80", "origin": "http://localhost:80"}, False),
        ("/secre", {"host": "127.0.0.1:80"}, True),
        ("/", {"host": "127.0.0.1:80"}, True),
        ("*", {"host": "127.0.0.1:80"}, True),
        ("/\udcff", {"host": "127.0.0.1:80"}, True),
        ("/secret/", {"host": "127.0.0.1:80", "origin": "https://127.0.0.1:80"}, True),
        ("/secret/", {"host": "127.0.0.1:81"}, True),
        ("/secret/", {}, True),
        ("/secret/", {"host": "127.0.0.1:80", "origin": "null"}, True),
    ],
)
def test_requests_of_others_are_refused(path: str, headers: dict[str, str], refused: bool) -> None:
    assert bool(Guard(_app, token="secret", port=80).refusal("POST", path, headers)) is refused
