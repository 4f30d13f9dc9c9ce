"""The most common passwords, in a file beside this module, kept as one text."""

from functools import cache
from pathlib import Path

from auth_service.services.credentials.folding import folded

FILE = Path(__file__).with_name("common_passwords.txt")  # made by `python -m auth_service.development.common_passwords`
END = "\n"  # behind each password, and in none


@cache
def common_passwords() -> str:
    """The 30,000 most common passwords, folded, with `END` before and behind each; read once a process.

    One text takes a quarter of a MiB, a set of texts 5 MiB; a search for a password that is not in it takes 0.1 ms.
    """
    _, _, passwords = FILE.read_text(encoding="utf-8").partition("\n\n")  # an empty line ends the licence
    return END + passwords


def is_common(password: str) -> bool:
    """Whether a password is on the list, however it is written."""
    text = folded(password)
    return END not in text and f"{END}{text}{END}" in common_passwords()
