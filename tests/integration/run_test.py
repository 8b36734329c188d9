#!/usr/bin/env python3
"""Runs a node from a configuration as a person does: it starts, tells what it does, is asked, is stopped, is refused.

    run_test.py --shop build/shop --trip build/trip
"""

import json
import pathlib
import signal
import sys
import time

import shop_process
from shop_process import Shop, require

CONFIG = pathlib.Path(__file__).resolve().parents[2] / "config" / "single.toml"
WRONG_CONFIG = 78
UNAVAILABLE = 69
READING = [["verify"], ["events"], ["sagas"], ["coverage"], ["dlq", "list"], ["view", "orders"]]


def wait_for(node, words, count=1):
    """Until the node has said it so many times."""
    limit = time.monotonic() + shop_process.HANGS_AFTER_S
    while node.stderr().count(words) < count:
        require(node.running and time.monotonic() < limit, f"never said {words}: {node.describe()}")
        time.sleep(0.01)


def stop(node):
    node.signal(signal.SIGTERM)
    require(node.wait() == 0, f"the node did not stop well: {node.describe()}")
    for words in ("node.stopping", "node.stopped"):
        require(words in node.stderr(), f"never said {words}: {node.describe()}")


def starts_and_stops(program, data, journals):
    """Twice, the second time after kill -9: it goes on with its journals."""
    place = ["--config", CONFIG, "--set", f"node.data={data}"]
    with Shop(program, "run", *place) as node:
        wait_for(node, "partition.owned", journals)
        require("node.started node=single" in node.stderr(), f"the name is not there: {node.describe()}")
        with Shop(program, "run", *place) as second:
            require(second.wait() == UNAVAILABLE, f"a second node runs on the same directory: {second.describe()}")
            require(str(node.process.pid) in second.stderr(), f"the first is not named: {second.describe()}")
        node.process.kill()
        node.wait()
    with Shop(program, "run", *place, "--set", "logging.format=json") as node:
        wait_for(node, "partition.owned", journals)
        stop(node)
        lines = [json.loads(line) for line in node.stderr().splitlines()]
        require(lines[0]["event"] == "node.started" and lines[-1]["event"] == "node.stopped", f"{lines}")
        require(all(line["node"] == "single" for line in lines), f"a line does not name its node: {lines}")


def is_asked_by_configuration(shop, data):
    """Every command that reads journals finds them by the configuration."""
    place = ["--config", CONFIG, "--set", f"node.data={data}"]
    status, _, words = shop_process.run(shop, "demo", "--orders", "200", "--data", data, "--json")
    require(status == 0, words)
    for command in READING:
        status, out, words = shop_process.run(shop, *command, *place)
        require(status == 0 and (out or command == ["dlq", "list"]), f"{command}: exit status {status}: {words}")
    status, out, words = shop_process.run(shop, "rebuild", "orders", *place)
    require(status == 0 and "200 rows" in out, f"rebuild: {out}{words}")
    for command in (["state", "inventory", "Stock", "20217"], ["trace", "7"]):
        status, out, words = shop_process.run(shop, *command, *place)
        require(status == 0 and out, f"{command}: exit status {status}: {words}")
    status, _, words = shop_process.run(shop, "verify", *place, "--data", data)
    require(status == 2 and "--config" in words, f"both places: exit status {status}: {words}")


def refuses_what_is_wrong(shop, folder):
    wrong = folder / "wrong.toml"
    wrong.write_text('[log]\ntransprot = "nats"\nreplicas = "three"\n', encoding="utf-8")
    for command in (["run"], ["verify"]):
        status, out, words = shop_process.run(shop, *command, "--config", wrong)
        require(status == WRONG_CONFIG and not out, f"exit status {status}: {words}")
        require(f"{wrong}:2:1: there is no setting log.transprot; did you mean log.transport?" in words, words)
        require(f"{wrong}:3:12: log.replicas: expected a whole number" in words, words)
    status, out, _ = shop_process.run(shop, "run", "--print-config", "--config", CONFIG, "--set", "log.prefix=other")
    require(status == 0 and f"{CONFIG}:" in out and "# --set" in out and "# default" in out, out)
    status, _, words = shop_process.run(shop, "run", "--config", CONFIG, "--set", f"node.data={wrong}")
    require(status == 1 and str(wrong) in words, f"exit status {status}: {words}")
    data = folder / "fixed"
    with Shop(shop, "run", "--config", CONFIG, "--set", f"node.data={data}") as node:
        wait_for(node, "partition.owned", 9)
        stop(node)
    status, _, words = shop_process.run(shop, "run", "--config", CONFIG, "--set", f"node.data={data}", "--set",
                                        "services.payment.partitions=4")
    require(status == 1 and "was created with partitions 2" in words, f"exit status {status}: {words}")


def main():
    parser = shop_process.options(__doc__)
    parser.add_argument("--trip", required=True, type=pathlib.Path, help="the binary of another program")
    arguments = parser.parse_args()
    shop_process.terminate_on_signals()
    try:
        with shop_process.data_directory(arguments.keep) as data:
            starts_and_stops(arguments.shop, data, journals=9)
            starts_and_stops(arguments.trip, data.parent / "trip", journals=9)
            is_asked_by_configuration(arguments.shop, data.parent / "asked")
            refuses_what_is_wrong(arguments.shop, data.parent)
    except shop_process.Broken as broken:
        print(f"FAILED: {broken}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
