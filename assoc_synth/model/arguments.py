"""What a caller gives to `fit` and `sample`, checked before any work: one sentence that names it and what to give."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import InputError
from assoc_synth.transactions.frames import AnyFrame
from assoc_synth.transactions.schema import NamedRoles, Roles
from assoc_synth.transactions.table import TransactionTable

if TYPE_CHECKING:
    from assoc_synth.model.fitted import FittedModel

PRIVATE: dict[str, object] = {"epsilon": None, "delta": None, "public_names": False}
"""The synthesizer's arguments about differential privacy, with their defaults."""
DEVICE = re.compile(r"cpu|mps|cuda(:\d+)?")


class PrivateArguments(TypedDict, total=False):
    """What differential privacy is wanted, see `assoc_synth.privacy.Wanted`."""

    epsilon: float | None
    delta: float | None
    public_names: bool


class FitKeywords(NamedRoles, total=False):
    """The keywords of `AssociativeSynthesizer.fit` beside its arguments: the roles, and what trains."""

    engine: str | None


def as_table(
    data: AnyFrame | Mapping[str, AnyFrame] | TransactionTable, metadata: object, roles: Roles
) -> TransactionTable:
    """Whatever `fit` accepts, as a `TransactionTable`.

    Args:
        data: a table of transactions, one in a dict, or a `TransactionTable`, which keeps its roles.
        metadata: SDV's `Metadata` or anything with its `sequence_key` and `sequence_index`; None for none.
        roles: the columns that are named.

    Raises:
        InputError: it is none of the accepted kinds, or a dict of several tables.
    """
    if isinstance(data, TransactionTable):
        return data
    if isinstance(data, Mapping):
        if len(data) != 1:
            raise InputError(f"one table of transactions is needed, the dict has {len(data)}: pass data[name]")
        data = next(iter(data.values()))
    return TransactionTable.from_frame(data, metadata, **roles)


def check_nothing_named(**arguments: object) -> None:
    """Refuse what speaks of single columns where differential privacy leaves columns out.

    Raises:
        InputError: one is given.
    """
    for name, value in arguments.items():
        if value:
            raise InputError(
                f"with epsilon, nothing but subject, verb, object, time and amount is learned: leave {name} out"
            )


def check_init(value: object) -> str | os.PathLike[str] | None:
    """`init` of `fit`: the path or the name of a stored model; None for none.

    Raises:
        InputError: it is something else.

    Example:
        >>> check_init("toy-shop"), check_init(None)
        ('toy-shop', None)
    """
    if value is None or isinstance(value, str | os.PathLike):
        return value
    raise InputError(f"init must be a model directory or the name of a stored model, not {_shown(value)}")


def check_keywords(given: Collection[str], known: Collection[str], of: str) -> None:
    """Refuse keywords as Python does.

    Raises:
        TypeError: one is unknown.
    """
    for name in given:
        if name not in known:
            raise TypeError(f"{of}() got an unexpected keyword argument {name!r}; it takes {', '.join(known)}")


def check_minutes(value: object) -> float | None:
    """`max_minutes`; None for no limit.

    Raises:
        InputError: it is no finite number above 0.

    Example:
        >>> check_minutes(2), check_minutes(None)
        (2.0, None)
    """
    if value is None:
        return None
    if not _is_number(value) or not 0 < float(value) < math.inf:  # type: ignore[arg-type]
        raise InputError(f"max_minutes must be a number of minutes above 0, or None for no limit, not {_shown(value)}")
    return float(value)  # type: ignore[arg-type]


def check_trained(model: FittedModel) -> None:
    """Refuse to sample from a model of which a stage is hardly better than its initialisation.

    Raises:
        InputError: the time of its fit was too short for a stage; the message names both ways out.
    """
    if model.shortfall.is_undertrained:
        raise InputError(
            f"{model.shortfall.warning}, or sample from it as it is with --allow-undertrained (in Python "
            f"allow_undertrained=True)"
        )


def check_config(value: object) -> CTGANConfig | None:
    """`config`; None for the defaults.

    Raises:
        InputError: it is no `CTGANConfig`.
    """
    if value is None or isinstance(value, CTGANConfig):
        return value
    raise InputError(
        f"config must be a CTGANConfig or None, not a {type(value).__name__}: give CTGANConfig(epochs=20), for example"
    )


def check_progress(value: object) -> None:
    """`progress`, which is called after each training step.

    Raises:
        InputError: it cannot be called.
    """
    if value is not None and not callable(value):
        raise InputError(f"progress must be a function of one argument or None, not {_shown(value)}")


def check_count(name: str, value: object) -> int | None:
    """A number of subjects or rows; None where it is not asked for.

    Raises:
        InputError: it is no whole number of at least 1.

    Example:
        >>> check_count("num_rows", 10)
        10
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"{name} must be a whole number of at least 1, not {_shown(value)}")
    return int(value)


def check_verbs(value: object) -> tuple[object, ...] | None:
    """`verbs` as a tuple of names; a text is one verb; None for all verbs.

    Raises:
        InputError: it is no name and no sequence of names.

    Example:
        >>> check_verbs("bought"), check_verbs(["bought", "returned"]), check_verbs([])
        (('bought',), ('bought', 'returned'), None)
    """
    if value is None:
        return None
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise InputError(f"verbs must be a list of names such as ['bought'], not {_shown(value)}")
    return tuple(value) or None


def resolve_device(name: object) -> str:
    """`device` as PyTorch names it: "auto" takes a CUDA GPU where there is one.

    Raises:
        InputError: there is no such device, here or anywhere.
    """
    if not isinstance(name, str) or not (name == "auto" or DEVICE.fullmatch(name)):
        raise InputError(f"device must be 'auto', 'cpu', 'cuda', 'cuda:0' or 'mps', not {_shown(name)}")
    if name == "cpu":
        return name
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    number = int(name.partition(":")[2] or 0)
    is_there = torch.backends.mps.is_available() if name == "mps" else number < torch.cuda.device_count()
    if not is_there:
        raise InputError(f"device {name!r} is not available on this machine: give device='cpu' or 'auto'")
    return name


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | complex)


def _shown(value: object) -> str:
    return repr(value)[:40]
