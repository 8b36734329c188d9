#!/usr/bin/env python3
"""Prints "N passed, N failed, N skipped" for a meson testlog.json; exits 1 when something failed or nothing ran."""

import json
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP", "IGNORED"}


def count(path):
    """Passed, failed and skipped tests. Each line of the file is one test; any other result counts as failed."""
    passed = failed = skipped = 0
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                result = json.loads(line)["result"]
                if result in PASSED:
                    passed += 1
                elif result in SKIPPED:
                    skipped += 1
                else:
                    failed += 1
    except (OSError, ValueError, KeyError) as problem:
        print(f"test: the results cannot be read: {problem}", file=sys.stderr)
        failed += 1
    return passed, failed, skipped


def main():
    path, meson_status = sys.argv[1], int(sys.argv[2])
    passed, failed, skipped = count(path)
    if meson_status != 0 and failed == 0:
        print(f"test: meson test ended with status {meson_status}", file=sys.stderr)
        failed = 1
    if passed + failed == 0:
        print("test: no test ran", file=sys.stderr)
        failed = 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
