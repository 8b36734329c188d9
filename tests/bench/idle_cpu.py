#!/usr/bin/env python3
"""Measures what a node costs that has nothing to do: CPU share, wake-ups and memory. Exits 1 above the limit.

The demo is given orders so rarely that it idles in between. A measurement, not a test: it needs a quiet machine.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

IDLE_CPU_PERCENT_MAX = 1.0
SETTLE_S = 3
ORDERS_PER_SECOND = 0.001


def cpu_seconds(pid):
    """User and system time so far. The name of a process may hold blanks, so the fields count from its bracket."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status_of(pid):
    """Context switches of all threads, and resident bytes."""
    switches = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text(encoding="ascii").splitlines():
            if "ctxt_switches" in line:
                switches += int(line.split()[1])
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return switches, int(line.split()[1]) * 1024
    return switches, 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reel-idle-") as folder:
        command = [arguments.shop.resolve(), "demo", "--orders", "1000", "--rate", str(ORDERS_PER_SECOND),
                   "--data", os.path.join(folder, "data"), "--json"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        try:
            time.sleep(SETTLE_S)
            before, (switches_before, _) = cpu_seconds(process.pid), status_of(process.pid)
            start = time.monotonic()
            time.sleep(arguments.seconds)
            window = time.monotonic() - start
            if process.poll() is not None:
                print(f"the demo ended with {process.returncode}: {process.stderr.read().decode()[-2000:]}")
                return 1
            share = (cpu_seconds(process.pid) - before) / window * 100
            switches, resident = status_of(process.pid)
        finally:
            process.kill()
            process.wait()
    print(f"idle: {share:.2f} % of a core, {(switches - switches_before) / window:.0f} context switches/s, "
          f"{resident / 2**20:.0f} MiB resident")
    return 0 if share <= IDLE_CPU_PERCENT_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
