"""What gunicorn and flask serve: `gunicorn wsgi:app`, `flask --app wsgi`."""

from auth_service.app import create_app, start_worker

__all__ = ["app", "start_worker"]

app = create_app()
