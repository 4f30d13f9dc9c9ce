"""How the user of a token that is made by hand has proved who they are."""

from datetime import datetime, timezone

from auth_service.services.tokens.claims import PASSWORD, Authentication

AUTHENTICATED = Authentication(datetime(2026, 1, 1, tzinfo=timezone.utc), [PASSWORD])
