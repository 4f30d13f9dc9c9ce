"""What a command can reach besides the application's services."""

from auth_service.bootstrap.operations import Operations, build_operations
from auth_service.web.context import services, settings


def operations() -> Operations:
    """The operator's services, on the application's settings and services."""
    return build_operations(settings(), services())
