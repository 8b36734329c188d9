#!/usr/bin/env python3
"""The shop's command line: wrong use is refused with status 2 and by name, output goes where it belongs."""

import contextlib
import json
import os
import pathlib
import pty
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import shop_process
from shop_process import Shop, run

SHOP = None
TEST_DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
COMMANDS = ("demo", "verify", "events", "state", "check", "graph", "trace", "coverage", "sagas", "view",
            "rebuild", "asyncapi", "docs", "fingerprint")
ESCAPE = "\x1b"


class WrongUse(unittest.TestCase):
    # What is given, and what the sentence must name.
    CASES = [
        (["demo", "--orders", "-1"], "--orders"),
        (["demo", "--orders", "many"], "--orders"),
        (["demo", "--orders", "0"], "--orders"),
        (["demo", "--orders"], "--orders"),
        (["demo", "--payment-failures", "2"], "--payment-failures"),
        (["demo", "--shipping-failures", "nan"], "--shipping-failures"),
        (["demo", "--cancellations", "-0.1"], "--cancellations"),
        (["demo", "--stock", "1.5"], "--stock"),
        (["demo", "--rate", "0"], "--rate"),
        (["demo", "--partitions", "0"], "--partitions"),
        (["demo", "--partitions", "99999999999999999999"], "--partitions"),
        (["demo", "--seed", "x"], "--seed"),
        (["demo", "--no-such-option"], "--no-such-option"),
        (["demo", "surplus"], "surplus"),
        (["verify"], "--data"),
        (["events"], "--data"),
        (["state", "inventory", "Stock", "sku-1"], "--data"),
        (["graph", "--format", "crayon"], "--format"),
        (["sagas"], "--data"),
        (["sagas", "--data", "x", "--older-than", "soon"], "soon"),
        (["sagas", "--data", "x", "--correlation", "1", "--stuck"], "--stuck"),
        (["view", "ordrs", "--data", "x"], "did you mean orders?"),
        (["view", "sagas", "--data", "x"], "command sagas"),
        (["view", "orders", "--data", "x", "--limit", "few"], "--limit"),
        (["rebuild", "orders"], "--data"),
        (["graph", "--service", "paymnt"], "did you mean payment?"),
        (["graph", "--from", "ShipingFailed"], "did you mean ShippingFailed?"),
        (["graph", "--servic", "payment"], "did you mean --service?"),
        (["fingerprint", "--against"], "--against"),
        (["grahp"], "did you mean graph?"),
        (["no-such-command"], "no-such-command"),
    ]

    def test_is_refused_by_name(self):
        for arguments, named in self.CASES:
            with self.subTest(arguments=arguments):
                status, out, err = run(SHOP, *arguments)
                self.assertEqual(status, 2, err)
                self.assertIn(named, err)
                self.assertEqual(out, "")

    def test_without_a_command_says_what_there_is(self):
        status, _, err = run(SHOP)
        self.assertEqual(status, 2)
        self.assertTrue(err)

    def test_a_directory_that_is_not_there(self):
        with shop_process.data_directory() as data:
            for command in ("verify", "events"):
                status, out, err = run(SHOP, command, "--data", data)
                self.assertIn(status, (1, 2))
                self.assertIn(str(data), err)
                self.assertEqual(out, "")
                self.assertFalse(data.exists(), "reading must not create anything")

    def test_an_input_that_is_not_there(self):
        status, _, err = run(SHOP, "demo", "--input", "no-such-file.csv")
        self.assertIn(status, (1, 2))
        self.assertIn("no-such-file.csv", err)


class Drawing(unittest.TestCase):
    def test_a_part_of_the_graph(self):
        status, out, err = run(SHOP, "graph", "--from", "ShippingFailed")
        self.assertEqual(status, 0, err)
        self.assertIn("PaymentRefunded", out)
        self.assertNotIn("StockShort", out)
        status, out, err = run(SHOP, "graph", "--service", "intake", "--format", "json")
        self.assertEqual(status, 0, err)
        self.assertNotIn("PaymentProcessed", json.dumps(json.loads(out)))

    def test_docs_are_a_site_of_its_own(self):
        with tempfile.TemporaryDirectory(prefix="reel-test-") as folder:
            site = pathlib.Path(folder) / "new" / "site"
            status, out, err = run(SHOP, "docs", site)
            self.assertEqual(status, 0, err)
            self.assertIn(str(site / "index.html"), out)
            self.assertIn("PaymentRefunded", (site / "index.html").read_text(encoding="utf-8"))
            in_the_way = pathlib.Path(folder) / "file"
            in_the_way.write_text("no folder", encoding="utf-8")
            status, out, err = run(SHOP, "docs", in_the_way)
            self.assertEqual((status, out), (1, ""))
            self.assertIn(str(in_the_way), err)

    def test_svg_is_drawn_or_said_to_be_missing(self):
        status, out, err = run(SHOP, "graph", "--format", "svg")
        if shutil.which("dot"):
            self.assertEqual(status, 0, err)
            self.assertIn("</svg>", out)
        else:
            self.assertEqual(status, 1)
            self.assertIn("Graphviz", err)


