"""Pure noise: a table without any association."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assoc_synth.datasets.sizes import check_size
from assoc_synth.randomness import check_seed
from assoc_synth.transactions.table import TransactionTable


def random_svo(*, rows: int = 20_000, subjects: int = 2_000, objects: int = 200, seed: int = 0) -> TransactionTable:
    """A table without any association: subject, verb, object, date and amount are uniform and independent.

    The columns are subject, verb, object, date (20 % missing) and amount (30 % missing, negative for `returned`).

    Args:
        rows: number of rows.
        subjects, objects: numbers of names to draw from; rare ones may not occur.
        seed: of all that is random.

    Raises:
        InputError: a size is not a whole number from 1 on, or `seed` is not one from 0 on.

    Example:
        >>> len(random_svo(rows=100))
        100
    """
    for name, size in (("rows", rows), ("subjects", subjects), ("objects", objects)):
        check_size(name, size)
    rng = np.random.default_rng(check_seed(seed))
    verb = np.array(["bought", "returned", "reviewed", "viewed"], object)[rng.integers(4, size=rows)]
    days = rng.integers(730, size=rows)
    date = (np.datetime64("2024-01-01", "D") + days).astype("datetime64[ns]")
    date[rng.random(rows) < 0.2] = np.datetime64("NaT")
    amount = np.round(rng.uniform(1.0, 100.0, rows), 2) * np.where(verb == "returned", -1.0, 1.0)
    amount[rng.random(rows) < 0.3] = np.nan
    frame = pd.DataFrame(
        {
            "subject": [f"subject_{code:05d}" for code in rng.integers(subjects, size=rows)],
            "verb": verb,
            "object": [f"object_{code:04d}" for code in rng.integers(objects, size=rows)],
            "date": date,
            "amount": amount,
        }
    )
    return TransactionTable.from_frame(
        frame,
        subject="subject",
        verb="verb",
        object="object",
        time="date",
        amount="amount",
    )
