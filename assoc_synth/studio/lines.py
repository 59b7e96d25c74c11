"""The lines that do the same without the page: for a shell, and in Python."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from assoc_synth.studio.sources import Source
from assoc_synth.studio.wishes import scenario_keywords

PROGRAM, MODEL = "assoc-synth", "model"
_FLAGS = {"normalise_names": "--normalise-names", "drop_incomplete": "--drop-incomplete"}


def fit_shell(source: Source, kinds: Mapping[str, str], asked: Mapping[str, Any]) -> str:
    """The command that trains the same model.

    Args:
        source: the table; kinds: what extra columns are.
        asked: seed, max_minutes, min_subjects.

    Example:
        >>> fit_shell(Source("toy-shop", {}, is_file=False), {}, {"seed": 0, "max_minutes": 2.0})
        'assoc-synth fit toy-shop -m model --max-minutes 2 --seed 0'
    """
    words = [PROGRAM, "fit", source.name, "-m", MODEL, *reading(source, kinds)]
    if asked.get("max_minutes"):
        words += ["--max-minutes", f"{asked['max_minutes']:g}"]
    if asked.get("min_subjects", 5) != 5:
        words += ["--min-subjects", str(asked["min_subjects"])]
    return shlex.join([*words, "--seed", str(asked["seed"])])


def reading(source: Source, kinds: Mapping[str, str]) -> list[str]:
    """The options that say how a table is read."""
    words = []
    for name, value in source.roles.items():
        if name == "header" and value is False:
            words.append("--no-header")
        elif name in _FLAGS and value:
            words.append(_FLAGS[name])
        elif name not in ("columns", "header", *_FLAGS) and value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    for column, kind in kinds.items():
        words += ["--column", f"{column}={kind}"]
    return words


def sample_shell(model: str, spec: Mapping[str, Any]) -> str:
    """The commands that draw the same; "" for conditions, which are asked for in Python.

    Args:
        model: the name of a stored model, or "model".
        spec: size, scenario, seed, format, options and file, as the task `draw` takes them; roles: the columns of the
            rows by role, where they are written in a format that is made of a file of rows.

    Example:
        >>> spec = {"size": {"num_rows": 90}, "scenario": {"boost": [["bought", "tea", 2.0]]}, "seed": 1}
        >>> sample_shell("model", {**spec, "format": "csv", "options": {}, "file": "rows.csv"})
        'assoc-synth sample model -o rows.csv --rows 90 --boost bought,tea=2 --seed 1'
    """
    wish = spec["scenario"]
    if wish.get("conditions"):
        return ""
    is_plain = spec["format"] in ("csv", "parquet", "jsonl") and not spec["options"]
    file = str(spec["file"]) if is_plain else "rows.parquet"
    words = [PROGRAM, "sample", model, "-o", file]
    size = spec["size"]
    words += ["--rows", str(size["num_rows"])] if size.get("num_rows") else []
    words += ["--subjects", str(size["num_subjects"])] if size.get("num_subjects") else []
    for verb in size.get("verbs") or ():
        words += ["--verb", verb]
    if wish.get("rebalance"):
        words += ["--rebalance", ",".join(f"{name}={share:g}" for name, share in wish["rebalance"].items())]
    for verb, thing, factor in wish.get("boost") or ():
        words += ["--boost", f"{verb},{thing}={factor:g}"]
    words += ["--allow-undertrained"] if spec.get("allow_undertrained") else []
    lines = [shlex.join([*words, "--seed", str(spec["seed"])])]
    if not is_plain:
        more = [part for name, value in spec["options"].items() for part in _option(name, value)]
        for role, column in spec.get("roles", {}).items():  # the file does not say which column is which
            more += [f"--{role.replace('_', '-')}", str(column)]
        lines.append(shlex.join([PROGRAM, "export", file, "-f", spec["format"], "-o", str(spec["file"]), *more]))
    return "\n".join(lines)


def _option(name: str, value: object) -> list[str]:
    flag = "--only-verb" if name == "verb" else f"--{name.replace('_', '-')}"
    return [flag] if value is True else [flag, str(value)]


def fit_python(source: Source, kinds: Mapping[str, str], asked: Mapping[str, Any]) -> str:
    """The lines of Python that train the same model, and keep it."""
    given = {name: value for name, value in source.roles.items() if value is not None and name != "columns"}
    if source.is_file and not source.has_roles:
        read = f"LinkGraph.read({source.name!r}).table"
    elif source.is_file:
        read = f"TransactionTable.read({', '.join([repr(source.name), *_keywords(given)])})"
    else:
        read = f"datasets.load({source.name!r})"
    made = {"random_state": asked["seed"], "max_minutes": asked.get("max_minutes")}
    if asked.get("min_subjects", 5) != 5:
        made["min_subjects"] = asked["min_subjects"]
    fitted = ", ".join(["table", *([f"columns={dict(kinds)!r}"] if kinds else [])])
    lines = [
        "from assoc_synth import AssociativeSynthesizer, LinkGraph, TransactionTable, datasets",
        "",
        f"table = {read}",
        f"made = AssociativeSynthesizer({', '.join(_keywords(made))}).fit({fitted})",
        f"made.save({MODEL!r})",
    ]
    return "\n".join(lines)


def sample_python(model: str, spec: Mapping[str, Any]) -> str:
    """The lines of Python that draw the same and write it."""
    keywords = {**spec["size"], **scenario_keywords(spec["scenario"]), "seed": spec["seed"]}
    if spec.get("allow_undertrained"):
        keywords["allow_undertrained"] = True
    options = ", ".join(["", *_keywords(spec["options"])])
    return "\n".join(
        [
            "from assoc_synth import AssociativeSynthesizer",
            "from assoc_synth.exports import export",
            "",
            f"made = AssociativeSynthesizer.load({model!r})",
            f"result = made.sample({', '.join(_keywords(keywords))})",
            f"export(result.table, {spec['format']!r}, {str(spec['file'])!r}{options if spec['options'] else ''})",
        ]
    )


def _keywords(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}={value!r}" for name, value in values.items()]
