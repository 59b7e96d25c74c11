"""What the clickstream plants: transitions, gaps, funnels, and columns that decide others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assoc_synth.datasets.truths import Share, check_columns, codes_of, never_before, shares, varying
from assoc_synth.transactions.arrays import Bools, Floats

SECTIONS: dict[str, dict[str, float]] = {
    "phones": {"smartphone": 549.00, "iphone case": 24.90, "android case": 19.90, "charger": 24.90, "earbuds": 89.00,
               "power bank": 34.90, "screen protector": 12.90, "phone stand": 15.90},
    "computers": {"laptop": 899.00, "laptop bag": 45.00, "mouse": 27.90, "keyboard": 59.00, "monitor": 219.00,
                  "webcam": 64.90, "memory stick": 16.90, "desk lamp": 49.90},
    "running": {"running shoes": 119.00, "running socks": 12.90, "sports watch": 199.00, "running cap": 22.90,
                "water bottle": 14.90, "running vest": 39.90, "head torch": 44.90, "foam roller": 26.90},
    "camping": {"tent": 189.00, "sleeping bag": 99.00, "camping stove": 54.90, "gas cartridge": 8.90,
                "sleeping mat": 49.90, "lantern": 29.90, "folding chair": 34.90, "cool box": 59.90},
    "coffee": {"coffee machine": 249.00, "coffee beans": 11.90, "milk frother": 29.90, "grinder": 69.00,
               "espresso cups": 24.90, "filter papers": 3.90, "travel mug": 19.90, "descaler": 7.90},
    "games": {"console": 399.00, "controller": 59.90, "headset": 79.00, "board game": 34.90, "puzzle": 14.90,
              "card game": 12.90, "racing wheel": 229.00, "gift card": 25.00},
}  # fmt: skip
"""The price of each product by section; the first of a section is the most popular."""

ACCESSORIES = {
    "smartphone": "screen protector", "laptop": "laptop bag", "running shoes": "running socks", "tent": "sleeping bag",
    "camping stove": "gas cartridge", "coffee machine": "coffee beans", "console": "controller", "monitor": "keyboard",
}  # fmt: skip

PLANS = ("basic plan", "plus plan")

STEPS: dict[str, tuple[str, str]] = {
    "home": ("opened", "home"), "offers": ("opened", "offers"), "search": ("searched", ""), "view": ("viewed", ""),
    "wish": ("wishlisted", ""), "add": ("added", ""), "remove": ("removed", ""), "cart": ("opened", "cart"),
    "shipping": ("opened", "shipping details"), "payment": ("opened", "payment details"), "purchase": ("purchased", ""),
    "help": ("opened", "help"), "account": ("opened", "account"), "refund": ("refunded", ""),
    "subscribe": ("subscribed", ""), "cancel": ("cancelled", ""),
}  # fmt: skip
"""The event and the item of each step; "" where the item is a product, a section or a plan."""

TRANSITIONS: dict[str, dict[str, float]] = {
    "home": {"search": 0.38, "view": 0.40, "offers": 0.14, "home": 0.02, "end": 0.06},
    "offers": {"view": 0.72, "search": 0.13, "home": 0.05, "end": 0.10},
    "search": {"view": 0.70, "search": 0.17, "home": 0.05, "end": 0.08},
    "view": {"view": 0.31, "search": 0.18, "add": 0.21, "wish": 0.07, "home": 0.08, "offers": 0.03, "end": 0.12},
    "wish": {"view": 0.55, "search": 0.20, "home": 0.10, "end": 0.15},
    "add": {"cart": 0.45, "view": 0.34, "search": 0.12, "end": 0.09},
    "remove": {"view": 0.45, "search": 0.25, "home": 0.10, "end": 0.20},
    "cart": {"shipping": 0.50, "view": 0.19, "remove": 0.14, "search": 0.05, "end": 0.12},
    "shipping": {"payment": 0.72, "cart": 0.13, "help": 0.03, "end": 0.12},
    "payment": {"purchase": 0.68, "help": 0.09, "shipping": 0.08, "end": 0.15},
    "purchase": {"home": 0.20, "view": 0.12, "end": 0.68},
    "help": {"home": 0.35, "view": 0.25, "end": 0.40},
}
"""What follows a step in a session."""

STARTS: dict[str, dict[str, float]] = {
    "organic": {"home": 0.45, "search": 0.30, "view": 0.25},
    "paid search": {"home": 0.10, "search": 0.20, "view": 0.70},
    "email": {"home": 0.15, "offers": 0.75, "view": 0.10},
    "direct": {"home": 0.80, "search": 0.20},
}
"""What a session of a channel begins with."""

DEVICES = {"iphone": "mobile", "android": "mobile", "desktop": "web", "tablet": "web"}
"""The platform of each device."""
COUNTRIES = {"DE": "de", "AT": "de", "FR": "fr", "GB": "en", "US": "en", "ES": "es"}
"""The language of each country."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CASES = {"iphone case": "iphone", "android case": "android"}
"""Products that only users of one device meet."""

