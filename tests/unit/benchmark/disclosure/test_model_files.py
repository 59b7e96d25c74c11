"""Every text and number of a model's files is read."""

from pathlib import Path

import numpy as np

from assoc_synth.benchmark.disclosure.model_files import held_in


def test_texts_and_numbers_are_found_where_they_are(models: dict[int, Path]) -> None:
    held = held_in(models[1])
    assert "product A" in held.texts["vocabulary.parquet"]
    assert "lighthouse keeper" in [text for where, own in held.texts.items() if "config.json" in where for text in own]
    assert any("# " in text for text in held.texts["README.md"])
    assert 120 in held.numbers["config.json/num_subjects"]
    assert any(where.startswith("reference.parquet/degrees.total") for where in held.numbers)
    weights = [own for where, own in held.numbers.items() if where.startswith("weights.safetensors/")]
    assert all(np.isfinite(own).all() for own in weights)
    assert any("weight" in where.split("/") and where.endswith("/high") for where in held.numbers)
