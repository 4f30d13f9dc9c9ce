"""Why there is no new file: one sentence that holds no credentials, and of an address the host alone."""

from datetime import timedelta


class UpdateFailed(Exception):
    """The old file stays. `retry_after` is how long the source asks to be left alone."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class UpdateRunning(UpdateFailed):
    """Another process of this machine is at it."""

    def __init__(self) -> None:
        super().__init__("another process is updating it")


class FolderUnusable(UpdateFailed):
    """The folder of the file cannot be written to, or is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the folder of GEO_DB_FILE_PATH cannot be used ({error.strerror or type(error).__name__})")
