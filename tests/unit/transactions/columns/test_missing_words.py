"""Words for missing are recognised, and all of them are told."""

from collections import Counter

from assoc_synth.transactions.columns.missing_words import MOST_WORDS, missing_word, usual_word, words_said


def test_words_are_known_in_any_case_and_numbers_are_none() -> None:
    assert all(map(missing_word, ["NA", " n/a ", "NULL", "", "-", "#NV", "Unknown"]))
    assert not any(map(missing_word, ["0", "5-", "nab", "tea"]))


def test_the_usual_word_has_most_of_the_missing_cells() -> None:
    assert usual_word(Counter({"NA": 5, "-": 2}), empty=1) == "NA"
    assert usual_word(Counter({"NA": 5, "-": 2}), empty=9) is None
    assert usual_word(Counter(), empty=3) is None


def test_no_word_is_left_out_without_a_number() -> None:
    few = words_said("price", "a number", {"NA": 3, "-": 1, "?": 1, "nil": 1, "NULL": 1, "none": 1})
    assert few[0] == "column 'price': 'NA', '-', '?', 'nil', 'NULL', 'none' mean that a number is missing"
    many = words_said("price", "a number", {f"NA{number}": 1 for number in range(MOST_WORDS + 3)})
    assert many[0].endswith("'NA11' and 3 more mean that a number is missing")


def test_what_missing_values_become_is_told() -> None:
    assert words_said("x", "a time", {"NA": 1}) == ["column 'x': 'NA' means that a time is missing"]
    assert words_said("x", "a time", {"NA": 2}, empty=True, missing="NA")[1] == (
        "column 'x': missing values are given back as 'NA'"
    )
    assert words_said("x", "a time", {}, empty=True) == []
