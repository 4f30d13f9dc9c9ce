"""Reads one frozen dataclass from environment variables; it names every problem at once and never a value.

A settings group declares its fields with :func:`var`; :func:`read` fills it. An empty value counts as unset.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from auth_service.settings.forms import Form

Group = TypeVar("Group")

REQUIRED = object()


class ConfigurationError(SystemExit):
    """The environment does not make a valid configuration; `problems` has one sentence for each fault.

    A `SystemExit`, so that whichever program reads the settings stops with these sentences and no traceback.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["The configuration has problems:", *(f"  - {each}" for each in problems)]))


def var(
    name: str,
    form: Form,
    default: Any = REQUIRED,
    *,
    about: str,
    default_words: str | None = None,
    secret: bool = False,
) -> Any:
    """Declare a field that is read from the environment variable `name`.

    Args:
        name: the variable.
        form: how its value is read.
        default: the field's value where the variable is unset, or a function of the environment that returns it.
        about: its meaning in one sentence, for docs/configuration.md and `.env.example`, which `make docs` writes.
        default_words: what these say of the default, where `default` alone would not explain it.
        secret: whether the value is left out of `repr`.
    """
    metadata = {"name": name, "form": form, "default": default, "about": about, "default_words": default_words}
    return dataclasses.field(repr=not secret, metadata=metadata)


def read(group: type[Group], environ: Mapping[str, str], problems: list[str]) -> Group | None:
    """Build `group` from `environ`; or append each fault to `problems` as a sentence, and return `None`."""
    before = len(problems)
    values = {field.name: _value(field, environ, problems) for field in dataclasses.fields(group)}  # type: ignore[arg-type]
    return group(**values) if len(problems) == before else None


def variables(group: type[Any]) -> list[str]:
    """The names of the environment variables that `group` reads, in the order of its fields."""
    return [field.metadata["name"] for field in dataclasses.fields(group)]


def default_of(field: dataclasses.Field[Any], environ: Mapping[str, str]) -> Any:
    """The value of a field whose variable is unset; `REQUIRED` when it must be set."""
    default: Any | Callable[[Mapping[str, str]], Any] = field.metadata["default"]
    return default(environ) if callable(default) else default


def _value(field: dataclasses.Field[Any], environ: Mapping[str, str], problems: list[str]) -> Any:
    name, form = field.metadata["name"], field.metadata["form"]
    text = environ.get(name, "").strip()
    if not text:
        default = default_of(field, environ)
        if default is REQUIRED:
            problems.append(f"{name} is not set")
        return default
    try:
        return form.parse(text)
    except ValueError as error:
        problems.append(f"{name} {error}")
