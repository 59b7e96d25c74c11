"""Models by name: those that come with the package, in its wheel or at the top of a source checkout."""

from __future__ import annotations

import os
from pathlib import Path

import assoc_synth
from assoc_synth.errors import ModelFileError
from assoc_synth.transactions.files.directories import recover

PACKAGE = Path(assoc_synth.__file__).parent
IN_WHEEL = PACKAGE / "model" / "stored"
"""Where the build puts them, see setup.py."""
CHECKOUT = PACKAGE.parent
MANIFEST = "manifest.json"
"""The file that makes a directory one of a model."""
MARK = ":model"
"""What may follow the name of a stored model, where a table has that name too."""


def named_models() -> dict[str, Path]:
    """The directory of each model that comes with the package, by its name.

    Example:
        >>> "toy-shop" in named_models()
        True
    """
    # A folder `models` beside an installed package belongs to somebody else: only a checkout has pyproject.toml there.
    folder = IN_WHEEL if IN_WHEEL.is_dir() or not (CHECKOUT / "pyproject.toml").is_file() else CHECKOUT / "models"
    return {path.name: path for path in sorted(folder.glob("*")) if (path / MANIFEST).is_file()}


def located(path: str | os.PathLike[str]) -> Path:
    """The directory at a path, or, where nothing is there, of the model of that name.

    Args:
        path: a path, `NAME`, or `NAME:model`.

    Raises:
        ModelFileError: there is neither; the message has the names that there are.

    Example:
        >>> located("toy-shop").name
        'toy-shop'
        >>> located("toyshop")
        Traceback (most recent call last):
        assoc_synth.errors.ModelFileError: there is no model directory 'toyshop', and the models that come with the \
package are: ...
    """
    target = Path(path)
    recover(target)
    if os.path.lexists(target):
        return target
    known, name = named_models(), os.fspath(path).removesuffix(MARK)
    if name in known:
        return known[name]
    names = ", ".join(known) or "none"
    raise ModelFileError(
        f"there is no model directory {target.name[:200]!r}, and the models that come with the package are: {names}"
    )
