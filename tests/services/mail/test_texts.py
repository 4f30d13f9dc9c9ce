"""All texts, in all languages; and texts of an operator's that are broken or hostile."""

import re
from pathlib import Path

import pytest

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.rendering import LONGEST_TEXT, OWN, Texts, UnusableText
from auth_service.services.mail.values import EXAMPLES
from auth_service.services.origin.languages import LANGUAGES
from tests.support.applications import services_of

ALL = [(language, kind) for language in LANGUAGES for kind in Kind]
LINK = re.compile(r"https?:|www\.|<a\b|href|mailto:|\bsrc\b|url\(|@import", re.IGNORECASE)


def in_all_texts(test):
    return pytest.mark.parametrize(("language", "kind"), ALL, ids=str)(test)


def rendered(language, kind, texts=None, **values):
    return (texts or Texts(service_name="Example")).render(kind, language, {**EXAMPLES[kind], **values})


def words_of_html(html):
    body = re.sub(r"<(style|title)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        body = body.replace(entity, character)
    return body.split()


@in_all_texts
def test_a_text_says_what_it_is_about_in_one_short_line_and_has_no_link(language, kind):
    mail = rendered(language, kind)
    assert 5 < len(mail.subject) <= 78
    assert "\n" not in mail.subject
    assert not LINK.search(mail.text)
    assert not LINK.search(mail.html)


@in_all_texts
def test_plain_text_and_html_have_the_same_words(language, kind):
    mail = rendered(language, kind, **{name: f'<b>&amp; "{name}"' for name in EXAMPLES[kind] if name != "code"})
    assert words_of_html(mail.html) == mail.text.split()


@in_all_texts
def test_a_text_mentions_every_value_of_its_kind_and_the_service(language, kind):
    mail = rendered(language, kind)
    assert [name for name, value in EXAMPLES[kind].items() if value not in mail.text] == []
    assert "Example" in mail.text


@in_all_texts
def test_a_code_stands_alone_in_its_paragraph(language, kind):
    code = EXAMPLES[kind].get("code")
    assert rendered(language, kind).text.count(f"\n\n{code}\n\n") == (1 if code else 0)


def test_all_languages_have_a_text_of_every_kind_and_no_other():
    for language in LANGUAGES:
        assert {path.name for path in (OWN / language).iterdir()} == {f"{kind}.txt" for kind in Kind}
    assert {path.name for path in OWN.iterdir() if path.is_dir()} == set(LANGUAGES)


def test_the_texts_of_the_service_are_without_fault():
    assert Texts(service_name="Example").faults() == []


# an operator's texts


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "en").mkdir()
    return tmp_path


def with_text(folder, source, kind=Kind.RESET):
    path = folder / "en" / f"{kind}.txt"
    path.write_bytes(source) if isinstance(source, bytes) else path.write_text(source)
    return Texts(service_name="Example", replacing=str(folder))


def test_a_replacing_text_takes_the_place_of_ours_and_of_no_other(folder):
    texts = with_text(folder, "Subject: Yours\r\n\r\nAt {{ service }}{% if code %}:\r\n\r\n{{ code }}{% endif %}")
    assert texts.faults() == []
    assert rendered("en", Kind.RESET, texts).text == "At Example:\n\nK7QF9-M2X4T\n\nExample\n"
    assert "Passwort" in rendered("de", Kind.RESET, texts).text
    assert "invitation" not in rendered("en", Kind.INVITATION, texts).subject


HOSTILE = {
    "syntax": "Subject: x\n\n{% if code %}",
    "unknown value": "Subject: x\n\n{{ link }}",
    "unknown value where it is not looked at": "Subject: x\n\n{% if not code %}{{ link }}{% endif %}",
    "attribute": "Subject: x\n\n{{ code.__class__ }}",
    "item": "Subject: x\n\n{{ code['__class__'] }}",
    "call": "Subject: x\n\n{{ code() }}",
    "global": "Subject: x\n\n{{ range }}",
    "namespace": "Subject: x\n\n{{ cycler.__init__.__globals__ }}",
    "filter": "Subject: x\n\n{{ code|center(10000000) }}",
    "product": "Subject: x\n\n{{ 'a' * 10000000 }}",
    "loop": "Subject: x\n\n{% for a in code %}{% for b in code %}x{% endfor %}{% endfor %}",
    "include": "Subject: x\n\n{% include '/etc/passwd' %}",
    "other text": "Subject: x\n\n{% extends 'en/invitation.txt' %}",
    "macro": "Subject: x\n\n{% macro m() %}{{ m() }}{% endmacro %}",
    "deep": "Subject: x\n\n" + "{% if code %}" * 1000 + "x" + "{% endif %}" * 400,
    "deeper": "Subject: x\n\n" + "{% if code %}" * 600 + "x" + "{% endif %}" * 600,
    "ten megabytes": "Subject: x\n\n" + "x" * 10_000_000,
    "long when filled": "Subject: x\n\n" + "{{ until }}" * 1500,
    "no subject": "Hello\n\nyou",
    "long subject": "Subject: " + "x" * 200 + "\n\ny",
    "empty": "",
    "no paragraph": "Subject: x",
    "not UTF-8": b"Subject: x\n\n\xff\xfe",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_text_that_cannot_be_made_is_named_to_the_operator_without_a_value(folder, source):
    texts = with_text(folder, source)
    (fault,) = texts.faults()
    assert fault.startswith("en/reset.txt: ")
    assert len(fault) < 260
    assert "K7QF9" not in fault
    with pytest.raises(UnusableText):
        rendered("en", Kind.RESET, texts)


def test_a_mail_whose_text_cannot_be_made_is_dead_and_the_next_one_goes_out(app, app_with, folder, tmp_path, database):
    with_text(folder, HOSTILE["attribute"], kind=Kind.KEY_CREATED)
    app = app_with(MAIL_URL=f"file:{tmp_path}/out", MAIL_FROM="a@example.com", MAIL_TEMPLATES=str(folder))
    mails = services_of(app).mails
    mails.put(Kind.KEY_CREATED, to="ada@example.com", values=EXAMPLES[Kind.KEY_CREATED])
    mails.put(Kind.NEW_DEVICE, to="ada@example.com", values=EXAMPLES[Kind.NEW_DEVICE])
    assert services_of(app).mail_worker.deliver_due() == 2
    assert len(list(Path(f"{tmp_path}/out").glob("*.eml"))) == 1
    (dead,) = database.mails.find({"state": "dead"})
    assert dead["lastError"] == "the text cannot be made: line 3: only values and conditions are allowed"


# values


def test_a_value_with_line_ends_becomes_no_paragraph_and_no_header(folder):
    texts = with_text(folder, "Subject: {{ code }}\n\n{{ until }}")
    hostile = "a\r\nBcc: eve@example.com\n\n999999\0\x1b[31m\u2028b\u202ec\ud800"
    mail = rendered("en", Kind.RESET, texts, code=hostile, until=hostile)
    assert mail.subject == "a Bcc: eve@example.com 999999 [31m b c"
    assert mail.text == f"{mail.subject}\n\nExample\n"


def test_a_value_is_text_and_never_markup_nor_a_template(folder):
    mail = rendered("en", Kind.KEY_CREATED, name="<script>{{ code }}</script>")
    assert "{{ code }}" in mail.text
    assert "<script>" not in mail.html


def test_a_value_is_cut_where_it_would_fill_the_mail():
    assert len(rendered("en", Kind.KEY_CREATED, name="x" * 1_000_000).text) < LONGEST_TEXT / 10
