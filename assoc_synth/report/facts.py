"""Facts of a sample or a validation as plain JSON values, stable within a format version."""

from __future__ import annotations

from typing import Any

from assoc_synth.report.also_buy import AlsoBuyFacts
from assoc_synth.validation.verdict import Verdict

FORMAT_VERSION = 1


def facts(verdict: Verdict, *, also_buy: AlsoBuyFacts | None = None, **more: Any) -> dict[str, Any]:
    """What `--json` writes.

    Args:
        also_buy: pairs of both tables, where there is a real one beside the synthetic.
        more: further entries, JSON values.
    """
    pairs = {} if also_buy is None else {"also_buy": also_buy.to_dict()}
    return {"format_version": FORMAT_VERSION, "verdict": verdict.to_dict(), **more, **pairs}
