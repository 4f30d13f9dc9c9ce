"""Asks the operator for a password."""

import click


def asked_password() -> str:
    """The password that was typed twice, without echo."""
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
