"""Docstrings' "Example:" is read as the section "Examples:", so that what is in it is shown as code."""

from __future__ import annotations

import re

from griffe import Extension, Object


class Examples(Extension):
    """Reads every docstring once, before its sections are parsed."""

    def on_instance(self, *, obj: Object, **_: object) -> None:
        """Rename the section in one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = re.sub(r"^(\s*)Example:$", r"\1Examples:", obj.docstring.value, flags=re.MULTILINE)
