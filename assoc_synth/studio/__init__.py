"""Studio: one page on which a table becomes a synthetic one, for people who do not program.

`serve` runs it for one person on one machine. The page is made of HTML forms that work without a script; what a step
does is in `steps`, a file each; long work runs in child processes (`jobs`, `worker`), which call the public interface
as a notebook would. It needs the extra `studio`.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["TEMPLATES"]

TEMPLATES = Path(__file__).parent / "templates"
"""The page, its style and its script."""
