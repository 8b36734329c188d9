"""Schemas may only grow in ways that leave what journals hold readable.

  conform_test.py FLATC SCHEMAS

Compares each schema of SCHEMAS/baseline with today's: by `flatc --conform`, and by what that overlooks, tables that
are gone and fields that have become (required). An event whose version was raised since is compared with what is kept
of it: the table that is marked (older) with the baseline's version.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

FLATC = None
SCHEMAS = None
TABLE = re.compile(r"^\s*(?:table|struct)\s+(\w+)[^{]*\{(.*?)\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"(\w+)\s*:[^;(]*(\([^;]*\))?\s*;")


def tables(text):
    """Name of each table -> its (required) fields."""
    text = re.sub(r"//[^\n]*", "", text)
    return {name: {field for field, marks in FIELD.findall(body) if re.search(r"\brequired\b", marks)}
            for name, body in TABLE.findall(text)}


HEAD = re.compile(r"\btable\s+(\w+)\s*\(([^)]*)\)")
VERSION = re.compile(r'\bversion\s*:\s*"(\d+)"')
OLDER = re.compile(r'\bolder\s*:\s*"(?:\w+\.)*(\w+)"')


def versions(text):
    """Name of each table -> its version."""
    found = {name: VERSION.search(marks) for name, marks in HEAD.findall(text)}
    return {name: int(version.group(1)) if version else 1 for name, version in found.items()}


def as_of(text, baseline):
    """The schema with each event as it was in the baseline's version, where such a table is kept."""
    now, then = versions(text), versions(baseline)
    for name, marks in HEAD.findall(text):
        event = OLDER.search(marks)
        if event and event.group(1) in then and now[name] == then[event.group(1)] < now[event.group(1)]:
            text = re.sub(rf"\btable\s+{event.group(1)}\b", f"table {event.group(1)}_now", text)
            text = re.sub(rf"\btable\s+{name}\b", f"table {event.group(1)}", text)
    return text


def faults(baseline, current, includes):
    """What makes `current` unable to read what was written with `baseline`."""
    with tempfile.TemporaryDirectory() as folder:
        as_then = pathlib.Path(folder) / current.name
        as_then.write_text(as_of(current.read_text(), baseline.read_text()))
        return differences(baseline, as_then, includes)


def differences(baseline, current, includes):
    run = subprocess.run([FLATC, "--conform", str(baseline), "--conform-includes", str(baseline.parent),
                          "-I", str(includes), "-I", str(SCHEMAS), str(current)], capture_output=True, text=True)
    found = [] if run.returncode == 0 else [(run.stdout + run.stderr).strip()]
    before, now = tables(baseline.read_text()), tables(current.read_text())
    for name, required in before.items():
        if name not in now:
            found.append(f"table {name} is gone")
        else:
            found += [f"{name}.{field} has become (required)" for field in sorted(now[name] - required)]
    return found


class Baseline(unittest.TestCase):
    def test_today_reads_what_was_written(self):
        files = sorted((SCHEMAS / "baseline").rglob("*.fbs"))
        self.assertGreater(len(files), 5)
        for baseline in files:
            with self.subTest(schema=baseline.name):
                current = SCHEMAS / baseline.relative_to(SCHEMAS / "baseline")
                self.assertTrue(current.exists(), f"{current} is gone")
                self.assertEqual(faults(baseline, current, current.parent), [])

    def test_all_events_of_the_shop_have_a_baseline(self):
        for current in (SCHEMAS / "shop").glob("*.fbs"):
            if TABLE.search(current.read_text()):
                self.assertTrue((SCHEMAS / "baseline" / current.relative_to(SCHEMAS)).exists(),
                                f"{current} has no baseline: copy it when it is released")


class WrongChanges(unittest.TestCase):
    """The comparison sees what it must."""
    BEFORE = "table Placed { order:string (required); amount:ulong; note:string; }\n"

    def judge(self, now):
        with tempfile.TemporaryDirectory() as folder:
            before = pathlib.Path(folder) / "before.fbs"
            after = pathlib.Path(folder) / "after.fbs"
            before.write_text(self.BEFORE)
            after.write_text(now)
            return faults(before, after, pathlib.Path(folder))

    def test_a_new_optional_field_at_the_end(self):
        self.assertEqual(self.judge(self.BEFORE.replace("note:string;", "note:string; gift:bool;")), [])

    def test_another_type(self):
        self.assertIn("types differ", self.judge(self.BEFORE.replace("ulong", "uint"))[0])

    def test_a_field_that_is_gone(self):
        self.assertTrue(self.judge(self.BEFORE.replace("amount:ulong; ", "")))

    def test_a_table_that_is_gone(self):
        self.assertEqual(self.judge("table Other { order:string; }\n"), ["table Placed is gone"])

    def test_a_field_that_has_become_required(self):
        self.assertEqual(self.judge(self.BEFORE.replace("note:string", "note:string (required)")),
                         ["Placed.note has become (required)"])

    def test_a_raised_version_is_compared_with_what_is_kept_of_the_event(self):
        attributes = "".join(f'attribute "{name}";\n' for name in ("event", "version", "older"))
        self.BEFORE = attributes + 'table Placed (event) { order:string (required); amount:ulong; note:string; }\n'
        now = attributes + 'table Placed (event, version:"2") { order:string (required); cents:uint; }\n'
        kept = 'table Placed1 (older:"Placed", version:"1") { order:string (required); amount:ulong; note:string; }\n'
        self.assertEqual(self.judge(now + kept), [])
        self.assertTrue(self.judge(now))
        self.assertIn("types differ", self.judge(now + kept.replace("ulong", "uint"))[0])

    def test_another_default(self):
        self.assertIn("defaults differ", self.judge(self.BEFORE.replace("ulong", "ulong = 7"))[0])


if __name__ == "__main__":
    FLATC, SCHEMAS = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
