"""End a worker when its parent process is gone.

After a SIGKILL of the parent, its workers would keep serving on its port.
"""

import logging
import multiprocessing
import os
import signal
import threading

log = logging.getLogger(__name__)


def stop_with_parent() -> None:
    """Send SIGTERM to this process when the parent ends, so that its requests are finished."""
    threading.Thread(target=_wait_and_stop, name="parent", daemon=True).start()


def _wait_and_stop() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        log.warning("the parent process has ended; stopping")
        os.kill(os.getpid(), signal.SIGTERM)
