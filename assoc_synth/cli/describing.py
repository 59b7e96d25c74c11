"""`info`: what a model or a table holds, and what a fit with given thresholds will do with each column."""

from __future__ import annotations

import typer

from assoc_synth.cli.flattening import flattened
from assoc_synth.cli.options import AnySource, FreeText, MinSubjects, RoleOptions
from assoc_synth.cli.steps import read


@flattened
def info(
    context: typer.Context,
    source: AnySource,
    columns: RoleOptions,
    min_subjects: MinSubjects = 5,
    text: FreeText = None,
) -> None:
    """What a model or a table holds.

    Of a table also what `fit` will do with each column, with the same thresholds.
    """
    from assoc_synth.attributes import Thresholds, plan_columns
    from assoc_synth.cli.sources import model_of
    from assoc_synth.cli.terminal import out, show_plan, show_table
    from assoc_synth.link_graph.graph import LinkGraph
    from assoc_synth.model.directory import read_files

    if (model := model_of(source)) is not None:
        out.print(read_files(model)["README.md"].decode("utf-8", "replace"), markup=False, end="")
        return
    limits = Thresholds.of(min_subjects, None, text)
    table = read(source, context, **columns.roles())
    planned = plan_columns(table, columns.kinds(), thresholds=limits)
    show_table(LinkGraph.from_table(table))
    show_plan(planned)
