"""What pyproject.toml cannot say: the small model of models/ goes into the wheel without a second copy of it here."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

INSIDE = ("toy-shop",)
"""Models in the wheel. They are found by `assoc_synth.model.named`; a source checkout has them at its top."""
ROOT = Path(__file__).resolve().parent


class BuildWithModels(build_py):
    """The package's files, and the models."""

    def run(self) -> None:
        super().run()
        if not getattr(self, "editable_mode", False):
            for source, target in self.model_files():
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        made = [] if getattr(self, "editable_mode", False) else [str(target) for _, target in self.model_files()]
        return [*super().get_outputs(include_bytecode), *made]

    def model_files(self) -> list[tuple[Path, Path]]:
        """Each file of a model and where it goes."""
        there = Path(self.build_lib) / "assoc_synth" / "model" / "stored"
        files = [
            (file, there / name / file.name) for name in INSIDE for file in sorted((ROOT / "models" / name).iterdir())
        ]
        return files


setup(cmdclass={"build_py": BuildWithModels})
