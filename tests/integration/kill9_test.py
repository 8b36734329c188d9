#!/usr/bin/env python3
"""Kills the demo with SIGKILL at random moments and starts it again on the same data, until all orders have ended.

Nothing may be lost and nothing may happen twice: at the end every order has ended once, every invariant holds, and the
journals alone say the same. When a run ends before the kills are used up, the next one begins on fresh data.

    kill9_test.py --shop build/shop              a few kills
    kill9_test.py --shop build/shop --kills 100  the proof
"""

import os
import random
import signal
import sys
import time

import shop_process
from shop_process import Shop, require

# How a moment is chosen: mostly by bytes written, so that it falls into the run; sometimes by time alone, so that
# start-up and recovery are hit as well.
EARLY_SHARE = 0.25
EARLY_MAX_S = 0.3
JITTER_MAX_S = 0.02
VERIFY_SHARE = 0.3
KILLS_PER_RUN = 8


class Rounds:
    """Runs and kills until the wanted number of kills is reached."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.random = random.Random(arguments.seed)
        self.kills = 0
        self.runs = 0
        self.run_bytes = 0  # what a run that nobody interrupts writes

    def demo(self, data):
        run_seed = self.arguments.seed % 1000 + self.runs
        return Shop(self.arguments.shop, "demo", "--orders", self.arguments.orders, "--seed", run_seed, "--data", data,
                    "--json", *self.arguments.extra)

    def measure(self):
        """One run without a kill: shows that the demo works at all, and how much it writes."""
        with shop_process.data_directory() as data, self.demo(data) as shop:
            while shop.running:
                self.run_bytes = max(self.run_bytes, shop.written())
                time.sleep(shop_process.POLL_S)
            summary = shop_process.require_all_ended(shop, self.arguments.orders)
            require(summary["recovered"] is False, f"nothing was there to recover: {shop.describe()}")
            shop_process.require_verified(self.arguments.shop, data, "--over")
        print(f"an uninterrupted run writes {self.run_bytes} bytes in {summary['seconds']:.2f} s", flush=True)

    def kill_once(self, shop):
        """Kills the process at a random moment. True when it was killed, False when it had ended by itself."""
        if self.random.random() < EARLY_SHARE:
            delay = self.random.uniform(0, EARLY_MAX_S)
            moment = f"{delay * 1000:.0f} ms after its start"
        else:
            count = int(self.random.expovariate(KILLS_PER_RUN / max(self.run_bytes, 1)))
            delay = self.random.uniform(0, JITTER_MAX_S)
            moment = f"{delay * 1000:.0f} ms after {count} bytes"
            if not shop.wait_until_written(count):
                return False
        time.sleep(delay)
        shop.signal(signal.SIGKILL)
        if shop.wait() != -signal.SIGKILL:
            return False
        self.kills += 1
        print(f"kill {self.kills}: {moment}", flush=True)
        return True

    def run_once(self):
        """One run: kills until it ends by itself or the kills are used up, then lets it end and checks everything."""
        self.runs += 1
        killed = 0
        with shop_process.data_directory(self.arguments.keep) as data:
            while self.kills < self.arguments.kills:
                with self.demo(data) as shop:
                    if not self.kill_once(shop):
                        break
                    killed += 1
                if os.path.isdir(data) and self.random.random() < VERIFY_SHARE:
                    self.verify_unfinished(data)
            self.finish(data, killed)

    def verify_unfinished(self, data):
        """What a kill leaves behind is sound by itself: open orders, but nothing wrong."""
        with Shop(self.arguments.shop, "verify", "--data", data, "--running") as shop:
            # A directory whose journals were not created yet is no violation; that is told by its own words.
            if shop.wait() != 0 and not (shop.process.returncode == 1 and "no journals" in shop.stderr()):
                require(False, f"the journals after a kill do not verify: {shop.describe()}")

    def finish(self, data, killed):
        with self.demo(data) as shop:
            summary = shop_process.require_all_ended(shop, self.arguments.orders)
        shop_process.require_verified(self.arguments.shop, data, "--over")
        # Once more on what is finished: it is recognised, and nothing happens again.
        with self.demo(data) as shop:
            again = shop_process.require_all_ended(shop, self.arguments.orders)
            require(again["recovered"] is True, f"the finished run was not recognised: {shop.describe()}")
            for name in ("events", "completed", "cancelled", "compensations"):
                require(again[name] == summary[name], f"{name}: {summary[name]}, then {again[name]}: {shop.describe()}")
        print(f"run {self.runs}: {killed} kills, {summary['completed']} completed, {summary['cancelled']} cancelled, "
              f"{summary['events']} events, verified", flush=True)


def main():
    parser = shop_process.options(__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("extra", nargs="*", help="further options of the demo, after --")
    arguments = parser.parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {arguments.seed}, {arguments.kills} kills, {arguments.orders} orders a run", flush=True)
    rounds = Rounds(arguments)
    try:
        rounds.measure()
        while rounds.kills < arguments.kills:
            rounds.run_once()
    except shop_process.Broken as problem:
        print(f"FAILED after {rounds.kills} kills (seed {arguments.seed}): {problem}")
        return 1
    print(f"{rounds.kills} kills in {rounds.runs} runs, no violation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
