"""A comparison as one HTML page that opens from disk: no network, no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from assoc_synth.evaluation.figures import Figure
from assoc_synth.gate.verdict import Verdict
from assoc_synth.report.comparison.groups import GROUPS, group_of
from assoc_synth.report.comparison.latex import span
from assoc_synth.report.comparison.marks import MOST_COLOURS, marks_plot
from assoc_synth.report.comparison.standing import GIVES_AWAY, INDEPENDENT, LIKE_REAL, NOT_FOUND, STANDINGS, standing
from assoc_synth.report.page import breakable
from assoc_synth.report.wording import STATUS, measure_words

if TYPE_CHECKING:
    from jinja2 import Template

WIDE, NARROW = 940.0, 360.0
CLASSES = {LIKE_REAL: "good", NOT_FOUND: "good", INDEPENDENT: "bad", GIVES_AWAY: "bad"}
"""The colour of a verdict; the others have none."""
AIMS = {"low": "↓", "high": "↑", "half": "→ .5"}


class Table(Protocol):
    """One of the tables compared, as `Compared` is."""

    @property
    def figures(self) -> tuple[Figure, ...]: ...
    @property
    def verdict(self) -> Verdict | None: ...


def page(
    compared: Mapping[str, Table], about: str, summary: pd.DataFrame, left_out: Mapping[str, str] | None = None
) -> str:
    """The page. The same figures give the same text.

    Args:
        compared: by the table's name.
        about: what they are compared with, in words.
        summary: as `Comparison.summary`.
        left_out: tables that cannot be compared, and why.
    """
    from markupsafe import Markup

    names = list(compared)
    every = {name: {figure.name: figure for figure in one.figures} for name, one in compared.items()}
    return _template().render(
        style=Markup(_style()),
        about=about,
        names=[(name, f"t{at % MOST_COLOURS}") for at, name in enumerate(names)],
        summary=summary.to_dict("records"),
        left_out=left_out or {},
        verdicts={name: one.verdict for name, one in compared.items() if one.verdict is not None},
        status=STATUS,
        groups=[group for name in GROUPS if (group := _group(name, names, every))],
        standings=STANDINGS,
        classes=CLASSES,
        breakable=breakable,
        fixed=lambda value: "–" if value is None or not np.isfinite(value) else f"{value:z.3f}".replace("-", "−"),
    )


def _group(group: str, names: list[str], every: Mapping[str, Mapping[str, Figure]]) -> dict[str, object]:
    """What the template shows of one group; empty where no table has a figure of it."""
    from markupsafe import Markup

    measures = dict.fromkeys(one for name in names for one in every[name] if group_of(one) == group)
    if not measures:
        return {}
    by_measure = {one: {name: every[name][one] for name in names if one in every[name]} for one in measures}
    whole = {one: figures for one, figures in by_measure.items() if ":" not in one}
    return {
        "name": group,
        "lines": [_line(one, figures, names) for one, figures in whole.items()],
        "parts": [_line(one, figures, names) for one, figures in by_measure.items() if one not in whole],
        "wide": Markup(marks_plot(whole, names, WIDE)),
        "narrow": Markup(marks_plot(whole, names, NARROW)),
    }


def _line(measure: str, figures: Mapping[str, Figure], names: list[str]) -> dict[str, object]:
    any_figure = next(iter(figures.values()))
    beside = {
        name: span(pd.Series([getattr(figure, name) for figure in figures.values()], dtype="float64"))
        for name in ("floor", "independent")
    }
    return {
        "words": measure_words(measure),
        "name": measure,
        "aim": AIMS.get(any_figure.aim, ""),
        "cells": [(figures.get(name), standing(figures[name]) if name in figures else "") for name in names],
        **{name: _typeset(text) for name, text in beside.items()},
    }


def _typeset(text: str) -> str:
    low, dash, high = text.partition("--")
    return f"{low.replace('-', '−')}{'–' if dash else ''}{high.replace('-', '−')}"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined).from_string(
        files("assoc_synth.report.comparison").joinpath("page.html").read_text(encoding="utf-8")
    )


@cache
def _style() -> str:
    """That of the report, and what is this page's own."""
    shared = files("assoc_synth.report").joinpath("page.css").read_text(encoding="utf-8")
    return shared + files("assoc_synth.report.comparison").joinpath("page.css").read_text(encoding="utf-8")
