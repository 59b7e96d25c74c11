"""The lines that do the same."""

from __future__ import annotations

import ast

from assoc_synth.studio.lines import fit_python, fit_shell, sample_python, sample_shell
from assoc_synth.studio.sources import Source

SOURCE = Source("/x/my sales.csv", {"subject": "who", "time": "", "cluster": None}, is_file=True)
ASKED = {"seed": 3, "max_minutes": 0.5, "min_subjects": 9}
SPEC = {"size": {}, "seed": 1, "options": {}, "format": "graphml", "file": "rows.graphml"}


def test_a_fit_in_a_shell_and_in_python() -> None:
    line = fit_shell(SOURCE, {"zip": "category"}, ASKED)
    assert line.startswith("assoc-synth fit 'my sales.csv' -m model --subject who --time '' --column zip=category")
    assert line.endswith("--max-minutes 0.5 --min-subjects 9 --seed 3")
    text = fit_python(SOURCE, {"zip": "category"}, ASKED)
    ast.parse(text)
    assert "min_subjects=9" in text


def test_a_sample_in_another_format_is_two_commands() -> None:
    spec = SPEC | {"scenario": {"rebalance": {"bought": 1.0}}}
    first, second = sample_shell("model", spec).splitlines()
    assert first == "assoc-synth sample model -o rows.parquet --rebalance bought=1 --seed 1"
    assert second == "assoc-synth export rows.parquet -f graphml -o rows.graphml"
    ast.parse(sample_python("model", spec))
    named = sample_shell("model", spec | {"roles": {"subject": "who", "verb_name": "did it", "time": ""}}).splitlines()
    assert named[1] == f"{second} --subject who --verb-name 'did it' --time ''"
    assert sample_shell("model", SPEC | {"scenario": {"conditions": [{"num_rows": 1}]}}) == ""
