"""Few hashes at work, some waiting, the rest refused at once."""

import threading
import time

import pytest

from auth_service.errors import LoginBusy
from auth_service.services.credentials.hashing_queue import HashingQueue
from tests.support.parallel import at_once


class Worker:
    """Holds a turn until it is released."""

    def __init__(self, queue):
        self.at_work, self.release = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._work, args=[queue])
        self.thread.start()

    def _work(self, queue):
        with queue.turn():
            self.at_work.set()
            self.release.wait(5)

    def end(self):
        self.release.set()
        self.thread.join()


def refused(queue):
    """How many seconds it took to be refused."""
    began = time.monotonic()
    with pytest.raises(LoginBusy), queue.turn():
        pass
    return time.monotonic() - began


def test_one_at_a_time_is_at_work():
    queue, seen, together = HashingQueue(concurrency=1, wait=5, threads=12), [], []

    def work():
        with queue.turn():
            seen.append(1)
            together.append(len(seen))
            time.sleep(0.01)
            seen.pop()

    at_once(*[work] * 8)
    assert together == [1] * 8


def test_who_waits_in_vain_is_refused():
    queue = HashingQueue(concurrency=1, wait=0.2, threads=12)
    worker = Worker(queue)
    worker.at_work.wait(5)
    assert refused(queue) >= 0.19
    worker.end()
    with queue.turn():
        pass


def test_nobody_waits_in_the_last_two_threads():
    queue = HashingQueue(concurrency=1, wait=5, threads=4)
    first, second = Worker(queue), Worker(queue)
    while len([worker for worker in (first, second) if worker.at_work.is_set()]) < 1:
        time.sleep(0.01)
    time.sleep(0.1)
    assert refused(queue) < 1
    first.release.set()
    second.release.set()
    first.thread.join()
    second.thread.join()


def test_a_place_is_given_back_after_an_error():
    queue = HashingQueue(concurrency=1, wait=0.1, threads=3)
    for _ in range(3):
        with pytest.raises(ValueError, match="inside"), queue.turn():
            raise ValueError("inside")
    with queue.turn():
        pass


def test_who_would_find_no_place_is_told_before_anything_is_looked_up():
    queue = HashingQueue(concurrency=1, wait=5, threads=3)
    queue.require_place()
    worker = Worker(queue)
    worker.at_work.wait(5)
    with pytest.raises(LoginBusy):
        queue.require_place()
    worker.end()
    queue.require_place()
    with queue.turn():
        pass
