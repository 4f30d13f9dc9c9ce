"""Canonicalises e-mail addresses: they are stored, looked up and unique in this form (decision 8)."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from auth_service.errors import InvalidRequest


def canonical(address: str) -> str:
    """The canonical form of `address`: trimmed, in NFKC and lower case, its domain in IDNA's ASCII form.

    See RFC 6531 and RFC 5891.

    Raises:
        InvalidRequest: it is not a valid e-mail address.
    """
    try:
        valid = validate_email(_folded(address.strip()), check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise InvalidRequest(errors={"email": ["Not a valid email address."]}) from None
    return f"{valid.local_part}@{valid.ascii_domain}"


def canonical_part(beginning: str) -> str:
    """The canonical form of the `beginning` of an address, which need not be one."""
    return _folded(beginning.strip())


def _folded(text: str) -> str:
    """`text` in NFKC and lower case: each can undo the other, so both are applied until nothing changes."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return text if folded == text else _folded(folded)
