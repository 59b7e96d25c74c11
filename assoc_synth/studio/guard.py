"""The guard before every request: this machine, this page, this person, and not too much.

The address holds a random token, so that no other page and no other user of the machine can guess it. The header `Host`
must name this machine, which stops a page of the web whose name was pointed here (DNS rebinding); `Origin`, where a
browser sends it, must be the page itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_BYTES = 24
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Of every answer, unless it has its own."""
SMALL_BODY = 4 * 2**20
"""Bytes of a form without a file."""


def new_token() -> str:
    """A token that cannot be guessed: 32 characters.

    Example:
        >>> len(new_token()), new_token() == new_token()
        (32, False)
    """
    return secrets.token_urlsafe(TOKEN_BYTES)


class Guard:
    """Lets the requests of the studio's own page through, and refuses every other with 403.

    Args:
        app: what serves the requests that are let through.
        token: the first part of every path.
        port: the one that is listened to.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self.app, self.token = app, token
        self.hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        why = self.refusal(scope["method"], scope["path"], Headers(scope=scope))
        if why:
            answer = PlainTextResponse(f"{why}\n", 403, HEADERS)
            await answer(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in own)]
            await send(message)

        await self.app(scope, receive, guarded)

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        """Why a request is refused; "" where it is not."""
        if headers.get("host", "").lower() not in self.hosts:
            return "this address is not the studio's: open the one that the terminal shows"
        first = path.removeprefix("/").partition("/")[0]
        if not secrets.compare_digest(first.encode("utf-8", "surrogatepass"), self.token.encode()):
            return "the token in the address is missing or wrong: open the address that the terminal shows"
        origin = headers.get("origin")
        if method != "GET" and origin is not None and origin.removeprefix("http://").lower() not in self.hosts:
            return "another page asked for this: use the studio's own"
        return ""
