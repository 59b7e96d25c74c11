"""The command `studio`: the page for people who do not program."""

from __future__ import annotations

import importlib.util
import webbrowser
from typing import Annotated

import typer

from assoc_synth.errors import MissingExtraError


def studio(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Default: a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Show the address and open nothing.")] = False,
) -> None:
    """A page for the whole job.

    Data, associations, training, verdict, rows: in a browser of this machine alone. Ctrl-C ends it, and nothing stays.
    """
    if any(importlib.util.find_spec(name) is None for name in ("starlette", "uvicorn", "python_multipart")):
        raise MissingExtraError("the studio is served with starlette and uvicorn, which", "studio")
    from assoc_synth.cli.terminal import show
    from assoc_synth.studio.server import serve

    def ready(address: str) -> None:
        show(f"the studio is at {address}\nCtrl-C ends it; what was not saved is removed then")
        if not no_browser:
            webbrowser.open(address)

    try:
        serve(port, ready=ready)
    except KeyboardInterrupt:
        show("the studio is closed, and nothing of it was kept")
