"""A process that sends mail and does nothing else: `python -m tests.support.mail.worker_process`.

`WorkerProcess` starts one, with environment variables alone; a context manager.
"""

import os
import subprocess
import sys
import tempfile

from auth_service.app import create_app
from auth_service.development.mongod import die_with_parent
from tests.support.server import ROOT
from tests.support.settings import environment


class WorkerProcess:
    def __init__(self, **variables):
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment(**variables)}

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=self._folder.name, env=self._environ, preexec_fn=die_with_parent
        )
        return self

    def __exit__(self, *details):
        self.kill()
        self._folder.cleanup()

    def kill(self):
        """End it by SIGKILL, wherever it is."""
        self._process.kill()
        self._process.wait()


def main():
    create_app().extensions["auth_service"].services.mail_worker.run()


if __name__ == "__main__":
    main()
