#!/usr/bin/env python3
"""The saga ledger is exact: what a killed node has saved, folded on, is what the journals say from their beginning."""

import json
import shutil
import signal
import sys

import shop_process
from shop_process import Broken, Shop, require, run


def sagas(binary, data):
    """The whole ledger, without what depends on the moment of asking."""
    status, out, err = run(binary, "sagas", "--data", data, "--json", "--limit", 0)
    require(status == 0, f"shop sagas failed: {err}")
    ledger = json.loads(out)
    for saga in ledger["sagas"]:
        del saga["quiet_ms"]
        for part in ("done", "in_progress", "still_to_do"):  # concurrent events have no order
            saga[part].sort(key=json.dumps)
        for entry in saga["in_progress"]:
            entry["partitions"].sort()
    ledger["sagas"].sort(key=lambda saga: saga["correlation"])
    return ledger


def require_exact(binary, data):
    """The same with the saved ledger and without."""
    saved = data / "views" / "sagas.ledger"
    folded_on = sagas(binary, data)
    if not saved.exists():  # killed or stopped before there was anything to save
        return folded_on
    aside = data / "views" / "sagas.ledger.aside"
    shutil.move(saved, aside)
    from_scratch = sagas(binary, data)
    shutil.move(aside, saved)
    if folded_on != from_scratch:
        raise Broken(f"the saved ledger, folded on, differs from the journals:\n{folded_on}\n{from_scratch}")
    return folded_on


def main():
    options = shop_process.options(__doc__).parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {options.seed}")
    with shop_process.data_directory(options.keep) as data:
        command = ["demo", "--data", data, "--orders", options.orders, "--seed", options.seed, "--cancellations", "10%",
                   "--payment-failures", "20%", "--shipping-failures", "20%", "--json"]
        open_sagas = 0
        with Shop(options.shop, *command) as shop:  # stopped: saves
            shop.wait_until_written(options.orders * 300)
            shop.signal(signal.SIGTERM)
            shop.wait()
        open_sagas += require_exact(options.shop, data)["open"]
        for kill in range(4):  # killed: the saved ledger is old
            with Shop(options.shop, *command) as shop:
                shop.wait_until_written(options.orders * (40 + 40 * kill))
                shop.signal(signal.SIGKILL)
                shop.wait()
            open_sagas += require_exact(options.shop, data)["open"]
        with Shop(options.shop, *command) as shop:
            summary = shop_process.require_all_ended(shop, options.orders)
        require((data / "views" / "sagas.ledger").exists(), "the node has saved no ledger")
        ledger = require_exact(options.shop, data)
        require(ledger["open"] == 0, f"open although all has ended: {ledger['sagas']}")
        require(ledger["drift"] == 0, f"{ledger['drift']} events along no edge")
        ended = ledger["ended"]
        require(ended.get("shop.orders.OrderCompleted", 0) == summary["completed"] and
                ended.get("shop.orders.OrderCancelled", 0) == summary["cancelled"], f"{ended}, not {summary}")
        require(open_sagas > 0, "never was a saga open: the test has seen nothing")
        print(f"exact at 6 moments, {open_sagas} open sagas compared")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Broken as broken:
        print(broken, file=sys.stderr)
        sys.exit(1)
