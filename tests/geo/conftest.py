"""What the tests of the geo file share."""

from tests.support.geo.fixtures import city_data, folder, log, now, server, updates

__all__ = ["city_data", "folder", "log", "now", "server", "updates"]
