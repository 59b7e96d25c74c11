"""A page says which state of the code made it."""

import subprocess
from pathlib import Path

from assoc_synth.benchmark.commit import commit_words


def test_a_commit_is_named_and_so_is_what_was_changed_since(tmp_path: Path) -> None:
    assert commit_words(tmp_path) == "assoc-synth 0.1.0"
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    (tmp_path / "own.py").write_text("a = 1\n")
    for words in (["init", "-q"], ["add", "own.py"], ["commit", "-q", "-m", "First"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    clean = commit_words(tmp_path)
    assert clean.startswith("commit ")
    assert len(clean) == len("commit 1234567")
    (tmp_path / "own.py").write_text("a = 2\n")
    assert commit_words(tmp_path) == f"{clean} with changes that are not committed"
