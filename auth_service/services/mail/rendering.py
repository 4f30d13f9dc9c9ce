"""The texts of mails: one file a kind and language, a `Subject:` line and paragraphs.

The plain text and the HTML are made of the same paragraphs, so that they cannot differ. Of Jinja a text may use what it
needs, values and conditions: no text can then run long, grow large or reach into the service.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined, Template, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import EXAMPLES
from auth_service.services.origin.languages import LANGUAGES

OWN = Path(__file__).with_name("texts")
LAYOUT = OWN / "layout.html"
SUBJECT = "Subject:"
LONGEST_SUBJECT = 150  # characters
LONGEST_TEXT = 20_000  # characters, of a file and of what is made of it
LONGEST_VALUE, LONGEST_NAME, LONGEST_REASON = 300, 40, 200  # characters
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)


class UnusableText(Exception):
    """A text cannot be made; the reason is for the operator and holds no value."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words: the subject in one line, the plain text, the HTML."""

    subject: str
    text: str
    html: str


class Texts:
    """The texts of this service, those in the folder `replacing` before them."""

    def __init__(self, *, service_name: str, replacing: str | None = None) -> None:
        folders = [replacing, str(OWN)] if replacing else [str(OWN)]
        self._loader: BaseLoader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
        self._environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        self._environment.globals.clear()
        self._service_name = service_name

    def render(self, kind: Kind, language: str, values: Mapping[str, str]) -> Rendered:
        """The mail of this kind in words.

        Raises:
            UnusableText: a replacing text is malformed, uses a value that there is not, or is too long.
        """
        given = {name: _in_one_line(value) for name, value in {"service": self._service_name, **values}.items()}
        try:
            filled = self._template(f"{language}/{kind}.txt", given).render(given)
        except UnusableText:
            raise
        except TemplateError as error:
            raise UnusableText(_words(error)) from None
        except Exception as error:  # whatever a file that is none, or is no text, makes Jinja raise
            raise UnusableText(type(error).__name__) from None
        subject, paragraphs = _divided(filled)
        paragraphs.append(given["service"])
        code = given.get("code")
        html = _layout().render(
            subject=subject,
            paragraphs=[(_with_breaks(each), each == code) for each in paragraphs],
            language=language,
            service=given["service"],
        )
        return Rendered(subject=subject, text="\n\n".join(paragraphs) + "\n", html=html)

    def faults(self) -> list[str]:
        """A sentence for each text that cannot be made: of all kinds in all languages, with the values of its kind."""
        found = []
        for language in LANGUAGES:
            for kind in Kind:
                try:
                    self.render(kind, language, EXAMPLES[kind])
                except UnusableText as fault:
                    found.append(f"{language}/{kind}.txt: {fault}")
        return found

    def _template(self, name: str, given: Mapping[str, str]) -> Template:
        """The text, read anew each time: it is short, and an operator may have changed it."""
        source, _, _ = self._loader.get_source(self._environment, name)
        if len(source) > LONGEST_TEXT:
            raise UnusableText(f"it is longer than {LONGEST_TEXT} characters")
        tree = self._environment.parse(source)
        if other := next((each for each in tree.find_all(nodes.Node) if not isinstance(each, ALLOWED)), None):
            raise UnusableText(f"line {other.lineno}: only values and conditions are allowed")
        if unknown := find_undeclared_variables(tree) - given.keys():
            raise UnusableText(f"there is no value of the name {min(unknown)[:LONGEST_NAME]}")
        return self._environment.from_string(tree)


@cache
def _layout() -> Template:
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    return environment.from_string(LAYOUT.read_text(encoding="utf-8"))


def _divided(filled: str) -> tuple[str, list[str]]:
    """The subject and the paragraphs of a text."""
    if len(filled) > LONGEST_TEXT:
        raise UnusableText(f"the mail is longer than {LONGEST_TEXT} characters")
    head, _, body = "\n".join(map(_printable, filled.strip().split("\n"))).partition("\n")
    subject = " ".join(head.removeprefix(SUBJECT).split())
    paragraphs = [each.strip() for each in re.split(r"\n\s*\n", body.strip())]
    if not head.startswith(SUBJECT) or not subject or len(subject) > LONGEST_SUBJECT:
        raise UnusableText(f"it must begin with {SUBJECT} and at most {LONGEST_SUBJECT} characters in that line")
    if paragraphs == [""]:
        raise UnusableText("it has no paragraph")
    return subject, paragraphs


def _in_one_line(value: str) -> str:
    """A value in one line, so that it can be no paragraph of its own."""
    return " ".join(_printable(str(value)).split())[:LONGEST_VALUE]


def _printable(text: str) -> str:
    """`text` without control characters, half characters, and those that turn the direction of writing."""
    return "".join(each if each.isprintable() else " " for each in text)


def _with_breaks(paragraph: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in paragraph.split("\n"))


def _words(error: TemplateError) -> str:
    """What is wrong with a text; Jinja's own words quote only the text and the names of values."""
    line = getattr(error, "lineno", None)
    where = f"line {line}: " if line else ""
    return " ".join(f"{where}{type(error).__name__}: {error.message or ''}".split())[:LONGEST_REASON]
