"""The blueprints of all features: each route declares its policy, and what it says about callers is enforced."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import flask
import flask_smorest
from flask.sansio.blueprints import BlueprintSetupState

from auth_service.web.access.permissions import require_permission
from auth_service.web.access.user_limits import count_for_user
from auth_service.web.endpoint_policy import EndpointPolicy, declare
from auth_service.web.request_parser import StrictParser
from auth_service.web.schemas.message import ErrorSchema

View = TypeVar("View", bound=Callable[..., Any])

ALWAYS = (503,)
POLICY = {field.name for field in fields(EndpointPolicy)}


class GuardedBlueprint(flask.Blueprint):
    """A blueprint whose routes take the fields of `EndpointPolicy` as keyword arguments; `access` is mandatory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before_request(require_permission)
        self.before_request(count_for_user)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Add a route with its policy, as `flask.Blueprint.add_url_rule` does.

        Raises:
            TypeError: `access` is missing.
        """
        declared = {name: options.pop(name) for name in POLICY & options.keys()}
        if "access" not in declared:
            raise TypeError(f"the route {rule} does not declare who may call it: access=…")
        policy = EndpointPolicy(**declared)
        name = endpoint or (view_func.__name__ if view_func else "")

        def declare_in(state: BlueprintSetupState) -> None:
            declare(state.app, f"{self.name}.{name}", policy)

        self.record(declare_in)
        super().add_url_rule(rule, name, view_func, provide_automatic_options, **options)


class Blueprint(GuardedBlueprint, flask_smorest.Blueprint):
    """A guarded blueprint that is described in OpenAPI, with all errors."""

    ARGUMENTS_PARSER = StrictParser()

    def fails(self, *statuses: int) -> Callable[[View], View]:
        """Document that the view can answer with these errors, besides those every view can."""

        def decorate(view: View) -> View:
            for status in sorted({*statuses, *ALWAYS}):
                view = self.alt_response(status, schema=ErrorSchema)(view)
            return view

        return decorate
