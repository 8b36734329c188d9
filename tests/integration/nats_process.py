"""One nats-server on loopback for an integration test: may be killed and started again at the same place."""

import ctypes
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HANGS_AFTER_S = 60
PR_SET_PDEATHSIG = 1


def _die_with_the_test():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """Starts with the block, ends with it, and leaves nothing behind."""

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="reel-nats-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process = None
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self):
        return f"nats://127.0.0.1:{self._port}"

    def start(self):
        log = open(self._folder / "log", "ab")
        self._process = subprocess.Popen(
            ["nats-server", "-a", "127.0.0.1", "-p", str(self._port), "-js", "-sd", str(self._folder / "store")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_the_test)
        log.close()
        self._wait_until_it_listens()

    def _wait_until_it_listens(self):
        limit = time.monotonic() + HANGS_AFTER_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                words = (self._folder / "log").read_text("utf-8", "replace")[-2000:]
                if self._process.poll() is not None or time.monotonic() > limit:
                    raise RuntimeError(f"nats-server does not start: {words}") from None
                time.sleep(0.01)

    def kill(self):
        self._process.kill()
        self._process.wait()
