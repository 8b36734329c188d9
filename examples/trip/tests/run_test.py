#!/usr/bin/env python3
"""The trips' program has every command that the shop's has, and speaks of trips.

  run_test.py TRIP
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest

TRIP = None
WORDS_OF_THE_SHOP = re.compile(r"\b(an order|orders|SKU|inventory|Stock\w*|payment|shop)\b", re.IGNORECASE)


def run(*arguments, status=0):
    done = subprocess.run([TRIP, *arguments], capture_output=True, text=True, timeout=120)
    if done.returncode != status:
        raise AssertionError(f"{arguments}: status {done.returncode}, expected {status}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Commands(unittest.TestCase):
    def test_help_speaks_of_trips(self):
        commands = re.findall(r"^  (\w+) {2,}", run("--help"), re.MULTILINE)
        for command in ("demo", "check", "graph", "events", "state", "verify"):
            self.assertIn(command, commands)
        for command in commands:
            self.assertIsNone(WORDS_OF_THE_SHOP.search(run(command, "--help")), command)

    def test_check_and_graph(self):
        self.assertIn(": sound", run("check"))
        graph = run("graph")
        self.assertIn("undo RoomBooked", graph)
        self.assertIsNone(WORDS_OF_THE_SHOP.search(graph))


class Run(unittest.TestCase):
    def test_from_demo_to_verify(self):
        with tempfile.TemporaryDirectory() as data:
            summary = json.loads(run("demo", "--trips", "3000", "--data", data, "--json"))
            self.assertEqual(summary["trips"], 3000)
            self.assertEqual(summary["completed"] + summary["cancelled"], 3000)
            self.assertGreater(summary["cancelled"], 0)
            self.assertEqual(summary["invariants"],
                             {"capacity": True, "whole trip": True, "compensation": True, "journals": True})
            self.assertEqual(json.loads(run("verify", "--data", data, "--over", "--json"))["holds"], True)
            refused = run("events", "--data", data, "--type", "CarRefused", "--json").splitlines()
            self.assertGreater(len(refused), 0)
            trip = re.search(r'"trip": ?(\d+)', refused[0]).group(1)
            told = run("events", "--data", data, "--trip", trip)
            for event in ("TripRequested", "CarRefused", "RoomCancelled", "SeatGivenUp", "TripGivenUp"):
                self.assertIn(event, told)
            state = json.loads(run("state", "--data", data, "flights", "Flight", "flight 1"))
            self.assertIn("free", state["state"])
            again = json.loads(run("demo", "--trips", "3000", "--data", data, "--json"))
            self.assertTrue(again["recovered"])
            self.assertEqual(again["recovered_trips"], 3000)

    def test_other_input_in_the_same_directory_is_refused(self):
        with tempfile.TemporaryDirectory() as data:
            run("demo", "--trips", "100", "--data", data)
            run("demo", "--trips", "101", "--data", data, status=1)

    def test_wrong_use(self):
        for arguments in (["demo", "--trips", "0"], ["demo", "--orders", "5"], ["demo", "--seats-missing", "2"],
                          ["sell"]):
            run(*arguments, status=2)


if __name__ == "__main__":
    TRIP = sys.argv.pop(1)
    unittest.main(verbosity=2)