class Watching(unittest.TestCase):
    """What happened, read from the journals of one small run."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="reel-test-")
        cls.data = pathlib.Path(cls.folder.name) / "data"
        status, _, err = run(SHOP, "demo", "--orders", 300, "--cancellations", "10%", "--data", cls.data)
        assert status == 0, err

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_trace_tells_one_order_in_three_ways(self):
        status, text, err = run(SHOP, "trace", 17, "--data", self.data)
        self.assertEqual(status, 0, err)
        self.assertIn("OrderCreated", text)
        _, mermaid, _ = run(SHOP, "trace", 17, "--data", self.data, "--format", "mermaid")
        self.assertTrue(mermaid.startswith("sequenceDiagram\n"), mermaid)
        _, out, _ = run(SHOP, "trace", 17, "--data", self.data, "--json")
        events = json.loads(out)["events"]
        seen = set()
        for event in events:
            self.assertTrue(event["cause"] is None or event["cause"] in seen, "causes come before effects")
            seen.add(event["id"])
        self.assertTrue(events[-1]["type"].startswith("shop."))

    def test_trace_of_an_order_that_is_not_there(self):
        status, out, err = run(SHOP, "trace", "no-such-order", "--data", self.data)
        self.assertEqual(status, 1)
        self.assertIn("no-such-order", err)
        self.assertEqual(out, "")

    def rows(self):
        status, out, err = run(SHOP, "view", "orders", "--data", self.data, "--limit", 1000, "--json")
        self.assertEqual(status, 0, err)
        return json.loads(out)

    def test_view_prints_rows(self):
        self.assertEqual(len(self.rows()), 300)
        status, out, err = run(SHOP, "view", "orders", "--data", self.data, "--key", 17)
        self.assertEqual(status, 0, err)
        self.assertEqual(len(out.splitlines()), 2)
        status, out, err = run(SHOP, "view", "orders", "--data", self.data, "--count-by", "state", "--json")
        self.assertEqual(sum(row["count"] for row in json.loads(out)), 300)
        for wrong in (["--where", "state='"], ["--count-by", "stat"]):
            status, out, err = run(SHOP, "view", "orders", "--data", self.data, *wrong)
            self.assertEqual((status, out), (2, ""), err)

    def test_rebuild_makes_the_same_rows_again(self):
        before = self.rows()
        with contextlib.closing(sqlite3.connect(self.data / "views" / "orders.db")) as view:
            view.execute("DELETE FROM orders WHERE order_id LIKE '1%'")
            view.commit()
        self.assertLess(len(self.rows()), 300)
        # Killed on the way, the read model is the old one or the new one, and the next rebuild is not in its way.
        with Shop(SHOP, "rebuild", "orders", "--data", self.data) as killed:
            killed.wait_until_written(20_000)
        self.assertIn(len(self.rows()), (189, 300))
        status, out, err = run(SHOP, "rebuild", "orders", "--data", self.data)
        self.assertEqual(status, 0, err)
        self.assertIn("orders: 300 rows", out)
        self.assertEqual(self.rows(), before)
        status, out, err = run(SHOP, "rebuild", "sagas", "--data", self.data)
        self.assertEqual(status, 0, err)
        self.assertIn("sagas: 0 rows", out)
        self.assertEqual(list((self.data / "views").glob("*.rebuild")), [])

    def test_rebuild_of_a_running_node_is_refused(self):
        with shop_process.data_directory() as data:
            with Shop(SHOP, "demo", "--orders", 100_000, "--rate", 500, "--data", data) as node:
                self.assertTrue(node.wait_until_written(200_000))
                status, out, err = run(SHOP, "rebuild", "orders", "--data", data)
                self.assertEqual((status, out), (1, ""))
                self.assertIn(str(node.process.pid), err)

    def test_sagas_of_a_run_that_is_over(self):
        status, out, err = run(SHOP, "sagas", "--data", self.data, "--json")
        self.assertEqual(status, 0, err)
        ledger = json.loads(out)
        self.assertEqual((ledger["open"], ledger["drift"]), (0, 0))
        self.assertEqual(sum(ledger["ended"].values()), 300)
        status, text, err = run(SHOP, "sagas", "--data", self.data, "--correlation", 17)
        self.assertEqual(status, 0, err)
        self.assertIn("17 is not under way", text)
        self.assertIn("OrderCreated", text)

    def test_coverage_counts_and_requires(self):
        status, out, err = run(SHOP, "coverage", "--data", self.data, "--json")
        self.assertEqual(status, 0, err)
        once = json.loads(out)
        self.assertEqual(once["drift"], [])
        _, out, _ = run(SHOP, "coverage", "--data", self.data, self.data, "--json")
        self.assertEqual(json.loads(out)["events"], 2 * once["events"])
        with tempfile.TemporaryDirectory(prefix="reel-test-") as folder:
            run(SHOP, "demo", "--orders", 1, "--cancellations", 0, "--data", folder)
            status, out, err = run(SHOP, "coverage", "--data", folder, "--require", 100)
            self.assertEqual(status, 1)
            self.assertIn("never", out)
            self.assertIn("100 %", err)


class Help(unittest.TestCase):
    def test_of_every_command(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                status, out, _ = run(SHOP, command, "--help")
                self.assertEqual(status, 0)
                self.assertIn(command, out)


class Output(unittest.TestCase):
    def test_json_is_the_only_thing_on_stdout(self):
        with Shop(SHOP, "demo", "--orders", 200, "--json") as shop:
            shop_process.require_all_ended(shop, 200)
            self.assertNotIn(ESCAPE, shop.stderr())

    def test_no_colours_where_nobody_looks(self):
        status, out, err = run(SHOP, "demo", "--orders", 200)
        self.assertEqual(status, 0, err)
        self.assertNotIn(ESCAPE, out + err)
        self.assertIn("200", out)

    def test_leaves_nothing_behind(self):
        with shop_process.data_directory() as folder:
            folder.mkdir()
            before = os.environ.get("TMPDIR")
            os.environ["TMPDIR"] = str(folder)
            try:
                status, _, err = run(SHOP, "demo", "--orders", 50, "--json")
            finally:
                os.environ.pop("TMPDIR")
                if before is not None:
                    os.environ["TMPDIR"] = before
            self.assertEqual(status, 0, err)
            self.assertEqual(list(folder.iterdir()), [])

    def test_orders_from_files(self):
        for name in ("orders.csv", "orders.jsonl", "online_retail.csv"):
            with self.subTest(name=name), shop_process.data_directory() as data:
                with Shop(SHOP, "demo", "--input", TEST_DATA / name, "--data", data, "--json") as shop:
                    self.assertEqual(shop.wait(), 0, shop.describe())
                    summary = shop_process.summary_of(shop)
                    self.assertGreater(summary["orders"], 0)
                    self.assertEqual(summary["completed"] + summary["cancelled"], summary["orders"])
                shop_process.require_verified(SHOP, data, "--over")

    def test_same_seed_same_orders(self):
        summaries = []
        for _ in range(2):
            with Shop(SHOP, "demo", "--orders", 300, "--seed", 7, "--json") as shop:
                summaries.append(shop_process.require_all_ended(shop, 300))
        self.assertEqual(summaries[0]["orders"], summaries[1]["orders"])

    def test_events_and_state_of_a_run(self):
        with shop_process.data_directory() as data:
            status, _, err = run(SHOP, "demo", "--orders", 100, "--data", data, "--json")
            self.assertEqual(status, 0, err)
            status, out, err = run(SHOP, "events", "--data", data, "--type", "OrderCreated", "--json")
            self.assertEqual(status, 0, err)
            self.assertEqual(len(out.splitlines()), 100)
            status, out, err = run(SHOP, "events", "--data", data, "--order", "1")
            self.assertEqual(status, 0, err)
            self.assertIn("OrderCreated", out)
            status, _, err = run(SHOP, "events", "--data", data, "--type", "NoSuchEvent")
            self.assertEqual(status, 2, err)
            self.assertIn("NoSuchEvent", err)

    def test_a_reader_that_goes_away(self):
        """`shop events | head -1` ends, and does not hang or crash."""
        with shop_process.data_directory() as data:
            status, _, err = run(SHOP, "demo", "--orders", 2000, "--data", data, "--json")
            self.assertEqual(status, 0, err)
            with subprocess.Popen([SHOP, "events", "--data", data], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL) as events:
                events.stdout.readline()
                events.stdout.close()
                self.assertIsNotNone(events.wait(shop_process.HANGS_AFTER_S))


class Terminal(unittest.TestCase):
    def test_draws_progress_on_a_terminal(self):
        """On a terminal the demo may use colours and a moving line; with NO_COLOR no colours."""
        control, terminal = pty.openpty()
        environment = dict(os.environ, TERM="xterm", NO_COLOR="1")
        process = subprocess.Popen([SHOP, "demo", "--orders", "500"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=terminal, env=environment)
        os.close(terminal)
        drawn = bytearray()
        with contextlib.suppress(OSError):  # the terminal is gone when the process has ended
            while chunk := os.read(control, 65536):
                drawn += chunk
        out = process.stdout.read().decode()
        process.stdout.close()
        os.close(control)
        self.assertEqual(process.wait(), 0, drawn.decode("utf-8", "replace"))
        self.assertNotRegex(drawn.decode("utf-8", "replace") + out, "\x1b\\[[0-9;]*3[0-7]m")


class OneOwner(unittest.TestCase):
    def test_second_node_on_the_same_data_is_refused(self):
        with shop_process.data_directory() as data:
            first = Shop(SHOP, "demo", "--orders", 1000, "--rate", 1, "--data", data, "--json")
            with first:
                while first.running and not (data.is_dir() and any(data.iterdir())):
                    time.sleep(shop_process.POLL_S)
                # The first owns the directory as soon as its journals exist; until then the second may win.
                self.assertTrue(first.wait_until_written(100_000), first.describe())
                status, _, err = run(SHOP, "demo", "--orders", 1000, "--rate", 1, "--data", data, "--json")
                self.assertNotEqual(status, 0)
                self.assertIn(str(data), err)
                self.assertTrue(first.running, first.describe())

    def test_other_partitions_than_before_are_refused(self):
        with shop_process.data_directory() as data:
            status, _, err = run(SHOP, "demo", "--orders", 50, "--partitions", 2, "--data", data, "--json")
            self.assertEqual(status, 0, err)
            status, _, err = run(SHOP, "demo", "--orders", 50, "--partitions", 3, "--data", data, "--json")
            self.assertNotEqual(status, 0)
            self.assertIn("partition", err)


def main():
    global SHOP
    arguments, rest = shop_process.options(__doc__).parse_known_args()
    shop_process.terminate_on_signals()
    SHOP = str(arguments.shop.resolve())
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


class Fingerprint(unittest.TestCase):
    """Two programs are compared by what one of them printed."""

    def against(self, text):
        with tempfile.TemporaryDirectory() as folder:
            other = pathlib.Path(folder) / "other.txt"
            other.write_text(text)
            return run(SHOP, "fingerprint", "--against", str(other))

    def test_is_what_check_says_and_agrees_with_itself(self):
        status, text, _ = run(SHOP, "fingerprint")
        self.assertEqual(status, 0)
        told = json.loads(run(SHOP, "check", "--json")[1])["fingerprint"]
        completed = told["events"]["shop.orders.OrderCompleted"]
        self.assertIn(f"schemas {told['schemas']}\ngraph {told['graph']}\n", text)
        self.assertIn(f"event shop.orders.OrderCompleted\n  hash {completed}\n", text)
        self.assertEqual(self.against(text)[:2], (0, "the same\n"))

    def test_refuses_what_is_none(self):
        text = run(SHOP, "fingerprint")[1]
        for bad, named in (("", "line 1"), ("x" + text, "line 1"), (text + "x\n", "is no line"), (text[:-9], "hashes"),
                           (text.replace("quantity:uint", "quantity:ulong"), "hashes")):
            with self.subTest(named=named):
                status, out, err = self.against(bad)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("other.txt", err)
                self.assertIn(named, err)
        status, _, err = run(SHOP, "fingerprint", "--against", "no-such-file.txt")
        self.assertEqual(status, 1)
        self.assertIn("no-such-file.txt", err)


if __name__ == "__main__":
    main()
