"""Errors as sentences of the page: the package's own messages name what to type, the page has fields instead."""

from __future__ import annotations

from assoc_synth.errors import AssocSynthError, SchemaError
from assoc_synth.transactions.detection import MissingRoles


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
        return _closed(str(error))
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
