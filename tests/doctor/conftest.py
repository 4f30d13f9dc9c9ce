"""The database an Express service left, which the doctor examines."""

from tests.support.express.fixtures import express, run_import, source_url

__all__ = ["express", "run_import", "source_url"]
