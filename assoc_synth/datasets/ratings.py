"""Ratings: five hundred viewers, each film once under one of three verbs, and tastes that are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from assoc_synth.datasets.draws import choose, normalised, runs
from assoc_synth.datasets.sizes import check_size
from assoc_synth.datasets.truths import Share, check_columns, codes_of, shares
from assoc_synth.errors import InputError
from assoc_synth.randomness import Seeds
from assoc_synth.transactions.arrays import Floats, Ints
from assoc_synth.transactions.days import DAY, HOUR, SECOND
from assoc_synth.transactions.table import TransactionTable

_WORDS = {
    "western": ("Dusty Lonely Last Wild Silver Burning Broken Painted", "Trail Saddle Canyon Sheriff Frontier"),
    "crime": ("Perfect Hidden Second Cold Midnight Double Silent Final", "Alibi Witness Verdict Motive Heist"),
    "comedy": ("My Our Another One Worst Almost Accidental Plan", "Wedding Neighbour Holiday Reunion Roommate"),
    "romance": ("Paris Autumn Forever Letters Sweet Secret Distant First", "Kiss Promise Waltz Serenade Rendezvous"),
    "horror": ("The Beneath Beyond Inside Crimson Hollow Buried Cursed", "Cellar Attic Scream Ritual Asylum"),
    "science fiction": ("Orbital Quantum Zero Red Deep Solar Binary Outer", "Colony Signal Horizon Android Nebula"),
    "war": ("Iron Distant Fallen Northern Forgotten Long Black Last", "Brigade Trench Battalion Armistice Convoy"),
    "animation": ("Tiny Brave Magic Clever Flying Little Golden Dancing", "Dragon Otter Teapot Hedgehog Comet"),
    "documentary": ("Inside About Against Mapping Saving Hunting Counting After", "Glaciers Bees Jazz Rivers Salt"),
    "musical": ("Broadway Tap Velvet Rhythm Sunset Jukebox Swing Encore", "Melody Chorus Overture Ballroom Spotlight"),
}  # fmt: skip
"""The words of the titles of each genre; the first titles of a genre are the most popular ones."""

_COLUMNS = ("user_id", "action", "movie", "timestamp", "rating", "genre")
FAVOURITE, NEUTRAL, UNLOVED = 0, 1, 2
"""What a genre is to a taste."""


def _titles() -> dict[str, str]:
    films: dict[str, str] = {}
    for genre, (firsts, seconds) in _WORDS.items():
        films |= {f"{first} {second}": genre for first in firsts.split() for second in seconds.split()}
    return films


class Taste(NamedTuple):
    """The genres that the viewers of one latent group choose and like, and those that they avoid and dislike."""

    favourite: tuple[str, ...]
    unloved: tuple[str, ...]


@dataclass(frozen=True)
class RatingsTruth:
    """All that the ratings plant.

    How many films a viewer rates is lognormal, a few rate all of them: much of what goes together does so because of
    them alone. The rest is taste: a viewer has one of six latent tastes, which decides by a film's genre how much it
    attracts and what is said of it. The order of a viewer's ratings says nothing.

    Attributes:
        films: the genre of each film.
        tastes: the latent tastes, equally frequent.
        attraction: the weight of a film of a favourite, neutral or unloved genre among the films that are chosen.
        verbs: liked, seen, disliked.
        verb_shares: the probability of each verb for a film of a favourite, neutral or unloved genre.
        stars: the probability of each number of stars under a verb; no number occurs under two verbs.
        all_films: the share of viewers who rate every film.

    Example:
        >>> truth = RatingsTruth()
        >>> len(truth.films), truth.films["Orbital Colony"], truth.verb_shares[FAVOURITE]
        (400, 'science fiction', (0.72, 0.2, 0.08))
        >>> truth.tastes_of(subjects=5).tolist()
        [4, 0, 5, 4, 4]
    """

    films: dict[str, str] = field(default_factory=_titles)
    tastes: tuple[Taste, ...] = (
        Taste(("western", "war"), ("musical", "romance")),
        Taste(("romance", "comedy"), ("horror", "war")),
        Taste(("horror", "crime"), ("animation", "musical")),
        Taste(("science fiction", "animation"), ("romance", "western")),
        Taste(("documentary", "crime"), ("science fiction", "comedy")),
        Taste(("musical", "animation"), ("crime", "horror")),
    )
    attraction: tuple[float, float, float] = (6.0, 1.0, 0.35)
    verbs: tuple[str, ...] = ("liked", "seen", "disliked")
    verb_shares: tuple[tuple[float, float, float], ...] = ((0.72, 0.20, 0.08), (0.30, 0.50, 0.20), (0.06, 0.26, 0.68))
    stars: tuple[dict[int, float], ...] = ({4: 0.55, 5: 0.45}, {3: 1.0}, {1: 0.4, 2: 0.6})
    all_films: float = 0.02

    @property
    def levels(self) -> Ints:
        """What each film is to each taste, 0 favourite, 1 neutral, 2 unloved: shape (tastes, films)."""
        genres = np.array(list(self.films.values()))
        rows = [
            np.where(np.isin(genres, taste.favourite), FAVOURITE, np.where(np.isin(genres, taste.unloved), UNLOVED, 1))
            for taste in self.tastes
        ]
        return np.stack(rows).astype(np.int64)

    def tastes_of(self, *, subjects: int = 500, seed: int = 0) -> Ints:
        """The latent taste of each viewer of `ratings(subjects=subjects, seed=seed)`, in the order of their names."""
        rng = Seeds.of(seed).child("ratings").child("tastes").generator()
        return np.asarray(rng.integers(len(self.tastes), size=subjects), np.int64)

    def likeliest_tastes(self, rows: pd.DataFrame) -> pd.Series:
        """The taste that explains each viewer's verbs best, by viewer: the maximum of the planted likelihood.

        With a hundred ratings it is nearly always the true one, so that a synthetic table can be asked too.
        """
        viewer, names = pd.factorize(rows["user_id"], sort=True)
        film, verb = self._codes(rows)
        said = np.log(np.array(self.verb_shares))
        evidence = np.stack([np.bincount(viewer, said[level[film], verb], len(names)) for level in self.levels])
        return pd.Series(evidence.argmax(axis=0), index=pd.Index(names, name="user_id"), name="taste")

    def frequencies(self, rows: pd.DataFrame, tastes: pd.Series | None = None) -> pd.DataFrame:
        """Planted shares beside those of the rows: verbs by what a film is to its viewer's taste, stars by verb.

        Args:
            rows: (n, columns) as `ratings` has them.
            tastes: the taste of each viewer, indexed by viewer; default those that explain the verbs best.

        Raises:
            InputError: a film or a verb is unknown, a column is missing, or a viewer has no taste.
        """
        check_columns(rows, _COLUMNS)
        film, verb = self._codes(rows)
        taste = rows["user_id"].map(self.likeliest_tastes(rows) if tastes is None else tastes)
        if taste.isna().any():
            raise InputError(f"no taste is given of viewer {str(rows['user_id'][taste.isna()].iloc[0])[:40]!r}")
        level = self.levels[taste.to_numpy(np.int64), film]
        found = []
        for code, name in enumerate(("favourite", "neutral", "unloved")):
            for at, share in enumerate(self.verb_shares[code]):
                held = int(((level == code) & (verb == at)).sum())
                found.append(Share(f"{self.verbs[at]}, given a {name} genre", share, held, int((level == code).sum())))
        given = np.asarray(rows["rating"].astype(float), np.float64)
        for at, stars in enumerate(self.stars):
            for number, share in stars.items():
                held = int(((verb == at) & (given == number)).sum())
                found.append(Share(f"{number} stars, given {self.verbs[at]}", share, held, int((verb == at).sum())))
        return shares(found)

    def violations(self, rows: pd.DataFrame) -> dict[str, int]:
        """Rows that cannot be: a film twice, stars of another verb, another film's genre.

        Raises:
            InputError: a film or a verb is unknown, or a column is missing.
        """
        check_columns(rows, _COLUMNS)
        verb = self._codes(rows)[1]
        fits = [np.isin(np.asarray(rows["rating"].astype(float), np.float64), list(stars)) for stars in self.stars]
        return {
            "a viewer rates a film twice": int(rows.duplicated(["user_id", "movie"]).sum()),
            "stars of another verb": int((~np.stack(fits)[verb, np.arange(len(rows))]).sum()),
            "another film's genre": int((rows["genre"] != rows["movie"].map(self.films)).sum()),
        }

    def _codes(self, rows: pd.DataFrame) -> tuple[Ints, Ints]:
        return codes_of(rows, "movie", list(self.films)), codes_of(rows, "action", self.verbs)


def ratings(*, subjects: int = 500, seed: int = 0) -> TransactionTable:
    """Films that viewers liked, have seen, or disliked, with the tastes that `RatingsTruth` lists.

    Args:
        subjects: number of viewers. Each rates each film at most once; about a hundred of 400 films on average, at
            least five, and a few viewers all of them.
        seed: of all that is random.

    Returns:
        A table with the columns user_id, action, movie, timestamp, rating (1 to 5 stars, decided by the action) and
        genre (decided by the movie). A viewer rates in sessions of about eight films, on different days.

    Raises:
        InputError: `subjects` is not a whole number from 1 on, or `seed` is not one from 0 on.

    Example:
        >>> ratings(subjects=5).to_frame().columns.tolist()
        ['user_id', 'action', 'movie', 'timestamp', 'rating', 'genre']
    """
    check_size("subjects", subjects)
    seeds, truth = Seeds.of(seed).child("ratings"), RatingsTruth()
    taste = truth.tastes_of(subjects=subjects, seed=seed)
    viewer, film = _chosen(truth, taste, seeds.child("films").generator())
    rng = seeds.child("verbs").generator()
    verb = choose(np.array(truth.verb_shares), truth.levels[taste[viewer], film], rng)
    stars = np.zeros((len(truth.verbs), 5))
    for at, given in enumerate(truth.stars):
        stars[at, np.array(list(given)) - 1] = list(given.values())
    titles, genres = np.array(list(truth.films), object), np.array(list(truth.films.values()), object)
    width = max(4, len(str(subjects - 1)))
    frame = pd.DataFrame(
        {
            "user_id": np.array([f"user_{code:0{width}d}" for code in range(subjects)], object)[viewer],
            "action": np.array(truth.verbs, object)[verb],
            "movie": titles[film],
            "timestamp": _times(viewer, seeds.child("times").generator()).astype("datetime64[s]"),
            "rating": choose(stars, verb, rng) + 1,
            "genre": genres[film],
        }
    )
    roles = {"subject": "user_id", "verb": "action", "object": "movie", "time": "timestamp", "amount": "rating"}
    return TransactionTable.from_frame(frame.astype({"timestamp": "datetime64[ns]"}), **roles)  # type: ignore[arg-type]


def _chosen(truth: RatingsTruth, taste: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The films of each viewer without repetition, in random order: viewers and films, one entry a rating."""
    count, films = len(taste), len(truth.films)
    number = np.clip(rng.lognormal(4.27, 0.8, count), 5, films).astype(np.int64)
    number[rng.random(count) < truth.all_films] = films
    # The most popular title of a genre attracts six times as much as its last one.
    rank = np.tile(np.arange(films // len(_WORDS)), len(_WORDS))
    weight = normalised((1.0 / (rank + 3.0) ** 0.7) * np.array(truth.attraction)[truth.levels])
    # Gumbel noise on log-weights, the largest first: successive draws without replacement (Plackett–Luce).
    order = np.argsort(-(np.log(weight[taste]) + rng.gumbel(size=(count, films))), axis=1)
    viewer = np.repeat(np.arange(count, dtype=np.int64), number)
    film = order[viewer, runs(number)]
    # The attractive films come first in that order; what comes first here says nothing.
    shuffled = np.lexsort((rng.random(len(film)), viewer))
    return viewer, film[shuffled].astype(np.int64)


def _times(viewer: Ints, rng: np.random.Generator) -> Ints:
    """Seconds since 1970 of sorted viewers' ratings: sessions on different evenings, 5 to 89 seconds inside."""
    first = np.append(True, viewer[1:] != viewer[:-1])
    opens = first | (rng.random(len(viewer)) < 1 / 8)
    start = np.where(first, rng.integers(0, 180, len(viewer)), rng.geometric(1 / 6, len(viewer)))
    day = _summed(np.where(opens, start, 0), first)
    hour = (7.0 + 15.0 * rng.beta(8.0, 2.0, len(viewer))) * (HOUR // SECOND)
    session = np.cumsum(opens) - 1
    inside = _summed(np.where(opens, 0, rng.integers(5, 90, len(viewer))), opens)
    began = np.datetime64("2023-01-01", "s").astype(np.int64)
    return np.asarray(began + day * (DAY // SECOND) + hour[opens].astype(np.int64)[session] + inside, np.int64)


def _summed(steps: Floats | Ints, restarts: np.ndarray) -> Ints:
    """Running sums that start again where `restarts` is true."""
    total = np.cumsum(steps)
    before = (total - steps)[restarts]
    return np.asarray(total - before[np.cumsum(restarts) - 1], np.int64)
