"""Prompts the operator for a password."""

import click


def prompt_password() -> str:
    """The password, typed twice without echo; it asks again until both are the same."""
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
