"""Values that one training subject alone has are planted in a table: no file, message or emitted row holds one."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assoc_synth import AssociativeSynthesizer
from assoc_synth.cli.commands import run_command
from assoc_synth.ctgan.config import CTGANConfig
from assoc_synth.errors import GateRejected
from assoc_synth.model.directory import FILES, parse_arrays, parse_vocabulary

SUBJECTS = 120
ROUNDS = {"calibration_rounds": 1, "count_rounds": 1, "link_rounds": 1, "order_rounds": 1, "visit_rounds": 1}
QUICKEST = CTGANConfig(noise_dim=4, context_dim=8, association_dim=8, hidden_dim=8, blocks=1, epochs=1, **ROUNDS)
ROLES = {"subject": "customer", "verb": "action", "object": "product", "time": "when", "amount": "price"}
WORDS = ("astronautess", "lighthousist", "Xanaduville", "Zylberstein", "zebrafish", "deptOfOnlyOne", "zelda@mail.org")
NUMBERS = (8_123_457.0, 4_711.123, 31_337.77, 5_150.25)
TIMES = (pd.Timestamp("2019-03-05 03:17:43"), pd.Timestamp("1901-02-03"))


def planted(seed: int) -> pd.DataFrame:
    """A shop of 120 customers; customers 3 to 20 have what nobody else has. All phone numbers are single, as floats."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(SUBJECTS), rng.integers(3, 7, SUBJECTS))
    rows = len(who)
    frame = pd.DataFrame({"customer": who, "action": rng.choice(["bought", "returned"], rows, p=[0.85, 0.15])})
    frame["product"] = rng.choice([f"product {letter}" for letter in "ABCDEFGHIJ"], rows)
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300 * 86_400, rows), unit="s")
    frame["price"] = frame["product"].map(lambda name: 3.25 + 2 * (ord(name[-1]) % 7))
    frame["weight"] = rng.lognormal(1, 0.5, rows).round(3)
    frame["phone"] = np.where(rng.random(SUBJECTS) > 0.2, rng.integers(600_000_000, 999_999_999, SUBJECTS), np.nan)[who]
    frame["born"] = (pd.Timestamp("1940-01-01") + pd.to_timedelta(rng.integers(0, 25_000, SUBJECTS), unit="D"))[who]
    frame["job"] = rng.choice(["cook", "clerk", "nurse", "driver"], SUBJECTS)[who]
    frame["income"] = rng.lognormal(10.3, 0.4, SUBJECTS).round()[who]
    frame["city"] = rng.choice(["Bern", "Graz", "Lyon", "Turin", "Ghent"], SUBJECTS)[who]
    frame["dept"] = frame["product"].map(lambda name: f"dept {ord(name[-1]) % 3}")
    words = np.array(["please", "call", "visit", "write", "before", "after", "noon", "soon", "later", "often", "never"])
    frame["note"] = [" ".join(rng.choice(words, 8)) + " End" for _ in range(rows)]
    frame.loc[who == 3, "job"], frame.loc[who == 4, "job"] = WORDS[:2]
    frame.loc[who == 5, "income"], frame.loc[who == 6, "weight"], frame.loc[who == 7, "price"] = NUMBERS[:3]
    frame.loc[np.flatnonzero(who == 8)[:1], "when"] = TIMES[0]
    frame.loc[who == 9, "born"] = TIMES[1]
    frame.loc[who == 10, "city"] = WORDS[2]
    frame.loc[np.isin(who, np.arange(11, 19)), "note"] = (
        f"please call Mrs {WORDS[3]} before noon {WORDS[6]} 0171-5551234"
    )
    frame.loc[who == 19, "note"] = f"please visit {WORDS[4]} after noon soon"
    frame.loc[np.flatnonzero(who == 20)[:1], ["product", "dept", "price"]] = ["a thing", WORDS[5], NUMBERS[3]]
    return frame


def numbers_in(value: Any) -> list[float]:
    """Every number of a JSON value."""
    if isinstance(value, dict):
        return [found for one in value.values() for found in numbers_in(one)]
    if isinstance(value, list):
        return [found for one in value for found in numbers_in(one)]
    return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize(("seed", "text"), [(0, None), (1, "words"), (2, None)])
def test_no_canary_is_stored_or_emitted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int, text: str | None
) -> None:
    frame, said = planted(seed), list[str]()
    synthesizer = AssociativeSynthesizer(config=QUICKEST, random_state=seed, text=text).fit(frame, **ROLES)
    synthesizer.save(tmp_path / "model")
    try:
        result = synthesizer.sample(200)
    except GateRejected as refusal:
        said.append("".join(traceback.format_exception(refusal)))
        result = refusal.result
    assert result is not None
    result.report().write(tmp_path / "report.html")
    assert run_command(["privacy", str(tmp_path / "model"), "--json", str(tmp_path / "stored.json"), "--all"]) == 0
    assert run_command(["info", str(tmp_path / "model")]) == 0
    said += [*capsys.readouterr(), *synthesizer.notes_, repr(synthesizer.plan_.to_frame().to_dict())]
    said += [(tmp_path / name).read_text("utf-8") for name in ("report.html", "stored.json")]
    files = {name: (tmp_path / "model" / name).read_bytes() for name in FILES}
    verbs, objects = parse_vocabulary(files["vocabulary.parquet"])
    arrays = parse_arrays(files["reference.parquet"])
    said += [files["config.json"].decode(), files["README.md"].decode(), repr([*verbs, *objects])]
    said.append(result.rows.to_csv())
    for word in (*WORDS, "5551234"):
        assert not any(word in one for one in said), word
    stored = np.concatenate([numbers_in(json.loads(files["config.json"])), *(one.ravel() for one in arrays.values())])
    emitted = [result.rows[name].dropna().to_numpy(float) for name in ("income", "weight", "price", "phone")]
    phones = frame["phone"].dropna().unique()
    for number in (*NUMBERS, *phones):
        assert not np.isclose(stored, number, rtol=1e-9, atol=0).any(), number
        assert not np.isclose(np.concatenate(emitted), number, rtol=1e-9, atol=0).any(), number
    for time in TIMES:
        assert not (np.abs(stored - time.value) < 1e9).any(), time
        assert not any(str(time.date()) in one for one in said), time


def test_names_that_only_the_gate_sees_are_in_no_file(tmp_path: Path) -> None:
    frame = planted(0)
    frame["product"] = np.where(frame.index % 9 == 0, "single " + frame.index.astype(str), frame["product"])
    synthesizer = AssociativeSynthesizer(config=QUICKEST).fit(frame, **ROLES)
    synthesizer.save(tmp_path / "model")
    names = set(frame.loc[frame["product"].str.startswith("single"), "product"])
    kept = {str(name) for name in synthesizer.model_.objects} & names
    assert 0 < len(kept) < len(names)
    assert all(count >= 1 for one in synthesizer.privacy() if one.what == "object" for count in one.subjects or ())
    stored = (tmp_path / "model" / "vocabulary.parquet").read_bytes(), (tmp_path / "model" / "config.json").read_text()
    verbs, objects = parse_vocabulary(stored[0])
    assert not (names - kept) & {*map(str, objects), *map(str, verbs)}
    fewer = AssociativeSynthesizer(config=QUICKEST, min_subjects_objects=5).fit(frame, **ROLES)
    assert not {str(name) for name in fewer.model_.objects} & names
    assert any("--min-subjects-objects" in note for note in fewer.notes_)
