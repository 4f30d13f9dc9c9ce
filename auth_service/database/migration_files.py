"""Reads the migrations in `migrations_seed/`: numbered Python files, each with a function `up(database)`."""

import hashlib
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.database import Database

FOLDER = Path(__file__).resolve().parents[2] / "migrations_seed"
FILE = re.compile(r"(\d{4})_[a-z0-9_]+\.py")

Up = Callable[["Database[dict[str, Any]]"], None]


class MigrationsUnreadable(Exception):
    """A file in the folder is no migration; the message names it."""


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One file; `name` is its name without the suffix, `checksum` the SHA-256 of its text, in hex."""

    name: str
    path: Path
    checksum: str

    def load(self) -> Up:
        """Import it and return its function `up`. An exception of the file itself propagates.

        Raises:
            MigrationsUnreadable: it has no such function.
        """
        spec = importlib.util.spec_from_file_location(f"migrations_seed.m{self.name}", self.path)
        assert spec is not None
        assert spec.loader is not None, "a .py file has one"
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if not callable(up := getattr(module, "up", None)):
            raise MigrationsUnreadable(f"{self.path.name} has no function up(database)")
        return up  # type: ignore[no-any-return]


def read(folder: Path = FOLDER) -> list[MigrationFile]:
    """The files of `folder` in the order of their numbers; none if `folder` does not exist.

    Raises:
        MigrationsUnreadable: a name is not of the form `0001_name.py`, or two files have one number.
    """
    files: dict[str, MigrationFile] = {}
    for path in sorted(folder.glob("*.py")):
        match = FILE.fullmatch(path.name)
        if not match:
            raise MigrationsUnreadable(f"{path.name} is not named like 0001_what_it_does.py")
        if match[1] in files:
            raise MigrationsUnreadable(f"{files[match[1]].path.name} and {path.name} have one number")
        files[match[1]] = MigrationFile(path.stem, path, hashlib.sha256(path.read_bytes()).hexdigest())
    return list(files.values())
