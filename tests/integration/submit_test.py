#!/usr/bin/env python3
"""Submits orders as a person does: interrupted, killed, repeated, after others, from files. None may come in twice.

    submit_test.py --shop build/shop
"""

import json
import pathlib
import random
import signal
import sys

import shop_process
from shop_process import Shop, require

CONFIG = pathlib.Path(__file__).resolve().parents[2] / "config" / "single.toml"
INTERRUPTED = 130
UNAVAILABLE = 69


class Submitter:
    """The command `submit` on one directory."""

    def __init__(self, shop, data):
        self.shop = shop
        self.place = ["--config", CONFIG, "--set", f"node.data={data}"]

    def start(self, *arguments):
        return Shop(self.shop, "submit", *self.place, "--json", *arguments)

    def run(self, *arguments):
        with self.start(*arguments) as process:
            require(process.wait() == 0, f"not submitted: {process.describe()}")
            return json.loads(process.stdout())

    def stored(self):
        """How many OrderCreated the journals hold, and of how many orders."""
        status, out, words = shop_process.run(self.shop, "events", *self.place, "--type", "OrderCreated", "--json")
        require(status == 0, words)
        keys = [json.loads(line)["key"] for line in out.splitlines()]
        return len(keys), len(set(keys))

    def verify(self):
        status, out, words = shop_process.run(self.shop, "verify", *self.place, "--over")
        require(status == 0, f"{out}{words}")


def comes_once(submit, orders, choice):
    """Interrupted at random points, with others in between: each order is there once."""
    long = ["--orders", orders, "--seed", "7"]
    with submit.start(*long) as process:
        process.wait_until_written(choice.randrange(100_000, 2_000_000))
        process.signal(signal.SIGINT)
        status = process.wait()
        require(status in (0, INTERRUPTED), f"exit status {status}: {process.describe()}")
        require(json.loads(process.stdout())["interrupted"] == (status == INTERRUPTED), process.describe())
    other = submit.run("--orders", "100", "--seed", "8")
    require(other["submitted"] == other["completed"] + other["cancelled"] == 100, f"{other}")
    with submit.start(*long) as process:
        process.wait_until_written(choice.randrange(100_000, 2_000_000))
        process.process.kill()
        process.wait()
    submit.run("--orders", "100", "--seed", "9", "--no-wait")
    whole = submit.run(*long)
    require(whole["submitted"] == whole["completed"] + whole["cancelled"] == orders, f"{whole}")
    again = submit.run(*long)
    require(again["submitted_before"] == orders and again["ended_now"] == 0, f"{again}")
    again = submit.run("--orders", "100", "--seed", "9")
    require(again["submitted"] == 100 and again["open"] == 0, f"{again}")
    require(submit.stored() == (orders + 200, orders + 200), f"{submit.stored()}")
    submit.verify()


def file_grows(submit, folder):
    """A file that has changed is another input; orders that are there are left out, the new ones come in."""
    file = folder / "orders.csv"
    lines = [f"{order},customer,sku,1,100\n" for order in range(1, 31)]
    file.write_text("order,customer,sku,quantity,unit_price\n" + "".join(lines[:20]), encoding="utf-8")
    before = submit.stored()[0]
    first = submit.run("--input", file)
    require(first["submitted"] == 20, f"{first}")
    file.write_text("order,customer,sku,quantity,unit_price\n" + "".join(lines), encoding="utf-8")
    second = submit.run("--input", file)
    require(second["submitted"] == 10 and second["already_there"] == 20, f"{second}")
    require(submit.stored() == (before + 30, before + 30), f"{submit.stored()}")
    submit.verify()


def says_what_is_wrong(submit):
    with Shop(submit.shop, "run", *submit.place) as node:
        node.wait_until_written(10_000)
        with submit.start("--orders", "10") as process:
            require(process.wait() == UNAVAILABLE and "one process that writes" in process.stderr(),
                    process.describe())
        node.signal(signal.SIGTERM)
        require(node.wait() == 0, node.describe())
    for arguments in (["--orders", "10", "--prefix", "a b"], ["--input", "x", "--prefix", "a"], ["--timeout", "soon"]):
        with submit.start(*arguments) as process:
            require(process.wait() == 2 and process.stderr(), process.describe())
    with submit.start("--orders", "2000", "--seed", "3", "--rate", "1", "--timeout", "300ms") as process:
        require(process.wait() == 1 and json.loads(process.stdout())["timed_out"], process.describe())


def main():
    arguments = shop_process.options(__doc__).parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {arguments.seed}", flush=True)
    try:
        with shop_process.data_directory(arguments.keep) as data:
            submit = Submitter(arguments.shop, data)
            comes_once(submit, arguments.orders, random.Random(arguments.seed))
            file_grows(submit, data.parent)
            says_what_is_wrong(submit)
    except shop_process.Broken as broken:
        print(f"FAILED: {broken}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
