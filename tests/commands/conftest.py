"""What the commands work on: a geo file, and the database an Express service left."""

from tests.support.express.fixtures import express, source_url
from tests.support.geo.fixtures import city_data, folder, log, server

__all__ = ["city_data", "express", "folder", "log", "server", "source_url"]
