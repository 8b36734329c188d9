#!/usr/bin/env python3
"""Checks that clang-format would change nothing. Other versions format differently, so only version 14 is asked.

    format_check.py [ROOT]        exits 1 when a file is not formatted, 77 (skipped) without clang-format 14
    format_check.py --fix [ROOT]  formats the files
"""

import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import rules  # noqa: E402
import tidy  # noqa: E402

VERSION = 14
SKIPPED = 77


def formatter():
    """The path of clang-format 14, or None."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
            version = re.search(r"version (\d+)", answer)
            if version and int(version.group(1)) == VERSION:
                return path
    return None


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--fix"]
    fix = "--fix" in sys.argv
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parents[2]).resolve()
    command = formatter()
    if command is None:
        print(f"clang-format {VERSION} is not installed")
        return SKIPPED
    files = sorted(path for path in tidy.read_tree(root) if rules.is_cxx(path))
    if not files:
        print(f"no sources found under {root}")
        return 2
    mode = ["-i"] if fix else ["--dry-run", "-Werror", "--ferror-limit=1"]
    answer = subprocess.run([command, "--style=file", *mode, *files], cwd=root, capture_output=True, text=True,
                            check=False)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", answer.stderr, re.MULTILINE)))
    for path in wrong:
        print(f"{path}: not formatted")
    if answer.returncode != 0 and not wrong:
        print(answer.stderr)
    print(f"clang-format: {len(files)} files, {len(wrong)} not formatted (scripts/tidy --fix formats them)")
    return answer.returncode


if __name__ == "__main__":
    sys.exit(main())
