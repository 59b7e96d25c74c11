"""Step 3, Train: one button, a time, and what is being learned."""

from __future__ import annotations

from assoc_synth.errors import InputError
from assoc_synth.model.named import named_models
from assoc_synth.studio.forms import Form
from assoc_synth.studio.lines import fit_python, fit_shell
from assoc_synth.studio.session import Session

WORDS = {
    "edges": "who does what, and what goes together",
    "occurrences": "when, how often and for how much",
    "assignment": "what lies in one visit",
    "order": "what comes after what",
    "visit columns": "the columns of visits",
}


def train(session: Session, form: Form) -> None:
    """Train a model in a child process, and judge its first sample."""
    data = session.table
    if session.training is not None and session.training.state == "running":
        raise InputError("a training runs: cancel it first")
    minutes = form.number("max_minutes", "the time", low=0.01, high=10_000)
    least = form.whole("min_subjects", "the least subjects", high=1_000_000) or 5
    asked = {"seed": session.seed, "max_minutes": minutes, "min_subjects": least}
    session.forget_model()
    session.asked = asked
    command = fit_shell(data.source, data.kinds, asked)
    session.training = session.start("train", table=data.source.to_dict(), kinds=data.kinds, command=command, **asked)


def stored(session: Session, form: Form) -> None:
    """Use the stored model of a built-in table: nothing is trained."""
    data = session.table
    if data.source.is_file or data.source.place not in named_models():
        raise InputError("there is no stored model of this table: train one")
    session.forget_model()
    name = data.source.place
    command = f"assoc-synth sample {name} -o rows.csv"
    session.training = session.start(
        "judge", table=data.source.to_dict(), model=name, seed=session.seed, command=command
    )


def cancel(session: Session, form: Form) -> None:
    """End the training; nothing of it is kept."""
    if session.training is not None:
        session.training.stop()


def anyway(session: Session, form: Form) -> None:
    """Judge a model whose time was too short."""
    model, data = session.model, session.table
    session.training = session.start(
        "judge", table=data.source.to_dict(), model=model, seed=session.seed, allow_undertrained=True, command=""
    )


def view(session: Session) -> dict[str, object]:
    """What the page shows: whether one trains, how far each stage is, and the lines that do the same."""
    job, data = session.training, session.data
    if job is not None:
        job.look()
    ready = data is not None and data.graph is not None
    asked = session.asked or {"seed": session.seed, "max_minutes": 2.0, "min_subjects": 5}
    return {
        "job": job,
        "job_state": job.state if job else "",
        "stages": [(WORDS.get(name, name), stage) for name, stage in job.stages.items()] if job else [],
        "has_stored": ready and data is not None and not data.source.is_file and data.source.place in named_models(),
        "fit_shell": fit_shell(data.source, data.kinds, asked) if ready and data else "",
        "fit_python": fit_python(data.source, data.kinds, asked) if ready and data else "",
    }


ACTIONS = {"train": train, "stored": stored, "cancel": cancel, "anyway": anyway}
