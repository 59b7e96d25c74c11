"""The exception tree: each error can be caught by its base and by the built-in that a caller expects."""

from __future__ import annotations

import inspect
import re

import pytest

from assoc_synth import errors


def classes() -> dict[str, type[BaseException]]:
    found = inspect.getmembers(errors, inspect.isclass)
    """Those that are raised; a warning is none of them."""
    return {name: cls for name, cls in found if issubclass(cls, BaseException) and not issubclass(cls, Warning)}


def test_all_have_one_base() -> None:
    assert len(classes()) == 8
    assert all(issubclass(cls, errors.AssocSynthError) for cls in classes().values())


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"^ +(│ +)?(?:[├└]── )?([A-Z]\w+)", inspect.getdoc(errors) or "", re.MULTILINE)
    assert {name for _, name in drawn} == set(classes())
    assert [name for deeper, name in drawn if deeper] == ["SchemaError"]
    assert issubclass(errors.SchemaError, errors.InputError)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.InputError("no such column"), ValueError),
        (errors.SchemaError("two columns"), ValueError),
        (errors.MissingExtraError("journey", "journey"), ImportError),
    ],
)
def test_what_python_would_raise_catches_it(error: Exception, builtin: type[Exception]) -> None:
    assert isinstance(error, builtin)


def test_a_refusal_carries_its_verdict() -> None:
    verdict = object()
    refusal = errors.GateRejected("the gate refused", verdict)
    assert refusal.verdict is verdict
    assert str(refusal) == "the gate refused"


def test_a_missing_extra_names_the_command() -> None:
    error = errors.MissingExtraError("the data set journey", "journey")
    assert str(error) == "the data set journey needs an extra: pip install 'assoc-synth[journey]'"
    assert error.extra == "journey"
