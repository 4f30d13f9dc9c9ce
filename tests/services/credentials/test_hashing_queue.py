"""A few hashes run, some wait for a slot, the rest are refused at once."""

import threading
import time

import pytest

from auth_service.errors import LoginBusy
from auth_service.monitoring.metrics import NullMetrics
from auth_service.services.credentials.hashing_queue import HashingQueue
from tests.support.parallel import at_once
from tests.support.server import wait_until


class Worker:
    """Holds a turn until it is released."""

    def __init__(self, queue):
        self.at_work, self.release = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._work, args=[queue])
        self.thread.start()

    def _work(self, queue):
        with queue.slot():
            self.at_work.set()
            self.release.wait(30)

    def end(self):
        self.release.set()
        self.thread.join()


class Waiters(NullMetrics):
    """Counts who waits, and who ever did."""

    def __init__(self):
        self.now = self.ever = 0

    def hashes_waiting(self, change):
        self.now += change
        self.ever += change > 0


def refuse(queue):
    with pytest.raises(LoginBusy), queue.slot():
        pass


def test_one_at_a_time_is_at_work():
    queue, seen, together = HashingQueue(concurrency=1, wait=5, threads=12), [], []

    def work():
        with queue.slot():
            seen.append(1)
            together.append(len(seen))
            time.sleep(0.01)
            seen.pop()

    at_once(*[work] * 8)
    assert together == [1] * 8


def test_who_waits_in_vain_is_refused():
    waiters = Waiters()
    queue = HashingQueue(concurrency=1, wait=0.2, threads=12, metrics=waiters)
    worker = Worker(queue)
    assert worker.at_work.wait(30)
    refuse(queue)
    assert (waiters.now, waiters.ever) == (0, 2)
    worker.end()
    with queue.slot():
        pass


def test_nobody_waits_in_the_last_two_threads():
    waiters = Waiters()
    queue = HashingQueue(concurrency=1, wait=600, threads=4, metrics=waiters)
    first, second = Worker(queue), Worker(queue)
    wait_until(lambda: waiters.ever == 2, 30)
    refuse(queue)
    assert waiters.ever == 2
    first.release.set()
    second.release.set()
    first.thread.join()
    second.thread.join()


def test_a_place_is_given_back_after_an_error():
    queue = HashingQueue(concurrency=1, wait=0.1, threads=3)
    for _ in range(3):
        with pytest.raises(ValueError, match="inside"), queue.slot():
            raise ValueError("inside")
    with queue.slot():
        pass


def test_who_would_find_no_place_is_told_before_anything_is_looked_up():
    queue = HashingQueue(concurrency=1, wait=5, threads=3)
    queue.require_capacity()
    worker = Worker(queue)
    assert worker.at_work.wait(30)
    with pytest.raises(LoginBusy):
        queue.require_capacity()
    worker.end()
    queue.require_capacity()
    with queue.slot():
        pass
