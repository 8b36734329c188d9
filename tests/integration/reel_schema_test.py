#!/usr/bin/env python3
"""reel-schema as users run it: what it writes, when it leaves a header alone, and what it says of wrong use.

  reel_schema_test.py REEL_SCHEMA
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = None
COMMON = "namespace bank;\nenum Currency : ubyte { euro, pound }\n"
MONEY = """include "reel/attributes.fbs";
include "common.fbs";
namespace bank;
table MoneyWithdrawn (event) { account:string (required, entity); currency:Currency; }
table MoneyReturned (event, compensates:"bank.MoneyWithdrawn") { account:string (required, entity); }
"""


class ReelSchema(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "common.fbs").write_text(COMMON)
        (self.folder / "money.fbs").write_text(MONEY)

    def run_tool(self, *arguments, status=0):
        done = subprocess.run([TOOL, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done.stderr + done.stdout

    def test_writes_both_headers(self):
        self.run_tool("-o", "out", "--prefix", "bank", "money.fbs", "common.fbs")
        names = sorted(path.name for path in (self.folder / "out").iterdir())
        self.assertEqual(names, ["common_events.hpp", "common_generated.h", "money_events.hpp", "money_generated.h"])
        generated = (self.folder / "out/money_generated.h").read_text()
        self.assertIn('#include "bank/common_generated.h"', generated)
        self.assertNotIn("attributes", generated)
        events = (self.folder / "out/money_events.hpp").read_text()
        self.assertIn("#include <bank/money_generated.h>", events)
        self.assertIn("event_traits<::bank::MoneyReturned>", events)

    def test_without_a_prefix(self):
        self.run_tool("money.fbs")
        self.assertIn("#include <money_generated.h>", (self.folder / "money_events.hpp").read_text())

    def test_a_header_that_does_not_change_is_left_alone(self):
        self.run_tool("money.fbs")
        header = self.folder / "money_events.hpp"
        os.utime(header, (1, 1))
        self.run_tool("money.fbs")
        self.assertEqual(header.stat().st_mtime, 1)
        (self.folder / "money.fbs").write_text(MONEY + "table Noted (event) { account:string (required, entity); }\n")
        self.run_tool("money.fbs")
        self.assertGreater(header.stat().st_mtime, 1)

    def test_says_what_it_depends_on(self):
        self.run_tool("-o", "out", "--depfile", "money.d", "money.fbs")
        rule = (self.folder / "money.d").read_text()
        self.assertTrue(rule.startswith("out/money_generated.h: "), rule)
        self.assertIn("common.fbs", rule)
        self.assertNotIn("attributes.fbs", rule)

    def test_wrong_schemas_are_refused_by_name_and_write_nothing(self):
        for text, said in (("table T (event) { x:string; }", "attribute"),
                           ('include "reel/attributes.fbs"; namespace a; table T (event) { x:string; }',
                            "a.T: an (event) needs one field marked (entity)"),
                           ('include "nowhere.fbs";', "nowhere.fbs")):
            with self.subTest(text=text):
                (self.folder / "wrong.fbs").write_text(text)
                message = self.run_tool("-o", "out", "wrong.fbs", status=1)
                self.assertIn("wrong.fbs", message)
                self.assertIn(said, message)
                self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_wrong_use(self):
        for arguments, said in (([], "no schema is given"), (["-o"], "-o needs a value"),
                                (["--frob", "a.fbs"], "--frob"), (["readme.md"], "readme.md is no schema")):
            self.assertIn(said, self.run_tool(*arguments, status=2))
        self.assertIn("nowhere.fbs does not exist", self.run_tool("nowhere.fbs", status=1))
        self.assertIn("usage", self.run_tool("--help"))


if __name__ == "__main__":
    TOOL = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