_COLUMNS = (
    "user_id", "session_id", "event", "item", "timestamp", "price", "device", "country", "channel", "platform",
    "language", "section", "weekday",
)  # fmt: skip
_READING = {
    "home": 30.0, "offers": 55.0, "search": 40.0, "view": 120.0, "wish": 22.0, "add": 28.0, "remove": 36.0,
    "cart": 65.0, "shipping": 160.0, "payment": 130.0, "purchase": 75.0, "help": 340.0, "account": 60.0,
    "refund": 100.0, "subscribe": 100.0, "cancel": 100.0,
}  # fmt: skip
_REACHING = {"view": 0.8, "search": 1.4, "cart": 0.6, "remove": 1.3, "add": 1.6, "help": 2.0}


def _prices() -> dict[str, float]:
    return {name: price for section in SECTIONS.values() for name, price in section.items()}


def _sections() -> dict[str, str]:
    found = {name: section for section, products in SECTIONS.items() for name in products}
    pages = {page: "page" for _, page in STEPS.values() if page}
    return found | {section: section for section in SECTIONS} | pages | dict.fromkeys(PLANS, "plan")


@dataclass(frozen=True)
class ClickstreamTruth:
    """All that the clickstream plants.

    A session is a Markov chain of steps (`STEPS` says which event and item each one is) that starts by the session's
    channel. A purchase takes the products that are in the cart, all in the same second, after the cart, the shipping
    details and the payment details. A visit to the account ends some sessions: a refund of an earlier session's
    purchase, a subscription, or its end.

    Attributes:
        transitions: what follows a step; "end" may be a visit to the account.
        starts: what a session begins with, by channel.
        prices: of each product, the same in every purchase; a refund gives it back.
        sections: the section of each item; of a page "page", of a plan "plan".
        accessories: a view that directly follows the addition of a product is of its accessory with probability
            `accessory`.
        same_second: the probability that the cart opens in the second of the addition. All other steps of a session
            but purchases of one cart are in different seconds.
        gap_spread: the standard deviation of the logarithm of a gap in seconds, whose median is `gap_median`.
        refunded: the share of purchases in sessions before a user's last one that the next session gives back.

    Example:
        >>> truth = ClickstreamTruth()
        >>> truth.transitions["payment"]["purchase"], truth.prices["tent"], truth.gap_median("view", "add")
        (0.68, 189.0, 192.0)
    """

    transitions: dict[str, dict[str, float]] = field(default_factory=lambda: TRANSITIONS)
    starts: dict[str, dict[str, float]] = field(default_factory=lambda: STARTS)
    prices: dict[str, float] = field(default_factory=_prices)
    sections: dict[str, str] = field(default_factory=_sections)
    accessories: dict[str, str] = field(default_factory=lambda: ACCESSORIES)
    accessory: float = 0.6
    same_second: float = 0.15
    gap_spread: float = 0.7
    refunded: float = 0.12

    def gap_median(self, step: str, following: str) -> float:
        """The planted median of the seconds between two steps."""
        return round(_READING[step] * _REACHING.get(following, 1.0), 6)

    def steps_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The steps of the sessions in order: session_id, step, item, time in seconds, channel.

        Rows of one session and second stay in the order of the rows; purchases of one second are one step.

        Raises:
            InputError: an event or a page is unknown, or a column is missing.
        """
        check_columns(rows, (*_COLUMNS[1:5], "channel"))
        event, item = rows["event"].astype(str), rows["item"].astype(str)
        written = np.where(event == "opened", "opened " + item, event)
        names = {"opened " + item if event == "opened" else event: step for step, (event, item) in STEPS.items()}
        codes = codes_of(pd.DataFrame({"event": written}), "event", list(names))
        seconds = pd.to_datetime(rows["timestamp"]).to_numpy("datetime64[s]").astype(np.int64)
        steps = pd.DataFrame({"session_id": rows["session_id"].to_numpy(), "seconds": seconds})
        steps["step"] = np.array(list(names.values()), object)[codes]
        steps["item"], steps["channel"] = item.to_numpy(), rows["channel"].to_numpy()
        steps = steps.sort_values(["session_id", "seconds"], kind="stable", ignore_index=True)
        moment = steps[["session_id", "seconds", "step"]]
        repeated = (moment == moment.shift()).all(axis=1) & (steps["step"] == "purchase")
        return steps[~repeated].reset_index(drop=True)

    def frequencies(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Planted shares beside those of the rows: transitions, starts by channel, accessories, ties, refunds.

        Raises:
            InputError: an event or a page is unknown, or a column is missing.
        """
        check_columns(rows, _COLUMNS)
        steps = self.steps_of(rows)
        follows = _following(steps, "step").fillna("end").replace("account", "end")
        found = [
            Share(f"{step} → {following}", share, int((at & (follows == following)).sum()), int(at.sum()))
            for step, row in self.transitions.items()
            for at in [steps["step"] == step]
            for following, share in row.items()
        ]
        first = steps["session_id"] != steps["session_id"].shift()
        for channel, row in self.starts.items():
            at = first & (steps["channel"] == channel)
            for step, share in row.items():
                held = int((at & (steps["step"] == step)).sum())
                found.append(Share(f"start → {step}, given {channel}", share, held, int(at.sum())))
        wanted = steps["item"].map(self.accessories)
        asked = (steps["step"] == "add") & wanted.notna() & (follows == "view")
        held = int((asked & (_following(steps, "item") == wanted)).sum())
        found.append(Share("view of the accessory, given add → view", self.accessory, held, int(asked.sum())))
        opened = (steps["step"] == "add") & (follows == "cart")
        at_once = opened & (_following(steps, "seconds") == steps["seconds"])
        found.append(
            Share("the same second, given add → cart", self.same_second, int(at_once.sum()), int(opened.sum()))
        )
        found.append(self._refunds(rows))
        return shares(found)

    def _refunds(self, rows: pd.DataFrame) -> Share:
        rows = rows.assign(began=pd.to_datetime(rows["timestamp"]))
        began = rows.groupby(["user_id", "session_id"])["began"].min()
        visits = began.reset_index().sort_values(["user_id", "began"], kind="stable")
        following = visits.groupby("user_id")["session_id"].shift(-1)
        after = pd.Series(following.to_numpy(object), index=pd.Index(visits["session_id"], dtype=object)).dropna()
        paid = rows.loc[rows["event"] == "purchased", ["session_id", "item"]].drop_duplicates()
        paid = paid.assign(session_id=paid["session_id"].map(after)).dropna()
        given = rows.loc[rows["event"] == "refunded", ["session_id", "item"]].drop_duplicates()
        asked, back = pd.MultiIndex.from_frame(paid.astype(object)), pd.MultiIndex.from_frame(given.astype(object))
        held = asked.isin(back)
        return Share("refund in the next session, given a purchase", self.refunded, int(held.sum()), len(asked))

    def gaps(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Planted medians of the seconds between steps beside those of the rows.

        The columns are step, following, planted, observed and cases. Steps of the same second do not count.
        """
        steps = self.steps_of(rows)
        steps["following"] = _following(steps, "step")
        steps["gap"] = _following(steps, "seconds") - steps["seconds"]
        found = steps[steps["gap"] > 0].groupby(["step", "following"])["gap"].agg(["median", "size"]).reset_index()
        planted = [self.gap_median(*pair) for pair in zip(found["step"], found["following"], strict=True)]
        made = found.rename(columns={"median": "observed", "size": "cases"})
        made.insert(2, "planted", planted)
        return made

    def violations(self, rows: pd.DataFrame) -> dict[str, int]:
        """Rows that break the order of a funnel, an amount's rule, or a column that another one decides.

        Raises:
            InputError: a column is missing.
        """
        check_columns(rows, _COLUMNS)
        rows = rows.assign(timestamp=pd.to_datetime(rows["timestamp"]))
        event, item = rows["event"].astype(str).to_numpy(), rows["item"].astype(str).to_numpy()
        owner = rows["item"].astype(str).map(CASES)
        return {
            **self._funnels(rows, event, item),
            **self._amounts(rows, event),
            "a case for another device": int((owner.notna() & (owner != rows["device"])).sum()),
            "a user with two devices": varying(rows, "user_id", "device"),
            "a user with two countries": varying(rows, "user_id", "country"),
            "a session with two channels": varying(rows, "session_id", "channel"),
            "a session with two users": varying(rows, "session_id", "user_id"),
            "another device's platform": int((rows["platform"] != rows["device"].map(DEVICES)).sum()),
            "another country's language": int((rows["language"] != rows["country"].map(COUNTRIES)).sum()),
            "another item's section": int((rows["section"] != rows["item"].astype(str).map(self.sections)).sum()),
            "another day's weekday": int((rows["weekday"] != rows["timestamp"].dt.day_name()).sum()),
        }

    def _funnels(self, rows: pd.DataFrame, event: np.ndarray, item: np.ndarray) -> dict[str, int]:
        def page(name: str) -> Bools:
            return np.asarray((event == "opened") & (item == name))

        def missing(later: Bools, earlier: Bools, *keys: str) -> int:
            return never_before(rows, later, earlier, keys, "timestamp")

        session, same = ("session_id",), ("session_id", "item")
        cart, shipping, payment = page("cart"), page("shipping details"), page("payment details")
        purchased, added = event == "purchased", event == "added"
        by_user = ("user_id", "item")
        return {
            "a purchase without payment details": missing(purchased, payment, *session),
            "payment details without shipping details": missing(payment, shipping, *session),
            "shipping details without the cart": missing(shipping, cart, *session),
            "the cart without an addition": missing(cart, added, *session),
            "a purchase that was not added": missing(purchased, added, *same),
            "a removal that was not added": missing(event == "removed", added, *same),
            "an addition that was not viewed": missing(added, event == "viewed", *same),
            "a refund without its purchase": missing(event == "refunded", purchased, *by_user),
            "a cancellation without its subscription": missing(event == "cancelled", event == "subscribed", *by_user),
        }

    def _amounts(self, rows: pd.DataFrame, event: np.ndarray) -> dict[str, int]:
        price: Floats = np.asarray(rows["price"].astype(float), np.float64)
        listed = rows["item"].astype(str).map(self.prices).to_numpy(float)
        sign = np.where(event == "purchased", 1.0, np.where(event == "refunded", -1.0, np.nan))
        paid = ~np.isnan(sign)
        return {
            "a price without a purchase or refund": int((~paid & ~np.isnan(price)).sum()),
            "a purchase or refund without a price": int((paid & np.isnan(price)).sum()),
            "a price of the wrong sign": int((paid & (np.sign(price) * sign < 0)).sum()),
            "another price than the product's": int((paid & (np.round(price * sign, 2) != listed)).sum()),
        }


def _following(steps: pd.DataFrame, column: str) -> pd.Series:
    """The next step's value in the same session; missing after the last one."""
    following = steps[column].shift(-1)
    return following.where(steps["session_id"] == steps["session_id"].shift(-1))
