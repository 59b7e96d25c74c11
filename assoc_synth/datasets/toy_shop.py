"""The toy shop: two years of a small online shop with planted associations, so the right answer is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from assoc_synth.datasets.draws import choose
from assoc_synth.datasets.sizes import check_size
from assoc_synth.randomness import check_seed
from assoc_synth.transactions.arrays import Bools, Floats, Ints
from assoc_synth.transactions.days import DAY, HOUR, SECOND
from assoc_synth.transactions.table import TransactionTable

SHELVES: dict[str, dict[str, float]] = {
    "tea and coffee": {"tea": 4.50, "coffee beans": 11.90, "biscuits": 2.80, "honey": 6.40, "kettle": 34.90,
                       "teapot": 24.50, "milk frother": 29.90, "sugar bowl": 9.90, "espresso machine": 249.00},
    "kitchen": {"pasta": 1.90, "olive oil": 8.90, "frying pan": 39.90, "wooden spoon": 3.50, "cutting board": 17.50,
                "saucepan": 44.90, "mixing bowl": 14.90, "apron": 19.90, "chef's knife": 69.00},
    "electronics": {"charger": 24.90, "headphones": 79.00, "phone case": 19.90, "mouse": 27.90, "phone": 599.00,
                    "laptop": 899.00, "keyboard": 59.00, "laptop bag": 45.00, "memory card": 16.90},
    "books and paper": {"novel": 12.90, "notebook": 4.90, "calendar": 14.90, "cookbook": 29.90, "gift card": 25.00,
                        "fountain pen": 38.00, "desk lamp": 49.90, "ink": 7.50, "bookmark": 2.50},
    "garden": {"flower seeds": 2.90, "potting soil": 8.50, "garden gloves": 9.90, "barbecue": 149.00,
               "watering can": 18.90, "charcoal": 9.50, "spade": 29.90, "garden hose": 34.50, "lawn mower": 329.00},
    "sport": {"running shoes": 119.00, "water bottle": 14.90, "yoga mat": 29.90, "running socks": 12.90,
              "rucksack": 64.90, "bicycle lock": 39.90, "tennis racket": 99.00, "bicycle helmet": 54.90,
              "tennis balls": 8.90},
    "clothes": {"t-shirt": 15.90, "jeans": 69.90, "dress": 59.90, "winter coat": 179.00, "scarf": 24.90, "belt": 29.90,
                "sunglasses": 49.90, "wool gloves": 21.90, "rain jacket": 89.90},
    "home": {"candle": 6.90, "towel": 12.90, "blanket": 39.90, "pillow": 24.90, "picture frame": 11.90, "vase": 22.50,
             "hammer": 17.90, "duvet": 89.00, "nails": 3.90},
}  # fmt: skip
"""The list price of each object of the toy shop, by shelf; the first of a shelf is the most popular."""


@dataclass(frozen=True)
class PlantedPair:
    """A link of `verb` to `object` brings a link of `other_verb` to `other_object` with this probability."""

    verb: str
    object: str
    other_verb: str
    other_object: str
    probability: float


def _pairs(verb: str, other_verb: str, *pairs: tuple[str, str, float]) -> tuple[PlantedPair, ...]:
    return tuple(PlantedPair(verb, first, other_verb, second, probability) for first, second, probability in pairs)


WITHIN = _pairs(
    "viewed", "viewed", ("headphones", "keyboard", 0.40), ("dress", "belt", 0.45),
) + _pairs(
    "bought", "bought", ("kettle", "tea", 0.60), ("espresso machine", "coffee beans", 0.65),
    ("fountain pen", "ink", 0.60), ("laptop", "laptop bag", 0.50), ("laptop", "mouse", 0.45),
    ("phone", "phone case", 0.55), ("running shoes", "running socks", 0.50), ("tennis racket", "tennis balls", 0.65),
    ("barbecue", "charcoal", 0.65), ("winter coat", "scarf", 0.50), ("hammer", "nails", 0.65),
    ("pillow", "duvet", 0.40), ("flower seeds", "potting soil", 0.50), ("saucepan", "wooden spoon", 0.45),
    ("cookbook", "apron", 0.40),
)  # fmt: skip
ACROSS = _pairs(
    "viewed", "bought", ("espresso machine", "milk frother", 0.35), ("winter coat", "wool gloves", 0.35),
    ("bicycle helmet", "bicycle lock", 0.40),
) + _pairs(
    "bought", "returned", ("laptop", "laptop", 0.30), ("running shoes", "running shoes", 0.30),
    ("dress", "dress", 0.35), ("jeans", "jeans", 0.25),
) + _pairs(
    "bought", "claimed_warranty", ("lawn mower", "lawn mower", 0.30), ("phone", "phone", 0.20),
    ("espresso machine", "espresso machine", 0.25),
) + _pairs(
    "bought", "reviewed", ("novel", "novel", 0.35), ("cookbook", "cookbook", 0.35), ("headphones", "headphones", 0.30),
)  # fmt: skip


@dataclass(frozen=True)
class ToyShopTruth:
    """All that the toy shop plants: the right answer for tests.

    Objects of a segment's favourite shelves go together too. `returned`, `reviewed` and `claimed_warranty` only follow
    `bought` of the same object; beyond the pairs, 2 % of all purchases are returned and 4 % are reviewed.

    Attributes:
        within: the pairs under one verb.
        across: the pairs between two verbs.
        winter, summer: objects that sell six times better from November to February, or from May to August.
        segments: the two favourite shelves of each latent customer segment, the first with more weight.
        verbs: all verbs of the shop.

    Example:
        >>> pair = ToyShopTruth().within[2]
        >>> pair.object, pair.other_object, pair.probability
        ('kettle', 'tea', 0.6)
    """

    within: tuple[PlantedPair, ...] = WITHIN
    across: tuple[PlantedPair, ...] = ACROSS
    winter: tuple[str, ...] = ("winter coat", "scarf", "wool gloves", "blanket", "candle", "calendar", "teapot")
    summer: tuple[str, ...] = ("barbecue", "charcoal", "sunglasses", "water bottle", "garden hose", "flower seeds")
    segments: tuple[tuple[str, str], ...] = (
        ("tea and coffee", "books and paper"),
        ("kitchen", "home"),
        ("electronics", "sport"),
        ("garden", "home"),
        ("sport", "clothes"),
        ("clothes", "tea and coffee"),
    )
    verbs: tuple[str, ...] = ("viewed", "bought", "returned", "reviewed", "claimed_warranty")

    @property
    def prices(self) -> dict[str, float]:
        """The list price of each object."""
        return {name: price for shelf in SHELVES.values() for name, price in shelf.items()}


class _Events(NamedTuple):
    """Links before they are a table, one entry each: codes, seconds since 1970, and amounts, NaN where missing."""

    subject: Ints
    verb: Ints
    object: Ints
    time: Ints
    amount: Floats

    def where(self, chosen: Bools | Ints) -> _Events:
        """The links that a mask or positions choose."""
        time, amount = self.time[chosen], self.amount[chosen]
        return _Events(self.subject[chosen], self.verb[chosen], self.object[chosen], time, amount)

    def plus(self, other: _Events) -> _Events:
        """These links and then others."""
        return _Events(*(np.concatenate(columns) for columns in zip(self, other, strict=True)))


DELAYS = {  # from and to, in days after the link that brings it
    "viewed": (0.001, 0.01),
    "bought": (0.5, 12.0),
    "returned": (3.0, 28.0),
    "reviewed": (2.0, 20.0),
    "claimed_warranty": (30.0, 300.0),
}


def toy_shop(*, subjects: int = 2_000, seed: int = 0) -> TransactionTable:
    """Two years of visits to a small online shop, 2024 and 2025, with the associations that `ToyShopTruth` lists.

    Args:
        subjects: number of customers. Each has at least one link, twelve on average, a few have over a hundred.
        seed: of all that is random.

    Returns:
        A table with the columns customer, action, product, date and price. 5 % of the dates and 8 % of the prices of
        purchases and returns are missing; `viewed`, `reviewed` and `claimed_warranty` have no price. Some returns and
        claims are of 2026.

    Raises:
        InputError: `subjects` is not a whole number from 1 on, or `seed` is not one from 0 on.

    Example:
        >>> toy_shop(subjects=5).to_frame().columns.tolist()
        ['customer', 'action', 'product', 'date', 'price']
    """
    check_size("subjects", subjects)
    rng = np.random.default_rng(check_seed(seed))
    truth = ToyShopTruth()
    verbs, objects = list(truth.verbs), list(truth.prices)
    events = _visits(truth, subjects, rng)
    for pair in sorted(truth.within + truth.across, key=lambda pair: verbs.index(pair.verb)):
        source = events.where((events.verb == verbs.index(pair.verb)) & (events.object == objects.index(pair.object)))
        source = source.where(rng.random(len(source.subject)) < pair.probability)
        events = events.plus(_follow(source, truth, pair.other_verb, objects.index(pair.other_object), rng))
    bought = events.where(events.verb == verbs.index("bought"))
    for verb, share in (("returned", 0.02), ("reviewed", 0.04)):
        source = bought.where(rng.random(len(bought.subject)) < share)
        events = events.plus(_follow(source, truth, verb, source.object, rng))
    return _shop_table(events, truth, rng)


def _visits(truth: ToyShopTruth, subjects: int, rng: np.random.Generator) -> _Events:
    """The visits of each customer, with a few objects in each that are viewed, bought, or both."""
    visits = 1 + np.minimum(rng.lognormal(1.0, 0.9, subjects), 200).astype(np.int64)
    who = np.repeat(np.arange(subjects, dtype=np.int64), visits)
    time = _times(len(who), rng)
    size = 1 + rng.poisson(0.7, len(who))
    who, time = np.repeat(who, size), np.repeat(time, size)
    segment = rng.integers(len(truth.segments), size=subjects)
    month = pd.DatetimeIndex(time.astype("datetime64[s]")).month.to_numpy() - 1
    chosen = choose(_preference(truth), segment[who] * 12 + month, rng)
    view = rng.random(len(who)) < 0.6
    buy = rng.random(len(who)) < 0.65
    view |= ~buy
    before = rng.integers(60, 1_800, len(who))
    viewed = _Events(who, np.zeros_like(who), chosen, time - before, np.full(len(who), np.nan))
    bought = _Events(who, np.ones_like(who), chosen, time, _charge(truth, chosen, rng))
    return viewed.where(view).plus(bought.where(buy))


def _times(count: int, rng: np.random.Generator) -> Ints:
    """Seconds since 1970 within 2024 and 2025: weekends, December and weekday evenings are busy."""
    days = pd.date_range("2024-01-01", "2025-12-31")
    weekend = days.dayofweek.to_numpy() >= 5
    weight = np.where(weekend, 1.6, 1.0) * np.where(days.month == 12, 1.8, 1.0)
    day = rng.choice(len(days), size=count, p=weight / weight.sum())
    peak = np.where(weekend[day], 15.0, np.where(rng.random(count) < 0.3, 12.5, 20.0))
    hour = np.clip(rng.normal(peak, np.where(weekend[day], 3.0, 1.5)), 6.0, 23.9)
    start = days[0].value // SECOND
    return np.asarray(start + day * (DAY // SECOND) + (hour * (HOUR // SECOND)).astype(np.int64), np.int64)


def _preference(truth: ToyShopTruth) -> Floats:
    """The probability of each object by segment and month: shape (segments · 12, objects)."""
    shelf = np.repeat(list(SHELVES), [len(row) for row in SHELVES.values()])
    popularity = np.concatenate([1.0 / np.arange(2, len(row) + 2) ** 0.5 for row in SHELVES.values()])
    # Objects with planted associations sell well: a few thousand customers give their pairs enough support.
    popularity *= np.where(np.isin(list(truth.prices), [pair.object for pair in truth.within + truth.across]), 2.0, 1.0)
    affinity = np.stack([1.0 + 8.0 * (shelf == first) + 4.0 * (shelf == second) for first, second in truth.segments])
    season = np.ones((12, len(shelf)))
    for names, months in ((truth.winter, [10, 11, 0, 1]), (truth.summer, [4, 5, 6, 7])):
        for month in months:
            season[month, np.isin(list(truth.prices), names)] = 6.0
    preference = (affinity * popularity)[:, None, :] * season[None, :, :]
    return np.asarray((preference / preference.sum(axis=2, keepdims=True)).reshape(-1, len(shelf)), np.float64)


def _charge(truth: ToyShopTruth, chosen: Ints, rng: np.random.Generator) -> Floats:
    """The list price; a quarter of the links has a discount of 10, 20 or 30 %."""
    discount = np.where(rng.random(len(chosen)) < 0.25, rng.integers(1, 4, len(chosen)) * 0.1, 0.0)
    return np.asarray(np.round(np.array(list(truth.prices.values()))[chosen] * (1.0 - discount), 2), np.float64)


def _follow(
    source: _Events,
    truth: ToyShopTruth,
    verb: str,
    object: int | Ints,
    rng: np.random.Generator,
) -> _Events:
    """A later link for each link of `source`; a purchase that another one brings is mostly of the same visit."""
    count = len(source.subject)
    chosen = np.broadcast_to(np.asarray(object, np.int64), (count,)).copy()
    low, high = DELAYS[verb]
    delay = (rng.uniform(low, high, count) * (DAY // SECOND)).astype(np.int64)
    amount = np.full(count, np.nan)
    if verb == "bought":
        delay[rng.random(count) < 0.75] = 0
        amount = _charge(truth, chosen, rng)
    elif verb == "returned":
        amount = -source.amount
    code = np.full(count, truth.verbs.index(verb), np.int64)
    return _Events(source.subject, code, chosen, source.time + delay, amount)


def _shop_table(events: _Events, truth: ToyShopTruth, rng: np.random.Generator) -> TransactionTable:
    events = events.where(np.lexsort((events.object, events.verb, events.subject, events.time)).astype(np.int64))
    count = len(events.subject)
    time = events.time.astype("datetime64[s]").astype("datetime64[ns]")
    time[rng.random(count) < 0.05] = np.datetime64("NaT")
    amount = np.where(rng.random(count) < 0.08, np.nan, events.amount)
    width = max(5, len(str(events.subject.max())))
    frame = pd.DataFrame(
        {
            "customer": [f"customer_{code:0{width}d}" for code in events.subject],
            "action": np.array(truth.verbs, object)[events.verb],
            "product": np.array(list(truth.prices), object)[events.object],
            "date": time,
            "price": amount,
        }
    )
    return TransactionTable.from_frame(
        frame,
        subject="customer",
        verb="action",
        object="product",
        time="date",
        amount="price",
    )
