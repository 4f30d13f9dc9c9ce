"""Lets several things happen at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def at_once(*actions):
    """Run all `actions` in threads of their own, released together; their results in order."""
    gate = Barrier(len(actions))

    def run(action):
        gate.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(run, action) for action in actions]]
