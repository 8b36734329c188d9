#!/usr/bin/env python3
"""The disk of the journals fills up while the shop works: it waits, keeps what is committed, and goes on when there is
room.

Needs a file system of its own that is small; without the right to mount one the test is skipped.
"""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import shop_process
from shop_process import Shop, require

SKIPPED = 77
SMALL = "6m"
LARGE = "200m"


@contextlib.contextmanager
def small_disk():
    """A file system that is soon full, or nothing and the reason."""
    with tempfile.TemporaryDirectory(prefix="reel-disk-") as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "reel-test", folder],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            yield None, mounted.stderr.strip()
            return
        try:
            yield pathlib.Path(folder), ""
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


def wait_for(shop, words):
    """Until the shop has written the words to its log."""
    since = time.monotonic()
    while not re.search(words, shop.stderr_so_far()):
        require(shop.running, f"the shop ended: {shop.describe()}")
        require(time.monotonic() - since < shop_process.HANGS_AFTER_S, f"nobody said {words!r}")
        time.sleep(0.01)


def fill_up(arguments, disk):
    data = disk / "data"
    with Shop(arguments.shop, "demo", "--orders", arguments.orders, "--seed", arguments.seed % 1000, "--data", data,
              "--json") as shop:
        wait_for(shop, "append.retry")
        # It waits: what is committed is sound, and nothing is added.
        status, out, err = shop_process.run(arguments.shop, "verify", "--data", data, "--running")
        require(status == 0, f"what a full disk holds does not verify: {out}{err}")
        require(shop.running, f"the shop ended on a full disk: {shop.describe()}")
        subprocess.run(["mount", "-o", f"remount,size={LARGE}", str(disk)], check=True)
        summary = shop_process.require_all_ended(shop, arguments.orders)
    shop_process.require_verified(arguments.shop, data, "--over")
    print(f"the disk was full; with more room all {summary['orders']} orders have ended", flush=True)


def main():
    parser = shop_process.options(__doc__.split("\n", maxsplit=1)[0])
    parser.set_defaults(orders=20000)
    arguments = parser.parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {arguments.seed}", flush=True)
    with small_disk() as (disk, reason):
        if disk is None:
            print(f"skipped: no small file system can be mounted here ({reason})")
            return SKIPPED
        try:
            fill_up(arguments, disk)
        except shop_process.Broken as broken:
            print(f"FAILED (seed {arguments.seed}): {broken}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
