#!/usr/bin/env python3
"""Runs the demo on a broker that is killed and started again, and kills the demo itself: no order may be lost.

    broker_dies_test.py --shop build/shop
"""

import random
import sys
import time

import shop_process
from nats_process import Server
from shop_process import Shop, require

BROKER_KILLS = 3
SHOP_KILLS = 3


def demo(arguments, place):
    return Shop(arguments.shop, "demo", "--orders", arguments.orders, "--seed", arguments.seed % 1000, "--data", place,
                "--json")


def broker_dies(arguments, choice):
    """The shop lives through the deaths of its broker."""
    with Server() as server, demo(arguments, server.url) as shop:
        kills = 0
        while kills < BROKER_KILLS and shop.running:
            time.sleep(choice.uniform(0.05, 0.3))
            server.kill()
            time.sleep(choice.uniform(0, 0.3))
            server.start()
            kills += 1
        shop_process.require_all_ended(shop, arguments.orders)
        require(kills == 0 or "nats.reconnected" in shop.stderr(), f"the broker was not missed: {shop.describe()}")
        shop_process.require_verified(arguments.shop, server.url, "--over")
        print(f"{kills} kills of the broker, {arguments.orders} orders ended", flush=True)


def shop_dies(arguments, choice):
    """Another process of the shop goes on where a killed one was."""
    with Server() as server:
        kills = 0
        while kills < SHOP_KILLS:
            with demo(arguments, server.url) as shop:
                time.sleep(choice.uniform(0.1, 0.4))
                if not shop.running:
                    break
                shop.process.kill()
                shop.process.wait()
                kills += 1
        with demo(arguments, server.url) as shop:
            shop_process.require_all_ended(shop, arguments.orders)
        shop_process.require_verified(arguments.shop, server.url, "--over")
        print(f"{kills} kills of the shop, {arguments.orders} orders ended", flush=True)


def says_what_is_wrong(arguments):
    """Places that cannot be used are refused in words."""
    with Server() as server:
        gone = server.url
        status, _, words = shop_process.run(arguments.shop, "verify", "--data", f"{gone}/Not-A-Prefix")
        require(status != 0 and "prefix" in words, f"exit status {status}: {words}")
        status, _, words = shop_process.run(arguments.shop, "verify", "--data", f"{gone}/nothing")
        require(status != 0 and words, f"exit status {status}: {words}")


def main():
    arguments = shop_process.options(__doc__).parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {arguments.seed}", flush=True)
    choice = random.Random(arguments.seed)
    try:
        broker_dies(arguments, choice)
        shop_dies(arguments, choice)
        says_what_is_wrong(arguments)
    except shop_process.Broken as broken:
        print(f"FAILED: {broken}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
