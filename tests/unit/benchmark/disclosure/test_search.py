"""The search finds what a fit without thresholds stores, and nothing after one with them."""

from pathlib import Path

from assoc_synth import TransactionTable
from assoc_synth.benchmark.disclosure.derived import derived_of, numbers_of, thin_cells
from assoc_synth.benchmark.disclosure.model_files import Held, held_in
from assoc_synth.benchmark.disclosure.real_values import rare_values
from assoc_synth.benchmark.disclosure.search import Found, search


def _found(table: TransactionTable, held: Held) -> list[Found]:
    return search(held, rare_values(table, 5), [*derived_of(table), *numbers_of(table)], 5)


def test_values_of_one_subject_are_found_in_a_model_without_thresholds(
    table: TransactionTable, models: dict[int, Path]
) -> None:
    held = held_in(models[1])
    found = {(one.column, one.value) for one in _found(table, held)}
    assert ("job", "lighthouse keeper") in found
    assert ("weight", "4711.123") in found or ("weight", f"{4711.123:g}") in found
    assert ("links of a visit", "60") in found
    assert {"when", "job", "weight"} <= {column for column, _ in found}
    assert list(thin_cells(held.numbers, 5))


def test_nothing_is_found_in_a_model_with_thresholds(table: TransactionTable, models: dict[int, Path]) -> None:
    held = held_in(models[5])
    assert _found(table, held) == []
    assert list(thin_cells(held.numbers, 5)) == []


def test_texts_are_found_inside_of_others_and_words_on_their_own(table: TransactionTable) -> None:
    rare = [one for one in rare_values(table, 5) if one.column == "job"]
    found = search(Held({"notes": ["the keepers are gone", "our lighthouse keeper"]}, {}), rare, [], 5)
    assert {one.value for one in found} == {"lighthouse keeper", "lighthouse", "keeper"}
    assert search(Held({"notes": ["the keepers are gone"]}, {}), rare, [], 5) == []
