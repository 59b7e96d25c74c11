"""What may be taken away by its name on the page: rows, the report, the model, and what was drawn."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from assoc_synth.model.named import located
from assoc_synth.studio.session import Session
from assoc_synth.studio.tasks import REPORT, ROWS

MODEL_FILE = "model.zip"


@dataclass(frozen=True)
class Download:
    """A file for the browser: `shown` ones open in it, others are saved under `name`."""

    path: Path
    name: str
    shown: bool = False


def download(session: Session, name: str) -> Download | None:
    """The file of a name; None where there is none.

    Args:
        name: `report`, `rows.csv`, `rows.parquet`, `rows.jsonl`, `model.zip`, or `draw-N` of the N-th draw.
    """
    with session.lock:
        if name.startswith("draw-"):
            return _drawn(session, name.removeprefix("draw-"))
        job, found = session.training, session.verdict
        if job is None or found is None:
            return None
        if name == "report" and (job.folder / REPORT).is_file():
            return Download(job.folder / REPORT, REPORT, shown=True)
        if name in ROWS.values() and (job.folder / name).is_file():
            return Download(job.folder / name, name)
        return _model(session, str(found["model"])) if name == MODEL_FILE else None


def _drawn(session: Session, number: str) -> Download | None:
    known = {str(draw.job.folder.name): draw.job for draw in session.draws}
    job = known.get(number)
    if job is None or job.state != "done" or "file" not in job.result:
        return None
    path = Path(job.result["file"])
    return Download(path, path.name)


def _model(session: Session, model: str) -> Download:
    """The model's directory as one file, made when it is first asked for."""
    assert session.training is not None
    packed = session.training.folder / "packed" / MODEL_FILE
    if not packed.is_file():
        packed.parent.mkdir(exist_ok=True)
        source = located(model)
        shutil.make_archive(str(packed.with_suffix("")), "zip", source.parent, source.name)
    return Download(packed, MODEL_FILE)
