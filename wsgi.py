"""What gunicorn and flask serve: `gunicorn wsgi:app`, `flask --app wsgi`."""

from auth_service.app import create_app

app = create_app()
