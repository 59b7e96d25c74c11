"""House rules that no linter holds: each test names every offender, and each rule is tried on a planted one."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE, TESTS = ROOT / "assoc_synth", ROOT / "tests"
MOST_LINES_OF_A_FUNCTION, MOST_PARAMETERS, MOST_LINES_OF_A_FILE, MOST_ENTRIES_AT_THE_TOP = 50, 8, 400, 21
CLOCKS = frozenset({"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "time_ns"})
"""Functions of the module `time`, as attributes or imported; `time.time` is known by its module."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def expect_none(offenders: Iterable[str]) -> None:
    found = list(offenders)
    if found:
        pytest.fail("\n".join([f"{len(found)} offenders:", *found]), pytrace=False)


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def long_functions(source: str) -> list[str]:
    """Functions of more than 50 lines, signature and docstring included, decorators not."""
    lengths = {node: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions(source)}
    return [f"{node.name}: {length} lines" for node, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION]


def wide_functions(source: str) -> list[str]:
    """Functions of more than 8 parameters; a first self or cls, *args and **kwargs are not counted."""
    found = []
    for node in functions(source):
        positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        count = len(positional) + len(node.args.kwonlyargs) - (positional[:1] in (["self"], ["cls"]))
        if count > MOST_PARAMETERS:
            found.append(f"{node.name}: {count} parameters")
    return found


def unformatted(source: str) -> list[str]:
    """Lines that the formatter is told to skip, but for the ends of data tables: long assignments at module level."""
    assigned = [node for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    tables = {node.end_lineno for node in assigned if node.end_lineno != node.lineno}
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    skips = [line for line, text in comments if "fmt: skip" in text and line not in tables]
    offs = [line for line, text in comments if "fmt: off" in text]
    return [f"line {line}" for line in sorted(skips + offs)]


def reads_clock(node: ast.AST) -> bool:
    for call in (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)):
        if isinstance(call, ast.Attribute):
            of_time = isinstance(call.value, ast.Name) and call.value.id == "time"
            if call.attr in CLOCKS or (of_time and call.attr == "time"):
                return True
        elif isinstance(call, ast.Name) and call.id in CLOCKS:
            return True
    return False


def timed_assertions(source: str) -> list[str]:
    """Assertions on a clock, or on a name that was computed from one in the same function."""
    found = []
    for function in functions(source):
        assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign) and reads_clock(node.value)]
        timed = {name.id for node in assigned for name in ast.walk(node) if isinstance(name, ast.Name)} - {"time"}
        for node in ast.walk(function):
            if isinstance(node, ast.Assert) and (
                reads_clock(node) or any(isinstance(name, ast.Name) and name.id in timed for name in ast.walk(node))
            ):
                found.append(f"{function.name}, line {node.lineno}")
    return found


RULES = {
    "functions of at most 50 lines": (long_functions, PACKAGE),
    "functions of at most 8 parameters": (wide_functions, PACKAGE),
    "formatted but for data tables": (unformatted, ROOT),
    "no assertion on a clock": (timed_assertions, TESTS),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds_in_every_file(rule: str) -> None:
    find, where = RULES[rule]
    paths = sources(PACKAGE, TESTS) if where == ROOT else sources(where)
    assert len(paths) > 50
    expect_none(f"{name_of(path)}: {offender}" for path in paths for offender in find(path.read_text("utf-8")))


def test_every_module_has_a_test_file_of_its_name() -> None:
    modules = [path.relative_to(PACKAGE) for path in sources(PACKAGE) if path.stem not in ("__init__", "__main__")]
    assert len(modules) > 100
    wanted = [TESTS / "unit" / module.parent / f"test_{module.name}" for module in modules]
    expect_none(f"{name_of(path)} is missing" for path in wanted if not path.is_file())


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in sources(PACKAGE, TESTS)}
    expect_none(f"{name}: {length} lines" for name, length in lengths.items() if length > MOST_LINES_OF_A_FILE)


def test_the_top_of_the_package_fits_in_one_glance() -> None:
    entries = sorted(path.name for path in PACKAGE.iterdir() if path.name != "__pycache__")
    assert len(entries) <= MOST_ENTRIES_AT_THE_TOP, entries


def test_a_long_function_is_found() -> None:
    def lines(count: int) -> str:
        return "@decorated\ndef f():\n" + "    pass\n" * (count - 1)

    assert long_functions(lines(50)) == []
    assert long_functions(lines(51)) == ["f: 51 lines"]


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        ("self, a, b, c, d, e, f, g, h", []),
        ("a, /, b, c, d, *args, e, f, g, h, **kwargs", []),
        ("a, /, b, c, d, *, e, f, g, h, i", ["f: 9 parameters"]),
        ("self, a, b, c, d, e, f, g, h, i", ["f: 9 parameters"]),
        ("a, b, c, d, e, f, g, h, cls", ["f: 9 parameters"]),
    ],
)
def test_a_wide_function_is_found(signature: str, found: list[str]) -> None:
    assert wide_functions(f"def f({signature}): ...") == found


def test_a_skipped_line_is_found_but_in_a_data_table() -> None:
    table = "TABLE: dict[str, int] = {\n    'a':   1,\n}  # fmt: skip\n"
    assert unformatted(table) == []
    assert unformatted(table + "x   = 1  # fmt: skip\n") == ["line 4"]
    assert unformatted("def f():\n    t = [\n 1]  # fmt: skip\n") == ["line 3"]
    assert unformatted("# fmt: off\nT = [1]\n") == ["line 1"]
    assert unformatted("TEXT = '# fmt: skip'\n") == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("assert time.monotonic() - began < 1", True),
        ("assert perf_counter() < 1", True),
        ("took = time.time() - 3; assert took < 1", True),
        ("began = time.monotonic(); assert began is not None", True),
        ("deadline = time.monotonic() + 3; work(deadline); assert done", False),
        ("assert table.time is not None; assert days(table.time())", False),
    ],
)
def test_an_assertion_on_a_clock_is_found(body: str, found: bool) -> None:
    assert bool(timed_assertions(f"def test_it():\n    {body}\n")) is found
