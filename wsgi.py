"""What gunicorn and flask load: `gunicorn wsgi:app`, `flask --app wsgi`."""

from auth_service.app import create_app
from auth_service.commands.loading import load

app = load(create_app)
