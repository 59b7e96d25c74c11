"""`sample_to` of a synthesizer: its keywords, checked before any work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

from assoc_synth.gate.asked import check_scopes
from assoc_synth.model.arguments import check_keywords, check_trained, check_verbs
from assoc_synth.model.attempts import Attempts
from assoc_synth.model.fitted import FittedModel
from assoc_synth.model.plain import chunk_of
from assoc_synth.randomness import check_seed
from assoc_synth.scale.engines import check_engine
from assoc_synth.scale.targets import check_target, is_folder, kind_at
from assoc_synth.scale.writing import Progress, Written, sample_to
from assoc_synth.scenarios.sizes import Size

if TYPE_CHECKING:
    from assoc_synth.model.crew import Crew


class WritingOptions(TypedDict, total=False):
    """The keywords of `AssociativeSynthesizer.sample_to`.

    Attributes:
        num_rows, verbs, strict, seed, allow_undertrained, gate: as in `sample`.
        engine: None for one process, "ray" for a cluster on this machine, "ray://HOST:PORT" for another; all write the
            same rows.
        safe: CSV and TSV only: text that a spreadsheet would run gets a leading '.
        progress: called before the first chunk, with the estimate, and after each.
    """

    num_rows: int | None
    verbs: Sequence[str] | str | None
    strict: bool
    seed: int | None
    allow_undertrained: bool
    gate: Sequence[str] | str | None
    engine: str | None
    safe: bool
    progress: Callable[[Progress], None] | None


@contextmanager
def crew_of(engine: str | None) -> Iterator[Crew | None]:
    """Who trains: None for this process, "ray" for a cluster on this machine, "ray://HOST:PORT" for another.

    Raises:
        InputError: there is no such engine.
        MissingExtraError: Ray is not installed.
    """
    check_engine(engine)
    if engine is None:
        yield None
        return
    from assoc_synth.scale.crew import ray_crew  # loads PyTorch

    with ray_crew(None if engine == "ray" else engine) as crew:
        yield crew


def is_streamed(
    model: FittedModel, path: str | os.PathLike[str], subjects: int | None, rows: int | None, engine: str | None
) -> bool:
    """Whether a sample is written chunk by chunk: a folder, by an engine, or of more than one chunk.

    Raises:
        InputError: a number is wrong.
    """
    size = Size.of(model, subjects, rows, most=None)
    return engine is not None or is_folder(path) or size.subjects > chunk_of(model)


def write_sample(
    model: FittedModel, path: str | os.PathLike[str], num_subjects: int | None, options: WritingOptions
) -> Written:
    """Write a plain sample of any size.

    Raises:
        InputError: an argument is wrong, or the disk too small.
        GateRejected: the gate refuses, and nothing is written.
        TypeError: an unknown keyword.
    """
    check_keywords(options, WritingOptions.__annotations__, "sample_to")
    size = Size.of(model, num_subjects, options.get("num_rows"), most=None)
    codes = model.verb_codes(check_verbs(options.get("verbs")))
    attempts = Attempts(
        model, check_seed(options.get("seed")), bool(options.get("strict")), check_scopes(options.get("gate"))
    )
    kind_at(path)
    check_target(path)
    if not options.get("allow_undertrained"):
        check_trained(model)
    return sample_to(
        path,
        attempts,
        size.subjects,
        verbs=codes,
        num_rows=size.num_rows,
        engine=options.get("engine"),
        safe=bool(options.get("safe")),
        progress=options.get("progress"),
    )
