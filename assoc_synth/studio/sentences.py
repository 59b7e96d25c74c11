"""Errors as sentences of the page: the package's own messages name what to type, the page has fields instead."""

from __future__ import annotations

import re

from assoc_synth.errors import AssocSynthError, SchemaError
from assoc_synth.transactions.detection import MissingRoles

FIELDS = {
    "verb-name": "the field “Verb of every row”",
    "time-format": "the field “How times are written”",
    "no-header": "the box “The first line is a row”",
    "max-minutes": "“Minutes at most”",
    "min-subjects": "“Subjects behind a stored value”",
    "allow-undertrained": "“Judge it all the same”",
    "column": "“What it is”",
    **{role: f"“the {role}”" for role in ("subject", "verb", "object", "time", "amount", "basket", "cluster")},
}
"""What the page has instead of the options of the command line."""


def page_words(text: str) -> str:
    """A text of the package in which options of the command line are the fields of the page.

    Example:
        >>> page_words("cut short: raise --max-minutes (in Python max_minutes)")
        'cut short: raise “Minutes at most”'
        >>> page_words("say --other")
        'say --other'
    """
    text = re.sub(r"(--[a-z-]+) \(in Python [^)]*\)", r"\1", text)
    text = re.sub(r"add --[a-z]+ ''(?: \(in Python [^)]*\))?", "say “an extra column” there", text)
    text = text.replace("--text words", "“free text”")
    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda found: FIELDS.get(found[1], found[0]), text)


def sentence_of(error: BaseException) -> str:
    """One sentence for people.

    The message of an error that this package does not raise may hold cells of the data: its class alone is named.

    Example:
        >>> sentence_of(MissingRoles(["object"], ["sku", "shop"]))
        "No column was found for the object; the columns left are 'sku', 'shop': say below which it is."
        >>> sentence_of(KeyError("a cell"))
        'Something unexpected happened (KeyError): please report it.'
    """
    if isinstance(error, MissingRoles):
        return _closed(f"{error.problem}{f'; {error.hint}' if error.hint else ''}: say below which it is")
    if isinstance(error, SchemaError | AssocSynthError):
        return _closed(page_words(str(error)))
    if isinstance(error, MemoryError):
        return "The memory of this machine is not enough: take fewer rows or subjects."
    if isinstance(error, OSError) and error.strerror:
        return _closed(f"{error.strerror}: nothing was changed")
    return f"Something unexpected happened ({type(error).__name__}): please report it."


def _closed(text: str) -> str:
    """The text as one line that begins with a capital and ends in a full stop."""
    line = " ".join(text.split())
    is_name = "." in line.partition(" ")[0]  # a file's name is written as it is
    return (line if is_name else line[:1].upper() + line[1:]).rstrip(".") + "."
