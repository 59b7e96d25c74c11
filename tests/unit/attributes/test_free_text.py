"""Free text by shared words: no real cell comes back."""

import json

import numpy as np
import pandas as pd

from assoc_synth.attributes.free_text import SHARED_BY, TextCode

SUBJECTS = 40
CELLS = pd.Series([f"please call {'before noon' if i % 2 else 'after noon'} mister{i}" for i in range(SUBJECTS)])


def learned() -> TextCode:
    code = TextCode.learn(CELLS, np.arange(SUBJECTS))
    assert code is not None
    return code


def test_only_words_of_many_subjects_are_used() -> None:
    code = learned()
    assert set(code.words) == {"please", "call", "before", "after", "noon"}
    assert dict(zip(code.words, code.weights, strict=True))["before"] == SUBJECTS // 2
    assert (code.lengths, code.length_weights) == ((5,), (SUBJECTS,))


def test_no_text_is_a_real_cell() -> None:
    made = learned().make(500, np.random.default_rng(0))
    assert not set(made) & set(CELLS)
    assert {len(text.split()) for text in made} == {5}
    assert {word for text in made for word in text.split()} <= {"please", "call", "before", "after", "noon"}


def test_words_of_few_subjects_are_no_text() -> None:
    assert TextCode.learn(CELLS[: SHARED_BY - 1], np.arange(SHARED_BY - 1)) is None
    assert TextCode.learn(CELLS, np.zeros(SUBJECTS, int)) is None  # one subject uses a word often


def test_a_word_that_ends_a_cell_ends_no_text() -> None:
    cells = pd.Series(["ring the bell", "ring the door"] * 10)
    code = TextCode.learn(cells, np.arange(20))
    assert code is not None
    ends = {text.split()[-1] for text in code.make(200, np.random.default_rng(0))}
    assert ends <= {"ring", "the"}


def test_the_code_survives_json() -> None:
    assert vars(TextCode.from_dict(json.loads(json.dumps(learned().to_dict())))) == vars(learned())
