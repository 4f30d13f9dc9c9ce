"""A few hashes run, some wait for a slot, the rest are refused at once."""

import threading
import time
from contextlib import suppress

import pytest

from auth_service.errors import LoginBusy
from auth_service.monitoring.metrics import NullMetrics
from auth_service.services.credentials.hashing_queue import HashingQueue
from tests.support.parallel import at_once
from tests.support.server import wait_until


class Worker:
    """Holds a turn until it is released."""

    def __init__(self, queue, *, known=False):
        self.at_work, self.release = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._work, args=[queue, known])
        self.thread.start()

    def _work(self, queue, known):
        with queue.slot(known=known):
            self.at_work.set()
            self.release.wait(30)

    def end(self):
        self.release.set()
        self.thread.join()


class Waiters(NullMetrics):
    """Counts who waits, and who ever did."""

    def __init__(self):
        self.now = self.ever = self.refused = 0

    def hash_refused(self):
        self.refused += 1

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
    waiters = Waiters()
    queue = HashingQueue(concurrency=1, wait=5, threads=3, metrics=waiters)
    queue.require_capacity()
    worker = Worker(queue)
    assert worker.at_work.wait(30)
    with pytest.raises(LoginBusy):
        queue.require_capacity()
    refuse(queue)
    assert waiters.refused == 2
    worker.end()
    queue.require_capacity()
    with queue.slot():
        pass


# known callers


def test_of_ten_places_strangers_take_eight_and_known_callers_all():
    waiters = Waiters()
    queue = HashingQueue(concurrency=1, wait=600, threads=12, metrics=waiters)
    workers = [Worker(queue) for _ in range(8)]
    wait_until(lambda: waiters.ever == 8, 30)
    refuse(queue)
    with pytest.raises(LoginBusy):
        queue.require_capacity()
    queue.require_capacity(known=True)
    workers += [Worker(queue, known=True) for _ in range(2)]
    wait_until(lambda: waiters.ever == 10, 30)
    with pytest.raises(LoginBusy), queue.slot(known=True):
        pass
    with pytest.raises(LoginBusy):
        queue.require_capacity(known=True)
    for worker in workers:
        worker.release.set()
    for worker in workers:
        worker.thread.join()
    assert waiters.now == 0


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_known_caller_gets_the_next_slot(concurrency):
    waiters = Waiters()
    queue = HashingQueue(concurrency=concurrency, wait=600, threads=20, metrics=waiters)
    running = [Worker(queue) for _ in range(concurrency)]
    assert all(worker.at_work.wait(30) for worker in running)
    strangers = [Worker(queue) for _ in range(4)]
    wait_until(lambda: waiters.now == 4, 30)
    known = Worker(queue, known=True)
    wait_until(lambda: waiters.now == 5, 30)
    running[0].end()
    assert known.at_work.wait(30)
    assert not any(stranger.at_work.is_set() for stranger in strangers)
    for worker in (known, *running[1:], *strangers):
        worker.release.set()
    for worker in (known, *strangers):
        worker.thread.join()
    assert waiters.now == 0


def test_strangers_go_on_after_a_known_caller_has_waited_in_vain():
    waiters = Waiters()
    queue = HashingQueue(concurrency=1, wait=0.2, threads=12, metrics=waiters)
    worker = Worker(queue)
    assert worker.at_work.wait(30)
    with pytest.raises(LoginBusy), queue.slot(known=True):
        pass
    worker.end()
    with queue.slot():
        pass
    assert waiters.now == 0


def test_no_slot_is_lost_or_given_twice_whoever_waits_and_gives_up():
    queue, running, most = HashingQueue(concurrency=2, wait=0.01, threads=40), [], []

    def work(known):
        for _ in range(50):
            with suppress(LoginBusy), queue.slot(known=known):
                running.append(1)
                most.append(len(running))
                time.sleep(0.001)
                running.pop()

    at_once(*[lambda known=known: work(known) for known in [True, False] * 8])
    assert max(most) == 2
    for known in (True, False):
        with queue.slot(known=known), queue.slot(known=known):
            pass


def test_two_slots_that_become_free_at_once_go_to_a_known_caller_and_a_stranger():
    waiters = Waiters()
    queue = HashingQueue(concurrency=2, wait=600, threads=20, metrics=waiters)
    for _ in range(100):
        running = [Worker(queue), Worker(queue)]
        assert all(worker.at_work.wait(30) for worker in running)
        known, stranger = Worker(queue, known=True), Worker(queue)
        wait_until(lambda: waiters.now == 2, 30)
        for worker in running:
            worker.release.set()
        assert known.at_work.wait(30)
        assert stranger.at_work.wait(30)
        for worker in (known, stranger, *running):
            worker.end()
