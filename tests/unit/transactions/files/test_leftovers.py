"""What dead writers left is removed; what living ones hold, and what belongs to others, is not."""

from pathlib import Path

from assoc_synth.transactions.files.leftovers import owned, sweep, temporary_beside, writers


def test_only_names_of_this_target_without_an_owner_are_removed(tmp_path: Path) -> None:
    target = tmp_path / "model"
    dead, living = temporary_beside(target, ".tmp"), temporary_beside(target, ".tmp")
    others = [
        tmp_path / ".model.tmp",
        tmp_path / ".model2.0123456789abcdef.tmp",
        tmp_path / "model.0123456789abcdef.tmp",
    ]
    for path in (dead, living, *others):
        path.mkdir()
    (dead / "weights").write_text("half")
    assert not writers(target, ".tmp")
    with owned(living):
        assert writers(target, ".tmp")
        assert sweep(target, ".tmp") == 1
    assert sorted(tmp_path.iterdir()) == sorted([living, *others])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "thesis"
    kept.mkdir()
    temporary_beside(tmp_path / "model", ".tmp").symlink_to(kept)
    assert sweep(tmp_path / "model", ".tmp") == 0
    assert kept.exists()


def test_a_long_name_still_fits(tmp_path: Path) -> None:
    name = temporary_beside(tmp_path / ("x" * 250 + ".csv"), ".csv")
    name.touch()
    assert sweep(tmp_path / ("x" * 250 + ".csv"), ".csv") == 1
