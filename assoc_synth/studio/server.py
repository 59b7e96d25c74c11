"""The server of the studio: routes, forms with a limit, and the loop that listens on this machine alone."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from assoc_synth.errors import InputError
from assoc_synth.studio import TEMPLATES
from assoc_synth.studio.downloads import download
from assoc_synth.studio.forms import Form
from assoc_synth.studio.guard import SMALL_BODY, Guard, new_token
from assoc_synth.studio.pages import page, progress
from assoc_synth.studio.sentences import sentence_of
from assoc_synth.studio.session import Session
from assoc_synth.studio.steps import ACTIONS, PREVIEWS
from assoc_synth.studio.steps.data import MAX_UPLOAD, too_large, waits

HOST = "127.0.0.1"
MOST_FIELDS = 5_000
MOST_DRAINED = 2**30
"""Bytes of a request that is too large and is read to its end, so that it can be answered."""
PATIENCE, GLANCE = 10.0, 0.05
"""Seconds that an upload waits for its file to be read before the page is shown, and between two looks."""
_TYPES = {"studio.css": "text/css", "studio.js": "text/javascript"}


def application(session: Session, token: str, port: int) -> Starlette:
    """The studio of one session, behind its guard.

    Args:
        session: what the page shows and changes.
        token: the first part of every path.
        port: the one that is listened to.
    """
    routes = [
        Route("/{token}", _to_page),
        Route("/{token}/", _page),
        Route("/{token}/progress", _progress),
        Route("/{token}/explore", _explore),
        Route("/{token}/preview/{step}", _preview, methods=["POST"]),
        Route("/{token}/do/{step}/{action}", _act, methods=["POST"]),
        Route("/{token}/get/{name}", _download),
        Route("/{token}/static/{name}", _static),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, token=token, port=port)])
    app.state.session, app.state.token = session, token
    return app


def bound(port: int) -> socket.socket:
    """A socket of this machine alone; port 0 takes a free one.

    Raises:
        InputError: the port is taken or not allowed.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
    except OSError as error:
        found.close()
        raise InputError(f"port {port} cannot be used ({error.strerror}): choose another with --port") from None
    return found


def serve(port: int = 0, *, ready: Callable[[str], None]) -> None:
    """Serve one session until the process is told to end; then nothing of it is left.

    Args:
        port: 0 takes a free one.
        ready: called with the address once the page can be opened, in a thread of its own.

    Raises:
        InputError: the port cannot be used.
        KeyboardInterrupt: after the end, where Ctrl-C ended it.
    """
    with bound(port) as listening, Session.opened() as session:
        number, token = listening.getsockname()[1], new_token()
        server = uvicorn.Server(
            uvicorn.Config(
                application(session, token, number),
                log_level="error",
                access_log=False,  # it would hold the token
                lifespan="off",
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        _end_with_terminal(server)
        threading.Thread(target=_tell, args=(server, ready, f"http://{HOST}:{number}/{token}/"), daemon=True).start()
        server.run(sockets=[listening])


def _tell(server: uvicorn.Server, ready: Callable[[str], None], address: str) -> None:
    pause = threading.Event()
    while not server.started and not server.should_exit:
        pause.wait(0.05)
    if server.started:
        ready(address)


def _end_with_terminal(server: uvicorn.Server) -> None:
    """A terminal that is closed ends the studio as Ctrl-C does: its files must not stay."""
    if hasattr(signal, "SIGHUP") and threading.current_thread() is threading.main_thread():

        def closed(number: int, frame: Any) -> None:
            server.should_exit = True

        signal.signal(signal.SIGHUP, closed)


def _session(request: Request) -> Session:
    found: Session = request.app.state.session
    return found


async def _to_page(request: Request) -> Response:
    return RedirectResponse(f"/{request.app.state.token}/", 303)


async def _page(request: Request) -> Response:
    html = await run_in_threadpool(page, _session(request), request.app.state.token)
    return Response(html, media_type="text/html")


async def _explore(request: Request) -> Response:
    """Look at what an address names; it changes what is shown, and nothing else."""
    values = Form(request.query_params.multi_items())
    do = ACTIONS["associations", "explore"]
    await run_in_threadpool(_done, _session(request), "associations", lambda: do(_session(request), values))
    return RedirectResponse(f"/{request.app.state.token}/#associations", 303)


async def _progress(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(progress, _session(request)))


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _TYPES:
        return PlainTextResponse("there is no such file\n", 404)
    return FileResponse(TEMPLATES / name, media_type=_TYPES[name])


async def _download(request: Request) -> Response:
    found = await run_in_threadpool(download, _session(request), request.path_params["name"])
    if found is None:
        return PlainTextResponse("there is no such file (any more): go back to the page\n", 404)
    if found.shown:
        policy = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
        return FileResponse(found.path, media_type="text/html", headers=policy)
    return FileResponse(found.path, filename=found.name, media_type="application/octet-stream")


async def _preview(request: Request) -> Response:
    """What a step's form would do, in words, before it is sent."""
    step = request.path_params["step"]
    length = _length(request)
    if step not in PREVIEWS or length is None or length > SMALL_BODY:
        return PlainTextResponse("there is nothing to look at\n", 404)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        values = Form([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
    return JSONResponse(await run_in_threadpool(_said_before, _session(request), step, values))


def _said_before(session: Session, step: str, form: Form) -> dict[str, list[str]]:
    with session.lock:
        try:
            return {"said": PREVIEWS[step](session, form)}
        except Exception as error:
            return {"wrong": [sentence_of(error)]}


async def _act(request: Request) -> Response:
    """Do what a form says and show the page again; an error is shown at its step."""
    step, action = request.path_params["step"], request.path_params["action"]
    back = RedirectResponse(f"/{request.app.state.token}/#{step}", 303)
    session, do = _session(request), ACTIONS.get((step, action))
    if do is None:
        return PlainTextResponse("there is no such step\n", 404)
    length, is_upload = _length(request), (step, action) == ("data", "upload")
    if length is None:
        return PlainTextResponse("the length of the request must be said\n", 411)
    if length > (MAX_UPLOAD if is_upload else SMALL_BODY):
        await run_in_threadpool(_told, session, step, too_large(length))
        if length > MOST_DRAINED:
            return PlainTextResponse(f"{too_large(length)}\n", 413, {"connection": "close"})
        # What is read to the end is answered: a browser shows no answer to what it could not send.
        async for _ in request.stream():
            pass
        return back
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        file = form.get("file")
        upload = (file.filename or "", file.file) if isinstance(file, UploadFile) else None
        await run_in_threadpool(_done, session, step, lambda: do(session, Form(texts, upload)))
    until = time.monotonic() + PATIENCE
    while step == "data" and time.monotonic() < until and await run_in_threadpool(waits, session):
        await asyncio.sleep(GLANCE)
    return back


def _length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isdigit() else None


def _told(session: Session, step: str, sentence: str) -> None:
    with session.lock:
        session.changes += 1
        session.errors[step] = sentence


def _done(session: Session, step: str, do: Callable[[], None]) -> None:
    with session.lock:
        session.changes += 1
        session.errors.pop(step, None)
        try:
            do()
        except Exception as error:
            session.errors[step] = sentence_of(error)
