"""SDGym runs us as a custom synthesizer: the two functions that it asks for.

::

    import sdgym

    ours = sdgym.create_single_table_synthesizer(
        display_name="assoc-synth",
        get_trained_synthesizer_fn=get_trained_synthesizer,
        sample_from_synthesizer_fn=sample_from_synthesizer,
    )
    sdgym.benchmark_single_table(synthesizers=[], custom_synthesizers=[ours])
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from assoc_synth.synthesizer import AssociativeSynthesizer

MAX_MINUTES = 10.0


def get_trained_synthesizer(data: pd.DataFrame, metadata: Mapping[str, object]) -> AssociativeSynthesizer:
    """A synthesizer fitted to a single table.

    Args:
        data: transactions; subject, verb and object have obvious names, or the metadata a sequence key.
        metadata: SDV's as a dict, which SDGym passes.

    Raises:
        SchemaError: the table has no subjects and objects that could be told: SDGym notes the error and goes on.
    """
    return AssociativeSynthesizer(max_minutes=MAX_MINUTES).fit(data, metadata=metadata)


def sample_from_synthesizer(synthesizer: AssociativeSynthesizer, n_samples: int) -> pd.DataFrame:
    """Rows that the gate lets pass.

    Args:
        n_samples: how many rows.

    Raises:
        GateRejected: the gate refuses them: SDGym notes the error and goes on.
    """
    rows: pd.DataFrame = synthesizer.sample(num_rows=n_samples).rows
    return rows
