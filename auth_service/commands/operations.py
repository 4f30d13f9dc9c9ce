"""Gives commands the services that only an operator needs."""

from auth_service.bootstrap.operations import Operations, build_operations
from auth_service.web.context import services, settings


def operations() -> Operations:
    """The operator's services, built on the settings and services of the current application."""
    return build_operations(settings(), services())
