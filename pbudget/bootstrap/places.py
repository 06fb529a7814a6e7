"""Where set-up puts things. All of it is git-ignored and can be deleted; the next start makes it again."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """The folders of one checkout."""

    root: Path = ROOT

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's Python."""
        return self.venv / "bin" / "python"

    @property
    def pbudget(self) -> Path:
        """The command line, once the project is installed."""
        return self.venv / "bin" / "pbudget"

    @property
    def set_up(self) -> Path:
        """Stamps, logs, the lock and a borrowed Node."""
        return self.root / ".set-up"

    @property
    def logs(self) -> Path:
        """What each tool wrote, one file per step."""
        return self.set_up / "logs"

    @property
    def node_modules(self) -> Path:
        """Where npm unpacks the front-end packages."""
        return self.root / "node_modules"

    @property
    def vendor(self) -> Path:
        """The front-end files that pages use."""
        return self.root / "static" / "vendor"

    @property
    def requirements(self) -> Path:
        """The locks."""
        return self.root / "requirements"

    def shown(self, path: Path) -> str:
        """A path as a person reads it: short when it is inside the checkout and they stand there."""
        return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
