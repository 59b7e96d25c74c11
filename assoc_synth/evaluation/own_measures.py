"""Measures of the user's own: a function of two tables that is registered, and measured like every other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

import numpy as np

from assoc_synth.errors import InputError
from assoc_synth.evaluation.comparison import halved
from assoc_synth.evaluation.directions import DIRECTIONS, Aim
from assoc_synth.evaluation.figures import Figure, Subjects, jackknife, known
from assoc_synth.link_graph.independent_table import independent_table
from assoc_synth.transactions.arrays import Ints
from assoc_synth.transactions.table import TransactionTable

Function = Callable[[TransactionTable, TransactionTable], float]
"""From a real table and another one to a number; NaN where there is nothing to compute it from."""
AIMS = ("low", "high", "half")
MAX_SUBJECTS = 10_000


@dataclass(frozen=True)
class OwnMeasure:
    """A registered measure.

    Attributes:
        name: in the column `measure`.
        function: what computes it.
        aim: which way is better.
    """

    name: str
    function: Function
    aim: Aim

    def of(self, real: TransactionTable, other: TransactionTable) -> float:
        """The number.

        Raises:
            InputError: the function fails, or gives no number; the message has the measure's name.
        """
        try:
            return float(self.function(real, other))
        except Exception as error:
            reason = " ".join(str(error).split())[:120]
            raise InputError(f"the measure {self.name!r} failed: {type(error).__name__}: {reason}") from error


_REGISTERED: dict[str, OwnMeasure] = {}


@overload
def register_measure(name: str, function: Function, *, aim: Aim) -> Function: ...
@overload
def register_measure(name: str, *, aim: Aim) -> Callable[[Function], Function]: ...
def register_measure(
    name: str, function: Function | None = None, *, aim: Aim
) -> Function | Callable[[Function], Function]:
    """Have a measure of your own in every `compare` from now on, and in the benchmark.

    It is measured like the others: with a 95 % interval by the delete-a-group jackknife, with other real subjects in
    the table's place (floor), and with a table without associations (independent).

    Args:
        name: of the measure; the same name again replaces it.
        function: of a real and another `TransactionTable`, of the same number of subjects where there are enough; it
            gives a number, NaN where there is nothing to compute it from. Without it, a decorator is returned.
        aim: "low" or "high" is better, or "half": 0.5 is the aim.

    Raises:
        InputError: the name is taken by a built-in measure, or an argument is none of its kind.

    Example:
        >>> @register_measure("rows_per_subject", aim="low")
        ... def rows_per_subject(real, synthetic):
        ...     return abs(len(synthetic) / synthetic.num_subjects - len(real) / real.num_subjects)
        >>> registered_measures()
        ('rows_per_subject',)
        >>> unregister_measure("rows_per_subject")
    """
    if function is None:
        return lambda given: register_measure(name, given, aim=aim)
    if not isinstance(name, str) or not name.strip() or ":" in name:
        raise InputError(f"a measure's name is text without a colon, such as 'basket_value', not {str(name)[:40]!r}")
    if name in DIRECTIONS:
        raise InputError(f"there is a measure {name[:40]!r} already: choose another name")
    if aim not in AIMS:
        raise InputError(f"aim must be 'low', 'high' or 'half', not {str(aim)[:40]!r}")
    if not callable(function):
        raise InputError(f"the measure {name[:40]!r} must be a function of two tables, not {str(function)[:40]!r}")
    _REGISTERED[name] = OwnMeasure(name, function, aim)
    return function


def unregister_measure(name: str) -> None:
    """Forget a registered measure.

    Raises:
        InputError: there is none of that name.
    """
    if name not in _REGISTERED:
        raise InputError(f"no measure {str(name)[:40]!r} is registered: there are {', '.join(_REGISTERED) or 'none'}")
    del _REGISTERED[name]


def registered_measures() -> tuple[str, ...]:
    """The registered measures by name, in their order."""
    return tuple(_REGISTERED)


def aim_of(measure: str) -> Aim:
    """Which way a measure is better, a registered one or one of `directions`; "none" for one that is forgotten.

    Example:
        >>> aim_of("pair_l1"), aim_of("never_heard_of")
        ('low', 'none')
    """
    if measure in _REGISTERED:
        return _REGISTERED[measure].aim
    return DIRECTIONS.get(measure.partition(":")[0], "none")


def own_distances(real: TransactionTable, other: TransactionTable) -> dict[str, float]:
    """Every registered measure by name, of whole tables; NaN where there is nothing to compute it from."""
    return {name: measure.of(real, other) for name, measure in _REGISTERED.items()}


def own_figures(
    real: TransactionTable, synthetic: TransactionTable, heldout: TransactionTable | None, rng: np.random.Generator
) -> tuple[Figure, ...]:
    """Every registered measure with interval, floor and independent table; empty where none is registered.

    Args:
        real: the reference.
        synthetic: the table under test.
        heldout: other real subjects, which are the floor; None halves the real table.
        rng: of halves, cuts, the independent table and the groups of the jackknife.
    """
    if not _REGISTERED:
        return ()
    floor = heldout
    if heldout is None and real.num_subjects > 1:
        own, rest = halved(real.num_subjects, real.clusters, rng)
        real, floor = real.take_subjects(own), real.take_subjects(rest)
    sizes = [synthetic.num_subjects, MAX_SUBJECTS] + ([] if floor is None else [floor.num_subjects])
    real, synthetic = _cut(real, MAX_SUBJECTS, rng), _cut(synthetic, min(sizes), rng)
    beside = {} if floor is None else own_distances(real, _cut(floor, min(sizes), rng))
    independent = own_distances(real, _cut(independent_table(real, rng), min(sizes), rng))

    def measured(first: Subjects, second: Subjects) -> dict[str, float]:
        return own_distances(real.take_subjects(first), synthetic.take_subjects(second))

    values = own_distances(real, synthetic)
    size = real.num_subjects, synthetic.num_subjects
    errors = jackknife(measured, *size, rng, clusters=(real.clusters, None))
    return tuple(
        _figure(_REGISTERED[name], value, errors.get(name), beside.get(name), independent[name])
        for name, value in values.items()
    )


def _figure(
    measure: OwnMeasure, value: float, error: tuple[float, float] | None, floor: float | None, independent: float
) -> Figure:
    number = known(value)
    half = None if error is None else known(error[1])
    low, high = (None, None) if number is None or half is None else (number - half, number + half)
    why = "" if number is not None else "the function gives no number"
    return Figure(measure.name, number, low, high, known(floor), known(independent), why, own_aim=measure.aim)


def _cut(table: TransactionTable, size: int, rng: np.random.Generator) -> TransactionTable:
    if table.num_subjects <= size:
        return table
    drawn: Ints = np.sort(rng.permutation(table.num_subjects)[:size])
    return table.take_subjects(drawn)
