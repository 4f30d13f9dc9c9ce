"""How many connections a worker may keep, given how many files it may have open.

A worker of gunicorn that may open no further file when it accepts a connection ends, and all its connections with it.
"""

import resource

CONNECTIONS = 1000  # of a worker at most, gunicorn's own default
FILES_OF_A_THREAD = 4  # sockets: to the database, to the limits' store, to another service, and to wait for its client
OTHER_FILES = 64  # log, listeners, monitors of the database's members, mapped files of the metrics, and room


def needed(threads: int) -> int:
    """How many open files a worker of so many threads needs at most."""
    return CONNECTIONS + FILES_OF_A_THREAD * threads + OTHER_FILES


def raise_limit(files: int) -> int:
    """Let this process and its children open so many files, or as many as it may allow itself; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return files
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(soft, files)


def connections(limit: int, threads: int) -> int:
    """How many connections a worker of so many threads may keep below `limit` open files; at least one for a thread."""
    return max(threads + 1, min(CONNECTIONS, CONNECTIONS + limit - needed(threads)))
