"""Which state of the code made a page: its commit, or its version where there is no repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from assoc_synth import __version__

HERE = Path(__file__).parent


def commit_words(folder: Path = HERE) -> str:
    """Such as "commit 1a2b3c4", with what was changed since said, or "assoc-synth 0.1.0".

    Example:
        >>> commit_words(Path("/"))
        'assoc-synth 0.1.0'
    """
    found = _git(folder, "rev-parse", "--short=7", "HEAD")
    if not found:
        return f"assoc-synth {__version__}"
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", "*.py")
    return f"commit {found}{' with changes that are not committed' if changed else ''}"


def _git(folder: Path, *words: str) -> str:
    """What git says, "" where it cannot."""
    try:
        ran = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""
