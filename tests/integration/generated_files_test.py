#!/usr/bin/env python3
"""What is generated and committed is what the program generates now."""

import argparse
import difflib
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```mermaid\n(flowchart .*?)^```$", re.MULTILINE | re.DOTALL)


CONFIGURATION = ROOT / "docs" / "configuration.md"


def reference_is_current(options):
    """The page of all settings is what the program says of them."""
    made = subprocess.run([options.shop, "run", "--explain-config"], check=True, capture_output=True, text=True).stdout
    kept = CONFIGURATION.read_text(encoding="utf-8") if CONFIGURATION.exists() else ""
    if made == kept:
        return True
    if options.write:
        CONFIGURATION.write_text(made, encoding="utf-8")
        print("docs/configuration.md: written")
        return True
    sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), made.splitlines(True),
                                               "docs/configuration.md", "shop run --explain-config"))
    print("\ndocs/configuration.md is not what the program says. Bring it up to date with\n"
          "    tests/integration/generated_files_test.py --shop build/shop --write")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", required=True, help="the shop's binary")
    parser.add_argument("--write", action="store_true", help="bring the files up to date instead of complaining")
    options = parser.parse_args()
    if not reference_is_current(options):
        return 1
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    block = BLOCK.search(text)
    if block is None:
        print("README.md has no Mermaid flowchart any more: expected a block that starts with ```mermaid")
        return 1
    drawn = subprocess.run([options.shop, "graph", "--format", "mermaid"], check=True, capture_output=True,
                           text=True).stdout
    if block.group(1) == drawn:
        return 0
    if options.write:
        readme.write_text(text[:block.start(1)] + drawn + text[block.end(1):], encoding="utf-8")
        print("README.md: graph written")
        return 0
    sys.stdout.writelines(difflib.unified_diff(block.group(1).splitlines(True), drawn.splitlines(True),
                                               "README.md", "shop graph --format mermaid"))
    print("\nThe graph in README.md is not the shop's. Bring it up to date with\n"
          "    tests/integration/generated_files_test.py --shop build/shop --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
