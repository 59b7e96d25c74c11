"""Judge the tables of one data set, each once: a line per table, added to those of earlier calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from assoc_synth.benchmark.peers.registry import Peer
from assoc_synth.benchmark.verdicts.destroyed import partly_destroyed
from assoc_synth.benchmark.verdicts.judged import DESTROYED, HELD_OUT, OWN, Judged, read
from assoc_synth.benchmark.verdicts.page import page_of
from assoc_synth.benchmark.work import Work
from assoc_synth.errors import AssocSynthError, GateRejected
from assoc_synth.gate.scopes import NAMES
from assoc_synth.gate.verdict import Verdict
from assoc_synth.link_graph.rows import Rows
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.files import replacing
from assoc_synth.transactions.schema import MANDATORY, ROLES, FileRoles, Schema
from assoc_synth.transactions.table import TransactionTable

SHARES = (0.1, 0.3, 1.0)
REFUSED = "its own gate refused three attempts; these are the last one's rows"
Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Task:
    """A table that is to be judged.

    Attributes:
        table, source: as in `Judged`.
        judge: gives the verdict, and notes.
        scope: which one is destroyed; "" for none. It is left out where real rows have nothing of it.
    """

    table: str
    source: str
    judge: Callable[[], tuple[Verdict, tuple[str, ...]]]
    scope: str = ""


def judge_tables(
    work: Work,
    page: Path,
    *,
    own: Path | None = None,
    peers: Sequence[Peer] = (),
    max_minutes: float | None = None,
    progress: Progress | None = None,
) -> list[Judged]:
    """Judge every table that has no line yet, and write the page of all lines.

    Args:
        work: the two halves. The gate learns from the training half and from half of the held-out subjects; the other
            held-out ones are what is judged as a real table, and destroyed.
        page: the Markdown file; the lines are kept beside it, with the suffix .jsonl. Delete it to judge all anew.
        own: this package's table: the directory of a model fitted to the training half, or a file of rows.
        peers: competitors that are trained on the training half.
        max_minutes: that each of them has for its fit, and again for its sampling.
        progress: called with the name of each table before it is judged.

    Returns:
        The lines of this data set, seed and size, those of earlier calls among them.

    Raises:
        InputError, ModelFileError: the own table cannot be read. A competitor that fails gets no line, and progress is
            told why.
    """
    log, announce = page.with_suffix(".jsonl"), progress or (lambda _: None)
    known = {judged.key: judged for judged in read(log)}
    for task in _tasks(work, own, peers, max_minutes):
        key = (work.name, work.train.num_subjects, work.seed, task.table, task.source)
        real = known.get((*key[:3], HELD_OUT, ""))
        if key in known or (real is not None and task.scope in real.not_judged):
            continue
        announce(task.table)
        try:
            known[key] = Judged.of(key, *task.judge())
        except AssocSynthError as error:
            if task.table == OWN:
                raise
            announce(f"{task.table}: {error}")
            continue
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(known[key].to_dict()) + "\n")
    with replacing(page) as temporary:
        temporary.write_text(page_of(read(log)), encoding="utf-8")  # with what other calls have added
    wanted = (work.name, work.train.num_subjects, work.seed)
    return [judged for key, judged in known.items() if key[:3] == wanted]


def _tasks(work: Work, own: Path | None, peers: Sequence[Peer], max_minutes: float | None) -> Iterator[Task]:
    if own is not None:
        yield Task(OWN, f"{own.name} {_digest(own)}", partial(_own, work, own))
    yield Task(HELD_OUT, "", partial(_destroyed, work, NAMES[0], 0.0))
    for scope in NAMES:
        for share in SHARES:
            yield Task(destroyed_name(scope, share), "", partial(_destroyed, work, scope, share), scope)
    for peer in peers:
        minutes = "no limit" if max_minutes is None else f"{max_minutes:g} min"
        yield Task(peer.name, minutes, partial(_peer, work, peer, max_minutes))


def destroyed_name(scope: str, share: float) -> str:
    """Such as "links: 10 % destroyed"."""
    return f"{scope}: {100 * share:.0f} {DESTROYED}"


def _real(work: Work) -> Rows:
    """As many held-out subjects that the gate has not seen as it looks at, or all of them."""
    rows = work.gates.rows_of(work.unseen_rows)
    size = min(rows.num_subjects, work.gates.held.num_subjects)
    return rows.take(np.sort(np.random.default_rng(work.seed).permutation(rows.num_subjects)[:size]))


def _destroyed(work: Work, scope: str, share: float) -> tuple[Verdict, tuple[str, ...]]:
    rng = np.random.default_rng([work.seed, NAMES.index(scope), round(100 * share)])
    return work.gates.judge_rows(partly_destroyed(_real(work), scope, share, rng)), ()


def _own(work: Work, path: Path) -> tuple[Verdict, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if path.is_dir():
        model = AssociativeSynthesizer.load(path, device="cpu")
        try:
            result = model.sample(num_subjects=work.gates.held.num_subjects, seed=work.seed, allow_undertrained=True)
            table = result.table
        except GateRejected as refusal:
            table, notes = refusal.table, (REFUSED,)
    else:
        table = TransactionTable.read(path, **_roles(work.train.schema))
    return _of_table(work, table), notes


def _peer(work: Work, peer: Peer, max_minutes: float | None) -> tuple[Verdict, tuple[str, ...]]:
    done = peer.run(work.train, seed=work.seed, max_minutes=max_minutes)
    verdict = work.gates.judge(done.edges) if done.table is None else _of_table(work, done.table)
    return verdict, (done.library, f"fitted in {done.cost.fit_seconds / 60:.1f} min", *done.notes)


def _of_table(work: Work, table: TransactionTable) -> Verdict:
    return work.gates.judge_rows(work.gates.rows_of(table))


def _roles(schema: Schema) -> FileRoles:
    """The columns that play a role in the training table, as keywords for a file of the same columns."""
    named: dict[str, str] = dict.fromkeys(ROLES[len(MANDATORY) :], "") | schema.columns()
    if schema.verb_name is not None:
        named["verb_name"] = schema.verb_name
    if schema.cluster is not None:
        named["cluster"] = schema.cluster
    return cast(FileRoles, named)


def _digest(path: Path) -> str:
    """The first digits of what a table is: of a file's content, of a model directory's manifest."""
    with (path / "manifest.json" if path.is_dir() else path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
