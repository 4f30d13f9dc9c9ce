"""The texts of mails: one file a kind and language, a `Subject:` line and paragraphs.

The plain text and the HTML are made of the same paragraphs, so that they cannot differ.
"""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from auth_service.services.mail.preparation import Letter

OWN = Path(__file__).with_name("texts")
SUBJECT = "Subject:"
LAYOUT = (OWN / "layout.html").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words: the subject in one line, the plain text, the HTML."""

    subject: str
    text: str
    html: str


class Texts:
    """The texts of this service, those in the folder `replacing` before them."""

    def __init__(self, *, service_name: str, replacing: str | None = None) -> None:
        loaders: list[BaseLoader] = [FileSystemLoader(OWN)]
        if replacing:
            loaders.insert(0, FileSystemLoader(replacing))
        self._environment = SandboxedEnvironment(
            loader=ChoiceLoader(loaders), undefined=StrictUndefined, autoescape=False
        )
        self._layout = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True).from_string(LAYOUT)
        self._service_name = service_name

    def render(self, letter: Letter) -> Rendered:
        """The letter in words.

        Raises:
            jinja2.TemplateError: a replacing text is malformed, or uses a value that there is not.
        """
        template = self._environment.get_template(f"{letter.language}/{letter.kind}.txt")
        head, _, body = template.render(service=self._service_name, **letter.values).strip().partition("\n")
        subject = " ".join(head.removeprefix(SUBJECT).split())
        paragraphs = [each.strip() for each in body.strip().split("\n\n")]
        return Rendered(
            subject=subject, text="\n\n".join(paragraphs) + "\n", html=self._html(subject, paragraphs, letter)
        )

    def _html(self, subject: str, paragraphs: list[str], letter: Letter) -> str:
        code = letter.values.get("code")
        marked = [(_with_breaks(each), each == code) for each in paragraphs]
        return self._layout.render(
            subject=subject, paragraphs=marked, language=letter.language, service=self._service_name
        )


def _with_breaks(paragraph: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in paragraph.split("\n"))
