"""`python -m auth_service.development.common_passwords`: writes the list of common passwords from zxcvbn's.

zxcvbn is a development requirement alone: the service would keep all of its lists in memory for a thirtieth of them.
"""

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from auth_service.services.credentials.common_passwords import END, FILE
from auth_service.services.credentials.folding import folded


def content() -> str:
    """The passwords of zxcvbn's list, the most common first, folded, one a line."""
    return "".join(f"{folded(password)}{END}" for password in FREQUENCY_LISTS["passwords"])


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
