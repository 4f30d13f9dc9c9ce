"""The languages that people are written to in."""

LANGUAGES = ("en", "de")
DEFAULT_LANGUAGE = "en"
