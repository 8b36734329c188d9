#!/usr/bin/env python3
"""docs/mistakes.md shows the programs of this folder, and what the compiler really says of them.

  mistakes_test.py [--write] COMPILER... -- FLAGS...

Each section of the document names its program in a comment (<!-- tests/compile_fail/NAME.cpp -->), followed by two
blocks: the program, and the compiler's words. With --write they are brought up to date.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
DOCUMENT = FOLDER.parents[1] / "docs/mistakes.md"
SECTION = re.compile(r"<!-- tests/compile_fail/(\w+)\.cpp -->\n\n```cpp\n(.*?)```\n\n(.*?)\n\n```text\n(.*?)```\n",
                     re.DOTALL)
MISTAKES_MIN = 10


def shown(program):
    """The program without what a test needs and a reader does not."""
    hidden = re.compile(r"// expect:|#include|using namespace|const auto service")
    lines = [line for line in program.splitlines() if not hidden.match(line)]
    return "\n".join(lines).strip() + "\n"


def said(name, compiler, flags):
    """The first error that the compiler reports, and of which actor and event."""
    path = FOLDER / f"{name}.cpp"
    run = subprocess.run([*compiler, *flags, "-fsyntax-only", str(path)], capture_output=True, text=True,
                         env={**os.environ, "LC_ALL": "C"})
    errors = re.findall(r"error: (.*)", run.stderr)
    if run.returncode == 0 or not errors:
        return f"nothing, although it must ({name}.cpp compiles)\n"
    lines = [f"error: {errors[0]}"]
    for sentence in re.findall(r"^// expect: (.*)$", path.read_text(), re.MULTILINE):
        if sentence not in lines[0] and sentence in run.stderr:
            lines.append(f"    {sentence}")
    return "\n".join(lines) + "\n"


def main(arguments):
    write = arguments[0] == "--write"
    split = arguments.index("--")
    compiler, flags = arguments[1 if write else 0:split], arguments[split + 1:]
    text = DOCUMENT.read_text(encoding="utf-8")
    sections = list(SECTION.finditer(text))
    if len(sections) < MISTAKES_MIN:
        print(f"docs/mistakes.md shows {len(sections)} mistakes, expected at least {MISTAKES_MIN}")
        return 1
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        words = list(pool.map(lambda section: said(section.group(1), compiler, flags), sections))
    wrong = 0
    new = text
    for section, now in zip(sections, words):
        name, code, between, message = section.groups()
        program = shown((FOLDER / f"{name}.cpp").read_text(encoding="utf-8"))
        if (code, message) != (program, now):
            wrong += 1
            print(f"{name}: docs/mistakes.md shows\n{code}{message}but it is\n{program}{now}")
            new = new.replace(section.group(0), f"<!-- tests/compile_fail/{name}.cpp -->\n\n```cpp\n{program}```\n\n"
                                                f"{between}\n\n```text\n{now}```\n")
    if write:
        DOCUMENT.write_text(new, encoding="utf-8")
        return 0
    print(f"{len(sections)} mistakes, {wrong} not as shown")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
