"""The pages say everything in each language: what they ask for by a key, and whatever the API can refuse or report."""

import re
from pathlib import Path

import pytest

from auth_service.documents.session import EndReason
from auth_service.pages import files
from auth_service.services.audit.events import EventType
from auth_service.services.origin.languages import LANGUAGES
from auth_service.services.origin.unusual_sessions import Unusual
from tests.support.errors import every_refusal

SCRIPTS = "\n".join(file.read_text() for file in Path(files.STATIC).rglob("*.js"))
FIRST = files.texts(LANGUAGES[0])
PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_keys_and_values_to_fill_in(language):
    texts = files.texts(language)
    assert list(texts) == list(FIRST)
    assert all(texts.values())
    filled = {key: sorted(PLACEHOLDER.findall(text)) for key, text in texts.items()}
    assert filled == {key: sorted(PLACEHOLDER.findall(text)) for key, text in FIRST.items()}


def test_every_error_has_words():
    assert {f"error.{code}" for code, _, _ in every_refusal()} - FIRST.keys() == set()


@pytest.mark.parametrize(("prefix", "words"), [("reason", EndReason), ("event", EventType), ("unusual", Unusual)])
def test_every_word_of_the_vocabulary_has_words(prefix, words):
    assert {f"{prefix}.{word}" for word in words} - FIRST.keys() == set()


def test_every_key_that_a_script_names_is_there():
    named = re.findall(r'\bt\("([\w.]+)"', SCRIPTS) + re.findall(r'(?:label|title|submit): "([\w.]+)"', SCRIPTS)
    assert set(named) - FIRST.keys() == set()
    assert len(named) > 50
