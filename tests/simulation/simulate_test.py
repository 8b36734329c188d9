"""The command `simulate` as a user meets it: what it prints, that a seed is a run, and what it says of wrong words."""

import json
import pathlib
import subprocess
import sys
import tempfile


def run(*arguments, expected=0):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=240)
    assert done.returncode == expected, f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def trace_is_the_same_each_time(shop):
    first = run(shop, "simulate", "--seeds", "17", "--trace").stdout
    second = run(shop, "simulate", "--seeds", "17", "--trace").stdout

    def steps(text):
        return [line for line in text.splitlines() if " ms  " in line]

    assert len(steps(first)) > 50 and steps(first) == steps(second)
    other = run(shop, "simulate", "--seeds", "18", "--trace").stdout
    assert steps(first) != steps(other)


def faults_happen_and_can_be_left_out(shop):
    every = json.loads(run(shop, "simulate", "--seeds", "1..60", "--json").stdout)
    assert every["passed"] == 60 and every["failed"] == 0, every
    for kind in ("refused", "lost", "unanswered", "conflicts"):
        assert every["appends"][kind] > 0, every
    assert every["crashes"] > 0 and every["throws"] > 0, every

    none = json.loads(run(shop, "simulate", "--seeds", "1..20", "--faults", "none", "--json").stdout)
    assert none["crashes"] == 0 and none["throws"] == 0, none
    assert none["appends"]["refused"] == none["appends"]["lost"] == none["appends"]["unanswered"] == 0, none

    crashes = json.loads(run(shop, "simulate", "--seeds", "1..20", "--faults", "crash", "--json").stdout)
    assert crashes["crashes"] > 0 and crashes["throws"] == 0, crashes


def other_programs_have_it(trip):
    said = run(trip, "simulate", "--seeds", "1..20").stdout
    assert said.endswith("20 passed, 0 failed\n"), said


def wrong_words_are_refused(shop):
    for arguments, sentence in (
        (["--seeds", "9..3"], "no range of seeds"),
        (["--seeds", "0"], "no range of seeds"),
        (["--faults", "crush"], "crash"),
        (["--hours", "soon"], "no number of hours"),
        (["--trace"], "--trace is for one seed"),
    ):
        done = run(shop, "simulate", *arguments, expected=2)
        assert sentence in done.stderr, done.stderr
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "kept"
        file.write_text("# fine\n17 twenty all\n")
        done = run(shop, "simulate", "--seeds", "1", "--regressions", str(file), expected=1)
        assert f"{file}:2" in done.stderr and "SEED FLOWS FAULTS" in done.stderr, done.stderr


if __name__ == "__main__":
    shop, trip = sys.argv[1:3]
    trace_is_the_same_each_time(shop)
    faults_happen_and_can_be_left_out(shop)
    other_programs_have_it(trip)
    wrong_words_are_refused(shop)
    print("4 passed, 0 failed")
