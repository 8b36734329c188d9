#!/usr/bin/env python3
"""Rewrites a compile_commands.json for clang-tidy and prints the files to check.

    clang_commands.py IN OUT [FILE...]

Takes out what only g++ understands (precompiled headers, ccache in front); keeps our sources, not generated ones.
"""

import json
import os
import pathlib
import re
import shlex
import sys

OUR_SOURCES = re.compile(r"/(src|tools)/[^.]+\.cpp$")


def for_clang(command):
    """The words of a compile command without ccache and without the precompiled header."""
    words = shlex.split(command)
    while words and os.path.basename(words[0]) == "ccache":
        words.pop(0)
    kept = []
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word == "-include" and words[index + 1].endswith(("pch.hpp", ".gch")):
            skip = True
        elif word != "-fpch-preprocess" and not word.startswith("-Winvalid-pch"):
            kept.append(word)
    return kept


def main():
    source, target, *wanted = sys.argv[1:]
    wanted = {os.path.realpath(name) for name in wanted}
    entries = []
    for entry in json.loads(pathlib.Path(source).read_text(encoding="utf-8")):
        path = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
        in_build = path.startswith(os.path.realpath(entry["directory"]) + os.sep)
        if not in_build and (path in wanted if wanted else OUR_SOURCES.search(path)):
            entries.append({"directory": entry["directory"], "file": path, "arguments": for_clang(entry["command"])})
    pathlib.Path(target).write_text(json.dumps(entries), encoding="utf-8")
    for path in sorted({entry["file"] for entry in entries}):
        print(path)


if __name__ == "__main__":
    main()
