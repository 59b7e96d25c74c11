"""The exception tree: one base, and one leaf per thing that a user can act on.

::

    AssocSynthError
    ├── InputError             bad data or wrong use: names the column or row and what to do
    │   └── SchemaError        a role column is missing, duplicated or ambiguous
    ├── ModelFileError         a model directory is wrong, truncated, tampered with or of another version
    ├── NotFittedError         `sample` or `save` before `fit`
    ├── TrainingError          the loss stopped being a number; there is no model
    ├── GateRejected           the gate refused the rows; carries the verdict
    └── MissingExtraError      an optional library is absent; names the extra to install

`UndertrainedWarning` is no error: there is a model, which `sample` refuses unless asked.

Every message is one line. Whole cell values and subject names stay out of messages.
"""

from __future__ import annotations

from typing import Any


class AssocSynthError(Exception):
    """Base of every error that this package raises on purpose."""


class InputError(AssocSynthError, ValueError):
    """The data or an argument is wrong; the message says where and what to do."""


class SchemaError(InputError):
    """A role column is missing, duplicated or ambiguous."""


class ModelFileError(AssocSynthError):
    """A model directory cannot be trusted or understood."""


class NotFittedError(AssocSynthError):
    """The synthesizer has not been fitted."""


class TrainingError(AssocSynthError):
    """Training broke down and left no model."""


class UndertrainedWarning(UserWarning):
    """A limit of time left a stage hardly better than its initialisation."""


class GateRejected(AssocSynthError):
    """The gate refused the rows. Nothing was emitted.

    Args:
        verdict: the `assoc_synth.gate.verdict.Verdict` with every number behind the refusal.
        table: the rows that were refused, as a `TransactionTable`; None where there are none.

    Attributes:
        result: the refused rows as `sample` would have returned them, for a report; None where there are none.
    """

    def __init__(self, message: str, verdict: Any, table: Any = None) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.table = table
        self.result: Any = None


class MissingExtraError(AssocSynthError, ImportError):
    """An optional library is absent.

    Args:
        what: what needs the library, in the user's words.
        extra: the name of the extra that brings it.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra: pip install 'assoc-synth[{extra}]'")
        self.extra = extra
