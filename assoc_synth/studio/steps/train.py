"""Step 3, Train: one button, a time, what is being learned, and a pause."""

from __future__ import annotations

from dataclasses import dataclass

from assoc_synth.errors import InputError
from assoc_synth.model.named import named_models
from assoc_synth.studio.curves import curve
from assoc_synth.studio.forms import Form
from assoc_synth.studio.jobs import Job, StageSeen
from assoc_synth.studio.lines import fit_python, fit_shell
from assoc_synth.studio.session import Session

WORDS = {
    "edges": ("Who does what", "which subjects have which objects under which verb, and what goes together"),
    "occurrences": ("When and how often", "times, visits, how often each link is repeated, and for how much"),
    "assignment": ("What lies in one visit", "which links of a subject lie in the same visit"),
    "order": ("What comes after what", "the order of the rows inside a visit"),
    "visit columns": ("Columns of visits", "the values that all rows of a visit share"),
}
"""By stage of the training: what is being learned, in short and in full."""
MINUTES = 2.0


@dataclass(frozen=True)
class StageShown:
    """A stage on the page.

    Attributes:
        name: the stage; words, about: what is being learned.
        done: at least so much of it, 0 to 1; epoch, epochs: where it is, and how many there are at most.
        losses: in words; path: the curve of the first of them, see `curves.curve`.
        is_over: whether a later stage has begun.
    """

    name: str
    words: str
    about: str
    done: float
    epoch: int
    epochs: int
    losses: str
    path: str
    is_over: bool


def stages_of(job: Job) -> list[StageShown]:
    """What is shown of a training's stages, in the order in which they began."""
    last = len(job.stages) - 1
    return [_shown(name, stage, at < last) for at, (name, stage) in enumerate(job.stages.items())]


def _shown(name: str, stage: StageSeen, is_over: bool) -> StageShown:
    words, about = WORDS.get(name, (name.capitalize(), ""))
    losses = ", ".join(f"{key} {loss:.3f}" for key, loss in stage.losses.items())
    done = 1.0 if is_over else stage.done
    return StageShown(name, words, about, done, stage.epoch, stage.epochs, losses, curve(stage.curve), is_over)


def train(session: Session, form: Form) -> None:
    """Train a model in a child process, and judge its first sample."""
    data = session.table
    if session.is_training:
        raise InputError("a training runs: cancel it first")
    minutes = form.number("max_minutes", "the time", low=0.01, high=10_000)
    least = form.whole("min_subjects", "the least subjects", high=1_000_000) or 5
    seed = form.whole("seed", "the seed", low=0, high=2**32 - 1)
    session.forget_model()
    session.seed = session.seed if seed is None else seed
    session.asked = {"seed": session.seed, "max_minutes": minutes, "min_subjects": least}
    command = fit_shell(data.source, data.kinds, session.asked)
    session.train({"table": data.source.to_dict(), "kinds": data.kinds, "command": command, **session.asked})


def stored(session: Session, form: Form) -> None:
    """Use the stored model of a built-in table: nothing is trained."""
    data = session.table
    if session.is_training:
        raise InputError("a training runs: cancel it first")
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


def pause(session: Session, form: Form) -> None:
    """End the training once what it has learned is written: it can go on from there."""
    if not session.is_training or session.training is None or session.training.kind != "train":
        raise InputError("no training runs that could be paused")
    session.training.pause()


def resume(session: Session, form: Form) -> None:
    """Go on with a paused training, with the time that it has in all."""
    job = session.training
    if job is None or job.state != "paused":
        raise InputError("no training is paused")
    minutes = form.number("max_minutes", "the time", low=0.01, high=10_000)
    session.asked["max_minutes"] = minutes
    command = fit_shell(session.table.source, session.table.kinds, session.asked)
    spec = {name: value for name, value in job.spec.items() if name not in ("checkpoint", "resume")}
    spec |= {"max_minutes": minutes, "command": command, "resume": _is_kept(session)}
    session.train(spec, job.stages if spec["resume"] else None, job.seconds)


def anyway(session: Session, form: Form) -> None:
    """Judge a model whose time was too short."""
    model, data = session.model, session.table
    session.training = session.start(
        "judge", table=data.source.to_dict(), model=model, seed=session.seed, allow_undertrained=True, command=""
    )


def _is_kept(session: Session) -> bool:
    from assoc_synth.model.resuming import FINISHED

    return (session.checkpoint / FINISHED).is_file()


def view(session: Session) -> dict[str, object]:
    """What the page shows: whether one trains, how far each stage is, and the lines that do the same."""
    job, data = session.training, session.data
    if job is not None:
        job.look()
    ready = data is not None and data.graph is not None
    asked = session.asked or {"seed": session.seed, "max_minutes": MINUTES, "min_subjects": 5}
    return {
        "job": job,
        "job_state": job.state if job else "",
        "kept": _is_kept(session),
        "stages": stages_of(job) if job else [],
        "has_stored": ready and data is not None and not data.source.is_file and data.source.place in named_models(),
        "asked": asked,
        "fit_shell": fit_shell(data.source, data.kinds, asked) if ready and data else "",
        "fit_python": fit_python(data.source, data.kinds, asked) if ready and data else "",
    }


ACTIONS = {"train": train, "stored": stored, "cancel": cancel, "pause": pause, "resume": resume, "anyway": anyway}
