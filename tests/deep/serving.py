"""The desk's own processes as the kill test runs them: on a queue that nobody else reads.

``python -m tests.deep.serving PORT`` serves the pages; ``celery -A tests.deep.serving`` finds the
application here.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from threading import Thread

from casework.project.celery import app

QUEUE = os.environ.get("KILLS_QUEUE", "celery")

app.conf.task_default_queue = QUEUE
if app.conf.broker_url.startswith("redis"):
    app.conf.broker_transport_options = {"global_keyprefix": f"{QUEUE}:"}


def end_with_the_test() -> None:
    """Nothing is left running when the test itself was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.killpg(0, signal.SIGKILL)

    Thread(target=watch, daemon=True).start()


if "KILLS_QUEUE" in os.environ:
    end_with_the_test()


def serve(port: int) -> None:
    """As README says, in one process."""
    import waitress

    from casework.project.wsgi import application

    waitress.serve(application, host="127.0.0.1", port=port, threads=8)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
