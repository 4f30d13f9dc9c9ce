"""Which passwords a user may set (OWASP ASVS 5.0 V6.2, NIST SP 800-63B section 3.1.1.2).

The rules apply where a password is set, never where it is checked. Texts are compared in one form, that of `folding`.
"""

import re
import unicodedata

from auth_service.errors import InvalidRequest
from auth_service.services.credentials.breaches import Breaches
from auth_service.services.credentials.common_passwords import common_passwords, is_common
from auth_service.services.credentials.folding import folded

LONGEST = 1024  # characters
SHORTEST_PIECE = 4  # characters: good passwords hold shorter ones by chance
SEPARATORS = re.compile(r"[\W_]+")
LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")

COMMON = "Is one of the most common passwords."
HAS_EMAIL = "Must not contain the e-mail address or a part of it."
HAS_NAME = "Must not contain the name of the service."
BREACHED = "Is known from a data breach."


class PasswordPolicy:
    """The rules of one service: the minimum length, the name of the service, and where breaches are looked up."""

    def __init__(self, *, min_length: int, service_name: str, breaches: Breaches) -> None:
        self._min_length = min_length
        self._name = _squeezed(folded(service_name))
        common_passwords()  # read now, not at the first registration
        self._breaches = breaches

    def check(self, password: str, *, email: str, field: str = "password") -> None:
        """Return if the user of `email` may set `password`; `field` is its name in the request.

        Breaches are looked up last, over the network: call this outside of transactions.

        Raises:
            InvalidRequest: `password` violates the rules that `errors` lists.
        """
        reasons = self.violations(password, email=email)
        if not reasons and self._breaches.contains(unicodedata.normalize("NFKC", password)):
            reasons = [BREACHED]
        if reasons:
            raise InvalidRequest(errors={field: reasons})

    def violations(self, password: str, *, email: str) -> list[str]:
        """A sentence for each rule that `password` violates; breaches are not looked up."""
        normal = unicodedata.normalize("NFKC", password)
        text = folded(normal)
        rules = {
            f"Must have {self._min_length} to {LONGEST} characters.": not self._min_length <= len(normal) <= LONGEST,
            COMMON: is_common(normal),
            HAS_EMAIL: any(piece in text for piece in _pieces(email)),
            HAS_NAME: len(self._name) >= SHORTEST_PIECE and self._name in _squeezed(text),
        }
        return [reason for reason, applies in rules.items() if applies]


def _pieces(email: str) -> set[str]:
    """The parts of the local part that a password must not contain: all of it, without separators, and its words."""
    local = folded(email.rpartition("@")[0])
    pieces = {local, _squeezed(local), *SEPARATORS.split(local), *LETTERS_OR_DIGITS.findall(local)}
    return {piece for piece in pieces if len(piece) >= SHORTEST_PIECE}


def _squeezed(text: str) -> str:
    return SEPARATORS.sub("", text)
