"""The canonical form of an e-mail address: the one it is stored, looked up and unique in (decision 8)."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from auth_service.errors import InvalidRequest


def canonical(address: str) -> str:
    """`address` trimmed, in NFKC and lower case, its domain in IDNA's ASCII form (RFC 6531, RFC 5891).

    Raises:
        InvalidRequest: it is not an address mail could be sent to.
    """
    try:
        valid = validate_email(_folded(address.strip()), check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise InvalidRequest(errors={"email": ["Not a valid email address."]}) from None
    return f"{valid.local_part}@{valid.ascii_domain}"


def _folded(text: str) -> str:
    """NFKC and lower case together: each can undo the other once, so they are applied until nothing changes."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return text if folded == text else _folded(folded)
