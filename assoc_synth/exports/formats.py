"""What a format is: its writer, its files, the extra it needs, and what it cannot carry."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assoc_synth.errors import MissingExtraError
from assoc_synth.transactions.files.parts import parts_in
from assoc_synth.transactions.table import TransactionTable


@dataclass(frozen=True)
class Format:
    """One format in which a table or its link graph is written.

    Attributes:
        writer: where it is, "module:function"; it is imported when it is needed. The function is
            `writer(source, path, *, options)`.
        files: what it writes, in words.
        lacks: what it cannot carry, in words; "" if it carries all.
        drops: of what a table may have, "time", "amount", "basket" and "extras", what it leaves out, which is told.
        contents: the names of the files of a folder, where {name} is its own; empty for a single file.
        part: the stem and the suffix of its files where they are several of a kind; both "" where there is but one.
        extra: the extra that brings the library it writes with, "" if there is none.
        needs: that library's module.
    """

    writer: str
    files: str
    lacks: str = ""
    drops: tuple[str, ...] = field(default=(), kw_only=True)
    contents: tuple[str, ...] = field(default=())
    part: tuple[str, str] = field(default=("", ""), kw_only=True)
    extra: str = ""
    needs: str = ""

    def load(self) -> Callable[..., tuple[str, ...] | None]:
        """The writer, which returns its notes if it has some.

        Raises:
            MissingExtraError: the library it writes with is absent.
        """
        if self.needs and importlib.util.find_spec(self.needs) is None:
            raise MissingExtraError(f"this format is written with {self.needs}, which", self.extra)
        module, name = self.writer.split(":")
        found: Callable[..., tuple[str, ...] | None] = getattr(
            importlib.import_module(f"assoc_synth.exports.{module}"), name
        )
        return found

    def files_in(self, name: str, *, split: bool = False) -> tuple[str, ...]:
        """The names of the files of a folder of this name; none if it is a single file.

        Example:
            >>> Format("", "", contents=("{name}.inter",)).files_in("shop")
            ('shop.inter',)
        """
        if split:
            return ("train.tsv", "valid.tsv", "test.tsv")
        return tuple(one.replace("{name}", name) for one in self.contents)

    def replaced(self, path: str | os.PathLike[str], *, split: bool = False) -> tuple[str, ...]:
        """The names of the files that may be in a folder at `path` when it is written; none if it is a single file.

        Args:
            path: the folder.
            split: as for `files_in`.
        """
        own, (stem, suffix) = self.files_in(Path(path).resolve().name, split=split), self.part
        return (*own, *(parts_in(path, suffix, stem) if stem else ()))

    @property
    def is_parted(self) -> bool:
        """Whether it is a single file, or a folder of such files."""
        return bool(self.part[0]) and not self.contents

    def suffixes(self) -> tuple[str, ...]:
        """The suffixes that its file has, without .gz; none if it is a folder.

        Example:
            >>> Format("", "FILE.csv, .tsv (also .gz)").suffixes(), Format("", "a folder: items.parquet").suffixes()
            (('.csv', '.tsv'), ())
        """
        return tuple(suffix for suffix in re.findall(r"(?:FILE|\s)(\.[a-z]+)", self.files) if suffix != ".gz")

    def left_out(self, table: TransactionTable) -> tuple[str, ...]:
        """A note on what of a table is not in the file; nothing if all is.

        Example:
            >>> from assoc_synth.datasets import toy_shop
            >>> Format("", "", drops=("time", "basket", "extras")).left_out(toy_shop(subjects=3))
            ("left out, as this format cannot hold it: the time ('date')",)
        """
        roles = table.schema.roles()
        gone = [f"the {role} ({roles[role]!r})" for role in self.drops if role in roles]
        extras = [repr(str(column)) for column in table.schema.extras] if "extras" in self.drops else []
        gone += [f"the column{'s' if len(extras) > 1 else ''} {', '.join(extras)[:200]}"] if extras else []
        return (f"left out, as this format cannot hold it: {', '.join(gone)}",) if gone else ()

    def options(self) -> list[str]:
        """The names of its options."""
        parameters = inspect.signature(self.load()).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
