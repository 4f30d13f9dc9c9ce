"""The text for a scrape, while workers come and go."""

import pytest
from prometheus_client import CollectorRegistry

from auth_service.monitoring.exposition import Exposition


class Unreadable:
    """Collects from a file that cannot be read so many times."""

    def __init__(self, times):
        self.left = times

    def collect(self):
        if self.left:
            self.left -= 1
            raise FileNotFoundError
        return []


def test_a_file_that_is_being_replaced_is_read_again():
    scraped = Unreadable(times=2)
    assert Exposition(counted=CollectorRegistry(), on_demand=scraped).text() == b""
    assert scraped.left == 0


def test_a_file_that_stays_unreadable_is_a_fault():
    with pytest.raises(FileNotFoundError):
        Exposition(counted=CollectorRegistry(), on_demand=Unreadable(times=99)).text()
