"""The page: one document of five steps, from what the steps show."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from assoc_synth.studio import TEMPLATES
from assoc_synth.studio.sentences import page_words
from assoc_synth.studio.session import Session
from assoc_synth.studio.steps import VIEWS, settle
from assoc_synth.studio.steps.train import stages_of

if TYPE_CHECKING:
    from jinja2 import Template


def page(session: Session, token: str) -> str:
    """The page as it is now."""
    with session.lock:
        settle(session)
        shown: dict[str, Any] = {}
        for view in VIEWS:
            shown |= view(session)
        return _template().render(
            token=token, errors=session.errors, found=session.verdict, version=session.version, **shown
        )


def progress(session: Session) -> dict[str, Any]:
    """How far the work is: the version changes when the page has something new."""
    with session.lock:
        settle(session)
        running = [job for job in session.jobs if job.state == "running"]
        for job in running:
            job.look()
        stages = [vars(stage) for job in running for stage in stages_of(job)]
        return {"version": session.version, "running": [job.doing for job in running], "stages": stages}


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=loader)
    environment.filters["words"] = page_words
    return environment.get_template("page.html")
