"""A reason is logged when it changes, and again after all was well."""

import logging

from auth_service.monitoring.complaints import Complaints
from tests.support.parallel import at_once


def test_each_reason_is_logged_once_until_all_is_well(caplog):
    complaints = Complaints(logging.getLogger("a test"))
    assert not complaints.end()
    for reason in ("one", "other", "one", "other"):
        complaints.make(reason)
    assert complaints.end()
    assert not complaints.end()
    complaints.make("one")
    assert caplog.messages == ["one", "other", "one"]


def test_simultaneous_tries_log_it_once(caplog):
    complaints = Complaints(logging.getLogger("a test"))
    at_once(*[lambda: complaints.make("100 % away")] * 16)
    assert caplog.messages == ["100 % away"]
