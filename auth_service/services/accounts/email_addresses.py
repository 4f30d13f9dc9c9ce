"""Canonicalises e-mail addresses: they are stored, looked up and unique in this form (decision 8)."""

import unicodedata

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from auth_service.errors import InvalidRequest


def canonical(address: str, *, field: str = "email") -> str:
    """The canonical form of `address`: trimmed, in NFKC and lower case, its domain in IDNA's ASCII form.

    See RFC 6531 and RFC 5891. A refusal names the `field` of the request.

    Raises:
        InvalidRequest: it is not a valid e-mail address.
    """
    folded = _folded(address.strip())
    try:
        return _validated(folded)
    except EmailNotValidError:
        raise InvalidRequest(errors={field: ["Not a valid email address.", _fault(folded)]}) from None


def _validated(address: str) -> str:
    valid = validate_email(address, check_deliverability=False, strict=True)
    return f"{valid.local_part}@{valid.ascii_domain}"


def canonical_part(beginning: str) -> str:
    """The canonical form of the `beginning` of an address, which need not be one."""
    return _folded(beginning.strip())


def _fault(address: str) -> str:
    """Which part of an invalid address is wrong, without repeating it: people type passwords into the wrong field."""
    local, at_sign, domain = address.rpartition("@")
    if not at_sign:
        return "It has no @-sign."
    if any(domain == each or domain.endswith(f".{each}") for each in SPECIAL_USE_DOMAIN_NAMES):
        return "Its domain is reserved: nobody can have an address in it."
    if not _is_valid(f"a@{domain}"):
        return "What follows the @-sign is not a domain name."
    if not _is_valid(f"{local}@example.com"):
        return "What precedes the @-sign is not valid."
    return "It is too long."


def _is_valid(address: str) -> bool:
    try:
        return bool(_validated(address))
    except EmailNotValidError:
        return False


def _folded(text: str) -> str:
    """`text` in NFKC and lower case: each can undo the other, so both are applied until nothing changes."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return text if folded == text else _folded(folded)
