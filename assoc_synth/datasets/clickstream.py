"""Clickstream: sessions of twelve hundred users of a shop, with known transitions, gaps and funnels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from assoc_synth.datasets.clickstream_truth import (
    CASES,
    COUNTRIES,
    DEVICES,
    PLANS,
    SECTIONS,
    STEPS,
    WEEKDAYS,
    ClickstreamTruth,
)
from assoc_synth.datasets.draws import choose, normalised
from assoc_synth.datasets.sizes import check_size
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.days import DAY, HOUR, SECOND, weekdays
from assoc_synth.transactions.table import TransactionTable

_STEP = {name: code for code, name in enumerate(STEPS)}
_SECTION_NAMES, _DEVICE_NAMES, _COUNTRY_NAMES = tuple(SECTIONS), tuple(DEVICES), tuple(COUNTRIES)
_MOST_STEPS = 80
_SAME_SECTION = 0.6
"""The share of views that stay in the section of the last product."""


class _Users(NamedTuple):
    """One entry a user: codes of device, country and segment, and how many sessions."""

    device: Ints
    country: Ints
    segment: Ints
    sessions: Ints


class _Sessions(NamedTuple):
    """One entry a session, sorted by user and time: codes of user and channel, and the start in seconds since 1970."""

    user: Ints
    channel: Ints
    start: Ints


class _Clicks(NamedTuple):
    """One entry a row: session, place in its order, step, item."""

    session: Ints
    place: Ints
    step: Ints
    item: Ints


def clickstream(*, subjects: int = 1_200, seed: int = 0) -> TransactionTable:
    """Sessions in a shop from 2024 on, with the transitions, gaps and funnels that `ClickstreamTruth` lists.

    Args:
        subjects: number of users. Each has about six sessions of about eight rows, on different days.
        seed: of all that is random.

    Returns:
        A table with the columns user_id, session_id, event, item, timestamp, price (of purchases; negative for
        refunds), device and country (one for each user), channel (one for each session), platform (decided by the
        device), language (by the country), section (by the item) and weekday (by the day).

    Raises:
        InputError: `subjects` is not a whole number from 1 on, or `seed` is not one from 0 on.

    Example:
        >>> clickstream(subjects=5).schema.roles()["basket"]
        'session_id'
    """
    check_size("subjects", subjects)
    seeds, truth = Seeds.of(seed).child("clickstream"), ClickstreamTruth()
    users = _users(subjects, seeds.child("users").generator())
    sessions = _sessions(truth, users, seeds.child("sessions").generator())
    clicks = _Browsing.of(truth, users, sessions, seeds.child("steps").generator()).clicks()
    clicks = _joined([clicks, *_account(truth, sessions, clicks, seeds.child("account").generator())])
    order = np.lexsort((clicks.item, clicks.step, clicks.place, clicks.session))
    clicks = _Clicks(*(column[order] for column in clicks))
    time = sessions.start[clicks.session] + _elapsed(truth, clicks, seeds.child("gaps").generator())
    return _table(truth, users, sessions, clicks, time)


def _users(count: int, rng: np.random.Generator) -> _Users:
    device = rng.choice(len(_DEVICE_NAMES), size=count, p=[0.25, 0.30, 0.37, 0.08])
    country = rng.choice(len(_COUNTRY_NAMES), size=count, p=[0.38, 0.08, 0.16, 0.18, 0.12, 0.08])
    return _Users(device, country, rng.integers(len(_SECTION_NAMES), size=count), 1 + rng.poisson(5.0, count))


def _sessions(truth: ClickstreamTruth, users: _Users, rng: np.random.Generator) -> _Sessions:
    """Sessions on different days; some users come every few days, others every few weeks."""
    user = np.repeat(np.arange(len(users.sessions), dtype=np.int64), users.sessions)
    pause = np.where(rng.random(len(users.sessions)) < 0.5, np.log(4.0), np.log(16.0))
    days = 1 + rng.lognormal(pause[user], 0.8).astype(np.int64)
    first = np.append(True, user[1:] != user[:-1])
    days[first] = rng.integers(0, 60, first.sum())
    total = np.cumsum(days)
    day = total - (total - days)[first][user]
    hour = 7.0 + 15.0 * rng.beta(2.5, 2.5, len(user))
    began = np.datetime64("2024-01-01", "s").astype(np.int64)
    start = began + day * (DAY // SECOND) + (hour * (HOUR // SECOND)).astype(np.int64)
    channel = rng.choice(len(truth.starts), size=len(user), p=[0.42, 0.25, 0.15, 0.18])
    return _Sessions(user, channel, np.asarray(start, np.int64))


@dataclass(eq=False)
class _Browsing:
    """All sessions at once, a step at a time.

    Attributes:
        device, segment, channel: (sessions,) codes.
        product: (sessions,) the last product, -1 before the first.
        section: (sessions,) the last section that was searched.
        cart: bool (sessions, products).
    """

    truth: ClickstreamTruth
    rng: np.random.Generator
    device: Ints
    segment: Ints
    channel: Ints
    product: Ints
    section: Ints
    cart: np.ndarray

    @classmethod
    def of(cls, truth: ClickstreamTruth, users: _Users, sessions: _Sessions, rng: np.random.Generator) -> _Browsing:
        """Sessions before their first step."""
        count, user = len(sessions.user), sessions.user
        before, cart = np.full(count, -1, np.int64), np.zeros((count, len(truth.prices)), bool)
        return cls(truth, rng, users.device[user], users.segment[user], sessions.channel, before, before.copy(), cart)

    def clicks(self) -> _Clicks:
        """All steps until each session's end; a purchase is a row for each product in the cart."""
        chain, starts = _matrix(self.truth.transitions), _matrix(self.truth.starts)
        self._shelf, self._taste = _shelves(self.truth), _tastes()
        at = np.arange(len(self.channel), dtype=np.int64)
        previous, step = np.full(len(at), -1, np.int64), choose(starts, self.channel, self.rng)
        made = []
        for place in range(_MOST_STEPS):
            made.append(self._act(at, previous, step, place))
            following = choose(chain, step, self.rng)
            on = following < len(_STEP)
            at, previous, step = at[on], step[on], following[on]
            if not len(at):
                break
        return _joined(made)

    def _act(self, at: Ints, previous: Ints, step: Ints, place: int) -> _Clicks:
        """One step of the sessions `at`, with what it does to their carts."""
        viewing, searching, adding = (step == _STEP[name] for name in ("view", "search", "add"))
        self.section[at[searching]] = choose(self._taste, self.segment[at[searching]], self.rng)
        self.product[at[viewing]] = self._viewed(at[viewing], previous[viewing])
        self.cart[at[adding], self.product[at[adding]]] = True
        item = _page_items(self.truth)[step]
        item[searching] = len(self.truth.prices) + self.section[at[searching]]
        shown = viewing | adding | (step == _STEP["wish"])
        item[shown] = self.product[at[shown]]
        removing = np.flatnonzero(step == _STEP["remove"])
        # The cart has just been opened, so it is not empty.
        item[removing] = np.argmax(
            self.cart[at[removing]] * self.rng.random((len(removing), self.cart.shape[1])), axis=1
        )
        self.cart[at[removing], item[removing]] = False
        buying = step == _STEP["purchase"]
        which, product = np.nonzero(self.cart[at[buying]])
        self.cart[at[buying]] = False
        session = np.concatenate([at[~buying], at[buying][which]])
        steps = np.concatenate([step[~buying], np.full(len(which), _STEP["purchase"])])
        items = np.concatenate([item[~buying], product])
        return _Clicks(session, np.full(len(session), place, np.int64), steps, items)

    def _viewed(self, at: Ints, previous: Ints) -> Ints:
        """The product that each session views next."""
        last, products = self.product[at], len(self.truth.prices)
        section = choose(self._taste, self.segment[at], self.rng)
        stays = (last >= 0) & (self.rng.random(len(at)) < _SAME_SECTION)
        section = np.where(stays, last // (products // len(SECTIONS)), section)
        section = np.where(previous == _STEP["search"], self.section[at], section)
        partner = _accessory_codes(self.truth)[last]
        added = (previous == _STEP["add"]) & (partner >= 0)
        avoided = np.where(added, partner, products)
        row = (self.device[at] * (products + 1) + avoided) * len(SECTIONS) + section
        chosen = choose(self._shelf, row, self.rng)
        return np.where(added & (self.rng.random(len(at)) < self.truth.accessory), partner, chosen)


def _matrix(shares: dict[str, dict[str, float]]) -> Floats:
    """Probabilities of steps as a matrix: a row for each key, a column for each step and one for the end."""
    made = np.zeros((len(shares), len(STEPS) + 1))
    for row, following in enumerate(shares.values()):
        for step, share in following.items():
            made[row, _STEP.get(step, len(STEPS))] = share
    return made


def _tastes() -> Floats:
    """The probability of each section by segment: each has a first and a second favourite."""
    count = len(SECTIONS)
    return normalised(1.0 + 8.0 * np.eye(count) + 4.0 * np.roll(np.eye(count), 2, axis=1))


def _shelves(truth: ClickstreamTruth) -> Floats:
    """The probability of each product by device, product to avoid (the last is none) and section."""
    names = list(truth.prices)
    size = len(names) // len(SECTIONS)
    rank = np.arange(len(names)) % size
    weight = np.zeros((len(DEVICES), len(names) + 1, len(SECTIONS), len(names)))
    for section in range(len(SECTIONS)):
        inside = np.arange(len(names)) // size == section
        weight[:, :, section, inside] = 1.0 / (rank[inside] + 2.0)
    for product, owner in CASES.items():
        others = [code for code, device in enumerate(_DEVICE_NAMES) if device != owner]
        weight[others, :, :, names.index(product)] = 0.0
    avoided = np.arange(len(names))
    weight[:, avoided, :, avoided] = 0.0
    return normalised(weight.reshape(-1, len(names)))


def _items(truth: ClickstreamTruth) -> list[str]:
    """The names of all items by code: products, sections, pages, plans."""
    return list(truth.sections)


def _page_items(truth: ClickstreamTruth) -> Ints:
    """The item of each step that always has the same one, 0 for the others."""
    items = _items(truth)
    return np.array([items.index(page) if page else 0 for _, page in STEPS.values()], np.int64)


def _accessory_codes(truth: ClickstreamTruth) -> Ints:
    """The accessory of each product, -1 without one, and once more -1 for no product."""
    names = list(truth.prices)
    wanted = [truth.accessories.get(name) for name in names]
    return np.array([-1 if name is None else names.index(name) for name in wanted] + [-1], np.int64)


def _account(truth: ClickstreamTruth, sessions: _Sessions, clicks: _Clicks, rng: np.random.Generator) -> list[_Clicks]:
    """Visits to the account at the end of sessions: refunds of the session before, subscriptions, cancellations."""
    last = np.append(sessions.user[1:] != sessions.user[:-1], True)
    bought = clicks.step == _STEP["purchase"]
    paid = np.unique(np.stack([clicks.session[bought], clicks.item[bought]]), axis=1)
    paid = paid[:, ~last[paid[0]] & (rng.random(paid.shape[1]) < truth.refunded)]
    refunds = _tail(paid[0] + 1, "refund", paid[1])
    begins = np.append(0, np.flatnonzero(last)[:-1] + 1)
    number = np.flatnonzero(last) - begins + 1
    subscribed = rng.random(len(number)) < 0.35
    plan = _items(truth).index(PLANS[0]) + (rng.random(len(number)) < 0.3)
    which = rng.integers(number)
    later = number - which - 1
    cancelled = subscribed & (later > 0) & (rng.random(len(number)) < 0.5)
    after = which + 1 + rng.integers(np.maximum(later, 1))
    made = [
        refunds,
        _tail((begins + which)[subscribed], "subscribe", plan[subscribed]),
        _tail((begins + after)[cancelled], "cancel", plan[cancelled]),
    ]
    opened = np.unique(np.concatenate([part.session for part in made]))
    account = np.full(len(opened), _items(truth).index("account"))
    return [*made, _Clicks(opened, np.full(len(opened), _MOST_STEPS), np.full(len(opened), _STEP["account"]), account)]


def _tail(session: Ints, step: str, item: Ints) -> _Clicks:
    """Rows after the visit to the account."""
    ones = np.ones(len(session), np.int64)
    return _Clicks(session, ones * (_MOST_STEPS + 1), ones * _STEP[step], item)


def _joined(parts: list[_Clicks]) -> _Clicks:
    return _Clicks(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _elapsed(truth: ClickstreamTruth, clicks: _Clicks, rng: np.random.Generator) -> Ints:
    """Seconds since the session's start of rows in order."""
    first = np.append(True, clicks.session[1:] != clicks.session[:-1])
    before = np.append(0, clicks.step[:-1])
    median = np.array([[truth.gap_median(step, following) for following in STEPS] for step in STEPS])
    drawn = rng.lognormal(np.log(median[before, clicks.step]), truth.gap_spread)
    gap = np.maximum(np.rint(drawn), 1.0).astype(np.int64)
    at_once = (before == _STEP["add"]) & (clicks.step == _STEP["cart"])
    gap[at_once & (rng.random(len(gap)) < truth.same_second)] = 0
    together = (before == _STEP["purchase"]) & (clicks.step == _STEP["purchase"])
    gap[first | together] = 0
    total = np.cumsum(gap)
    return np.asarray(total - total[first][np.cumsum(first) - 1], np.int64)


def _table(
    truth: ClickstreamTruth, users: _Users, sessions: _Sessions, clicks: _Clicks, time: Ints
) -> TransactionTable:
    user = sessions.user[clicks.session]
    moment = time.astype("datetime64[s]").astype("datetime64[ns]")
    item, event = np.array(_items(truth), object)[clicks.item], np.array([verb for verb, _ in STEPS.values()], object)
    sign = np.select([clicks.step == _STEP["purchase"], clicks.step == _STEP["refund"]], [1.0, -1.0], np.nan)
    device, country = np.array(_DEVICE_NAMES, object)[users.device], np.array(_COUNTRY_NAMES, object)[users.country]
    width, digits = max(4, len(str(len(device) - 1))), max(6, len(str(len(sessions.user))))
    frame = pd.DataFrame(
        {
            "user_id": np.array([f"user_{code:0{width}d}" for code in range(len(device))], object)[user],
            "session_id": np.array([f"sess_{code + 1:0{digits}d}" for code in range(len(sessions.user))], object)[
                clicks.session
            ],
            "event": event[clicks.step],
            "item": item,
            "timestamp": moment,
            "price": sign * pd.Series(item).map(truth.prices).to_numpy(np.float64),
            "device": device[user],
            "country": country[user],
            "channel": np.array(list(truth.starts), object)[sessions.channel[clicks.session]],
            "platform": pd.Series(device[user]).map(DEVICES),
            "language": pd.Series(country[user]).map(COUNTRIES),
            "section": pd.Series(item).map(truth.sections),
            "weekday": np.array(WEEKDAYS, object)[weekdays(moment)],
        }
    )
    roles = {"subject": "user_id", "verb": "event", "object": "item", "time": "timestamp", "amount": "price"}
    return TransactionTable.from_frame(frame, **roles, basket="session_id")  # type: ignore[arg-type]
