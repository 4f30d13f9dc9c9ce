"""What codes are bound to: a state of the account that voids them when it changes."""

from auth_service.documents.records import UserRecord


def password_state(user: UserRecord | None) -> str:
    """The binding of a code that sets the password: the address it is for, and when the password was last set.

    The code is void once either changes: the holder of an abandoned mailbox must not reset the password later.
    """
    return f"{user['email']} {user.get('passwordChangedAt')}" if user else ""
