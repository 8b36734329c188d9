#!/usr/bin/env python3
"""Stops the demo with SIGTERM and SIGINT in the middle of a run: it ends well, and the run can be continued."""

import random
import signal
import sys
import time

import shop_process
from shop_process import Shop, require

SINGLE = (signal.SIGTERM, signal.SIGINT)


class Stops:
    def __init__(self, arguments):
        self.arguments = arguments
        self.random = random.Random(arguments.seed)
        self.run_bytes = 0

    def demo(self, data):
        return Shop(self.arguments.shop, "demo", "--orders", self.arguments.orders, "--data", data, "--json")

    def measure(self):
        with shop_process.data_directory() as data, self.demo(data) as shop:
            while shop.running:
                self.run_bytes = max(self.run_bytes, shop.written())
                time.sleep(shop_process.POLL_S)
            shop_process.require_all_ended(shop, self.arguments.orders)

    def stop_in_the_middle(self, data, numbers):
        """Sends the signals one after the other. The exit status, and None when the run was over before."""
        with self.demo(data) as shop:
            if not shop.wait_until_written(self.random.uniform(0.1, 0.7) * self.run_bytes):
                return None
            start = time.monotonic()
            for number in numbers:
                shop.signal(number)
            status = shop.wait()
            print(f"{'+'.join(signal.Signals(n).name for n in numbers)}: status {status} after "
                  f"{time.monotonic() - start:.2f} s", flush=True)
            if len(numbers) == 1:
                require(status == 0, f"a graceful stop must exit with 0: {shop.describe()}")
                self.require_checked(shop)
            else:
                # The first may already have done its work when the second arrives.
                expected = {0} | {-number for number in SINGLE} | {128 + number for number in SINGLE}
                require(status in expected, f"the second signal must end it: {shop.describe()}")
            return status

    @staticmethod
    def require_checked(shop):
        """What is there holds, and the summary says so unless it says that it had no time to look."""
        summary = shop_process.summary_of(shop)
        holds = [summary["invariants"].get(name) for name in ("stock", "money", "terminal", "compensation")]
        require(all(holds) if summary["invariants_checked"] else holds == [None] * len(holds),
                f"an interrupted run must report its invariants: {shop.describe()}")

    def check(self, numbers):
        """Stops in the middle, checks what is left, and continues to the end."""
        attempts_max = 5
        for _ in range(attempts_max):
            with shop_process.data_directory(self.arguments.keep) as data:
                if self.stop_in_the_middle(data, numbers) is None:
                    continue
                shop_process.require_verified(self.arguments.shop, data, "--running")
                with self.demo(data) as shop:
                    summary = shop_process.require_all_ended(shop, self.arguments.orders)
                    require(summary["recovered"] is True, f"the run was not continued: {shop.describe()}")
                shop_process.require_verified(self.arguments.shop, data, "--over")
                return
        raise shop_process.Broken("the demo always ended before it could be stopped; give it more --orders")


def main():
    parser = shop_process.options(__doc__)
    parser.set_defaults(orders=20000)
    arguments = parser.parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {arguments.seed}", flush=True)
    stops = Stops(arguments)
    try:
        stops.measure()
        for number in SINGLE:
            stops.check([number])
        for number in SINGLE:
            stops.check([number, number])
    except shop_process.Broken as problem:
        print(f"FAILED (seed {arguments.seed}): {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
