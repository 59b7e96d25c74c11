"""Amounts of a fitted model have the shape of their verb and object, however different the verbs' scales are."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.model.drawing import emit_rows, generate_edges
from assoc_synth.randomness import Seeds
from assoc_synth.synthesizer import AssociativeSynthesizer

SHORT = CTGANConfig(epochs=3, calibration_rounds=1, count_rounds=1, order_rounds=1, visit_rounds=1)
"""Epochs rather than minutes, which are fewer epochs on a busy machine."""


@pytest.fixture(scope="module")
def accounts() -> pd.DataFrame:
    """Salaries, rents and card payments of 300 accounts: lognormal on three scales."""
    rng = np.random.default_rng(0)
    kinds = [("salary", "employer", 8.0, 0.3, 1), ("order", "rent", 6.8, 0.3, -1)]
    kinds += [("card", shop, 3.0, 0.6, -1) for shop in ("groceries", "fuel", "online")]
    account = np.repeat(np.arange(300), 25)
    kind = rng.choice(len(kinds), len(account), p=[0.1, 0.1, 0.4, 0.2, 0.2])
    verb, object, mean, spread, sign = (np.array([one[at] for one in kinds])[kind] for at in range(5))
    amount = np.round(sign.astype(float) * rng.lognormal(mean.astype(float), spread.astype(float)), 2)
    return pd.DataFrame({"account": account, "type": verb, "with": object, "amount": amount})


def test_amounts_of_a_small_verb_keep_their_shape(accounts: pd.DataFrame) -> None:
    roles = {"subject": "account", "verb": "type", "object": "with", "amount": "amount"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        synth = AssociativeSynthesizer(random_state=0, config=SHORT).fit(accounts, **roles)
    model, seeds = synth.model_, Seeds.of(1)
    rows = emit_rows(model, generate_edges(model, 300, seeds=seeds), seeds=seeds).to_frame(typed=True)
    for verb, own in accounts.groupby("type"):
        drawn = rows.loc[rows["type"] == verb, "amount"]
        # Six thousand card payments without a map of their own are .085 away; the other verbs have 750 rows each.
        assert ks_2samp(own["amount"], drawn).statistic < (0.06 if verb == "card" else 0.12), verb
        assert (np.sign(drawn) == np.sign(own["amount"].iloc[0])).all()
