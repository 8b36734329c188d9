#!/usr/bin/env python3
"""What the program of the first year wrote, today's program reads; the reverse is refused, and nothing is lost.

  evolution_test.py BEFORE NOW
"""

import json
import subprocess
import sys
import tempfile
import unittest

BEFORE = NOW = None


def run(program, *arguments, status=0):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=600)
    if done.returncode != status:
        raise AssertionError(f"{program} {arguments}: status {done.returncode}\n{done.stdout[-3000:]}\n"
                             f"{done.stderr[-3000:]}")
    return done.stdout + ("" if status == 0 else done.stderr)


class Evolution(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = ("--data", folder.name)
        # The rental of 13 euros is a dead letter then.
        run(BEFORE, "rent", "--rentals", 20, "--json", *self.data)

    def rented(self, program):
        """What the program says of each rental, by its key."""
        lines = run(program, "events", "--type", "BikeRented", "--json", *self.data).splitlines()
        return {event["payload"]["rental"]: event["payload"] for event in map(json.loads, lines)}

    def test_what_is_printed_and_folded_is_the_present_version(self):
        self.assertEqual(self.rented(BEFORE)["R7"], {"rental": "R7", "euros": 7})
        now = self.rented(NOW)
        self.assertEqual(len(now), 20)
        self.assertEqual(now["R7"], {"rental": "R7", "bike": "nameless", "cents": 700})
        self.assertIn("nameless", run(NOW, "trace", "R7", *self.data) + run(NOW, "events", "--flow", "R7", *self.data))
        self.assertEqual(json.loads(run(NOW, "state", "bikes", "Rental", "R7", *self.data))["state"],
                         {"bike": "nameless", "cents": 700})
        run(NOW, "verify", "--running", *self.data)

    def test_a_new_service_reacts_to_what_was_written_before_it_was_there(self):
        letter = json.loads(run(NOW, "dlq", "list", "--json", *self.data))
        self.assertEqual([(one["key"], one["event"]["cents"]) for one in letter], [("R13", 1300)])
        run(NOW, "dlq", "redrive", "--all", "--reason", "13 is a number", *self.data)
        summary = json.loads(run(NOW, "rent", "--rentals", 30, "--json", *self.data))
        self.assertEqual(summary["dead_letters"], 0)
        self.assertEqual(summary["invariants"].get("points"), True, summary)
        rows = {row["rental"]: row for row in json.loads(run(NOW, "view", "rentals", "--json", *self.data))}
        self.assertEqual((rows["R7"]["bike"], rows["R7"]["cents"]), ("nameless", 700))
        self.assertEqual((rows["R30"]["bike"], rows["R30"]["cents"]), ("Rosinante", 3000))
        self.assertEqual(json.loads(run(NOW, "state", "loyalty", "Points", "R7", *self.data))["state"], {"points": 70})
        run(NOW, "verify", "--over", *self.data)

    def test_the_older_program_stops_before_what_it_does_not_know(self):
        run(NOW, "dlq", "redrive", "--all", "--reason", "13 is a number", *self.data)
        run(NOW, "rent", "--rentals", 30, "--json", *self.data)
        said = run(BEFORE, "rent", "--rentals", 40, "--json", *self.data, status=1)
        self.assertIn("rental.BikeRented has version 3, but this program knows it up to version 1", said)
        for command in (["events"], ["verify"], ["dlq", "list"], ["state", "bikes", "Rental", "R30"]):
            self.assertIn("run a newer program", run(BEFORE, *command, *self.data, status=1))
        self.assertEqual(json.loads(run(NOW, "dlq", "list", "--json", *self.data)), [], "something was parked")
        summary = json.loads(run(NOW, "rent", "--rentals", 40, "--json", *self.data))
        self.assertEqual(summary["dead_letters"], 0)
        run(NOW, "verify", "--over", *self.data)

    def test_fingerprints_say_so(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as before, \
                tempfile.NamedTemporaryFile("w", suffix=".txt") as now:
            for program, file in ((BEFORE, before), (NOW, now)):
                file.write(run(program, "fingerprint"))
                file.flush()
            said = run(NOW, "fingerprint", "--against", before.name, status=1)
            self.assertIn("event rental.BikeRented: version 3 here, 1 there: they cannot read ours\n", said)
            self.assertIn("this program reads what the other writes, not the reverse", said)
            self.assertIn("the other program reads what this one writes",
                          run(BEFORE, "fingerprint", "--against", now.name, status=1))


if __name__ == "__main__":
    BEFORE, NOW = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
