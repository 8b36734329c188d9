"""A simulation of choreographies that are wrong on purpose must fail, say why, and say how to see it again."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile


def run(*arguments, expected):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=240)
    assert done.returncode == expected, f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def leaks(canary):
    with tempfile.TemporaryDirectory() as directory:
        kept = pathlib.Path(directory) / "regressions.txt"
        search = ["simulate", "--seeds", "1..1000", "--transfers", "30"]
        said = run(canary, "leaking", *search, "--regressions", str(kept), expected=1)
        assert "never arrived" in said, said
        assert re.search(r"^\d+ passed, [1-9]\d* failed$", said, re.M), said

        # Neither crashes nor lost answers have to do with it, so none of them is left.
        again = re.search(r"again: canary (simulate --seeds (\d+) --transfers (\d+) --faults none --trace)", said)
        assert again, said
        assert int(again[3]) < 30, said
        assert f"{again[2]} {again[3]} none" in kept.read_text(), kept.read_text()

        # The printed command shows the same failure, and the same trace each time.
        first = run(canary, "leaking", *again[1].split(), expected=1)
        second = run(canary, "leaking", *again[1].split(), expected=1)
        assert "never arrived" in first, first
        steps = [line for line in first.splitlines() if " ms  " in line]
        assert any("is stored" in line for line in steps), first
        assert steps == [line for line in second.splitlines() if " ms  " in line]

        # What failed once is run first from now on, and not kept twice.
        lines = len(kept.read_text().splitlines())
        found = json.loads(run(canary, "leaking", "simulate", "--seeds", again[2], "--transfers", again[3], "--faults",
                               "none", "--regressions", str(kept), "--json", expected=1))
        assert found["regressions"] == lines and found["failed"] >= 1, found
        assert len(kept.read_text().splitlines()) == lines, kept.read_text()


def differs(canary):
    said = run(canary, "impure", "simulate", "--seeds", "100", "--transfers", "31", "--threads", "1", expected=1)
    assert "two runs of the same seed differ" in said, said


if __name__ == "__main__":
    leaks(sys.argv[1])
    differs(sys.argv[1])
    print("2 passed, 0 failed")
