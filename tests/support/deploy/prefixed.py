"""The service under a prefix: a proxy that strips it, names it in `X-Forwarded-Prefix`, and passes nothing else on."""

from werkzeug.exceptions import NotFound

from tests.support.api import Api, cookie_attributes

PREFIX = "/identity"


class StrippingProxy:
    """A WSGI application in front of `app`: it serves what is below `prefix`."""

    def __init__(self, app, prefix=PREFIX):
        self._app, self._prefix = app, prefix

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith(f"{self._prefix}/"):
            return NotFound()(environ, start_response)
        forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PREFIX": self._prefix}
        stripped = {**environ, **forwarded, "PATH_INFO": path.removeprefix(self._prefix)}
        return self._app(stripped, start_response)


class PrefixedApi(Api):
    """A browser whose cookie jar obeys `Path`, on an application below `PREFIX`."""

    def __init__(self, app):
        app.wsgi_app = StrippingProxy(app.wsgi_app)
        super().__init__(app)
        self.http.open = self._under_prefix(self.http.open)

    @staticmethod
    def _under_prefix(send):
        return lambda path, **options: send(PREFIX + path, **options)


def cookie_paths(response):
    """The paths of both cookies that a login sets."""
    return [cookie_attributes(response, name)["path"] for name in ("refreshToken", "knownDevice")]
