"""MaxMind's own test database, and some of the places in it."""

from pathlib import Path

MAXMINDS_OWN = Path(__file__).parent / "data" / "GeoIP2-City-Test.mmdb"
PUBLISHED = {
    "89.160.20.112": "Link\u00f6ping, \u00d6sterg\u00f6tland County, Sweden",
    "2.125.160.216": "Boxford, England, United Kingdom",
    "216.160.83.56": "Milton, Washington, United States",
    "175.16.199.1": "Changchun, Jilin Sheng, China",
}
