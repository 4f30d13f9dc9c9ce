"""What gunicorn and granian load: `gunicorn wsgi:app`."""

from auth_service.app import create_app, start_worker
from auth_service.commands.loading import load

__all__ = ["app", "start_worker"]

app = load(create_app)
