"""Runs the shop's binary for the integration tests: starts it, watches what it writes, ends it, reads its answer."""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# A limit for a run that hangs, not a threshold: no healthy run comes near it, on however slow a machine.
HANGS_AFTER_S = 600
POLL_S = 0.001
SUMMARY_KEYS = {
    "orders", "completed", "cancelled", "dead_letters", "events", "compensations", "seconds", "orders_per_second",
    "events_per_second", "latency_ms", "disk_bytes", "peak_rss_bytes", "rejected_lines", "recovered", "invariants",
}
INVARIANTS = {"stock", "money", "terminal", "compensation"}


class Broken(Exception):
    """The shop did not do what it must."""


def require(condition, what):
    if not condition:
        raise Broken(what)


class Shop:
    """One process of the shop. Its output goes to files, so that it never waits for its reader."""

    def __init__(self, binary, *arguments):
        self.arguments = [str(argument) for argument in arguments]
        self._out = tempfile.TemporaryFile()
        self._err = tempfile.TemporaryFile()
        environment = {name: value for name, value in os.environ.items() if name != "REEL_DATA"}
        self.process = subprocess.Popen([str(pathlib.Path(binary).resolve()), *self.arguments], env=environment,
                                        stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._out.close()
        self._err.close()

    @property
    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def written(self):
        """Bytes that the process has written so far: its progress, whatever it works on."""
        try:
            with open(f"/proc/{self.process.pid}/io", encoding="ascii") as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith("wchar:"))
        except (OSError, StopIteration):
            return 0

    def wait_until_written(self, count):
        """True when the process has written so much, False when it ended before."""
        last, since = -1, time.monotonic()
        while self.running:
            now = self.written()
            if now >= count:
                return True
            if now != last:
                last, since = now, time.monotonic()
            require(time.monotonic() - since < HANGS_AFTER_S, f"no progress: {self.describe()}")
            time.sleep(POLL_S)
        return False

    def wait(self):
        """The exit status; negative for a signal."""
        try:
            return self.process.wait(HANGS_AFTER_S)
        except subprocess.TimeoutExpired:
            raise Broken(f"does not end: {self.describe()}") from None

    @staticmethod
    def _text(file):
        file.seek(0)
        return file.read().decode("utf-8", "replace")

    @staticmethod
    def _peek(file):
        """What is there so far; the process goes on writing at its end."""
        return os.pread(file.fileno(), 1 << 24, 0).decode("utf-8", "replace")

    def stdout_so_far(self):
        return self._peek(self._out)

    def stderr_so_far(self):
        return self._peek(self._err)

    def stdout(self):
        return self._text(self._out)

    def stderr(self):
        return self._text(self._err)

    def describe(self):
        """What a person needs to see when it went wrong."""
        return (f"shop {' '.join(self.arguments)}\n  exit status {self.process.returncode}\n"
                f"--- stdout (end)\n{self.stdout()[-3000:]}\n--- stderr (end)\n{self.stderr()[-3000:]}")


def run(binary, *arguments):
    """Runs to the end: (exit status, stdout, stderr)."""
    with Shop(binary, *arguments) as shop:
        status = shop.wait()
        return status, shop.stdout(), shop.stderr()


def summary_of(shop):
    """The object that --json printed; it must be the only thing on stdout."""
    try:
        summary = json.loads(shop.stdout())
    except ValueError:
        raise Broken(f"stdout is not one JSON object: {shop.describe()}") from None
    missing = SUMMARY_KEYS - summary.keys()
    require(not missing, f"the summary lacks {sorted(missing)}: {shop.describe()}")
    return summary


def require_all_ended(shop, orders):
    """The run ended well: every order has ended once, nothing is parked, every invariant holds."""
    require(shop.wait() == 0, f"the run failed: {shop.describe()}")
    summary = summary_of(shop)
    require(summary["orders"] == orders, f"{summary['orders']} orders, not {orders}: {shop.describe()}")
    ended = summary["completed"] + summary["cancelled"]
    require(ended == orders, f"{ended} of {orders} orders ended: {shop.describe()}")
    require(summary["dead_letters"] == 0, f"{summary['dead_letters']} dead letters: {shop.describe()}")
    require(INVARIANTS <= summary["invariants"].keys(), f"not all invariants were checked: {shop.describe()}")
    broken = [name for name, holds in summary["invariants"].items() if holds is not True]
    require(not broken, f"broken: {broken}: {shop.describe()}")
    return summary


def require_verified(binary, data, *arguments):
    """`shop verify` reads the journals alone and finds nothing wrong."""
    with Shop(binary, "verify", "--data", data, *arguments) as shop:
        require(shop.wait() == 0, f"the journals do not verify: {shop.describe()}")


@contextlib.contextmanager
def data_directory(keep=False):
    """A directory that does not exist yet; it is left there for inspection when the test fails."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reel-test-"))
    try:
        yield folder / "data"
    except BaseException:
        print(f"the data directory is kept: {folder / 'data'}", file=sys.stderr)
        raise
    if keep:
        print(f"the data directory is kept: {folder / 'data'}", file=sys.stderr)
    else:
        shutil.rmtree(folder)


def options(description):
    """The options that all of these tests have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--shop", required=True, type=pathlib.Path, help="the shop's binary")
    another = random.SystemRandom().randrange(2**31)
    parser.add_argument("--seed", type=int, default=another, help="default: another each time")
    parser.add_argument("--orders", type=int, default=3000, help="orders of a run")
    parser.add_argument("--keep", action="store_true", help="keep the data directories")
    return parser


def terminate_on_signals():
    """Makes a test that is stopped from outside clean up after itself."""
    def stop(number, _):
        sys.exit(128 + number)
    signal.signal(signal.SIGTERM, stop)
