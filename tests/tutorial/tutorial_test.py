#!/usr/bin/env python3
"""Does what docs/tutorial.md tells its reader to, in a copy of the tree, and compares what comes out.

  tutorial_test.py SOURCE BUILD [--show] [--keep FOLDER]

What the reader does stands in fenced blocks, by the word after the fence:

  console       lines that begin with "$ " are typed, the others are what they print. "..." stands for anything in a
                line, and alone for any number of lines; spaces count as one.
  diff PATH     lines of the file PATH: those with "-" go, those with "+" come
  cpp PATH      (or another language) the new content of the file PATH
  sh            is for the reader alone: how the tree comes onto a machine, and how it is set up

The build folder of the copy is set up as BUILD is, so that a compiler cache that knows BUILD makes it fast. --show
prints what the commands print.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = ("buildtype", "optimization", "debug", "werror", "cpp_args")
HANGS_AFTER_S = 3000


class Stale(Exception):
    """The tutorial does not tell what is so."""


def blocks(text):
    """(line, word, path, content) of each fenced block."""
    for match in BLOCK.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, *match.groups()


def commands(content):
    """(command, expected output) of a console block."""
    command, output = None, []
    for line in content.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, output
            command, output = line[2:], []
        else:
            output.append(line)
    if command is None:
        raise Stale("a console block without a line that begins with \"$ \"")
    yield command, output


def pattern_of(expected):
    """A regular expression for the expected lines."""
    parts = []
    for line in expected:
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            words = " ".join(line.split())
            parts.append(r"[^\n]*?".join(re.escape(piece) for piece in words.split("...")) + r"\n")
    return re.compile("".join(parts))


def normal(text):
    """Without colours, and with single spaces."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "".join(line + "\n" for line in lines)


def fits(expected, output):
    while expected and not expected[-1].strip():
        expected = expected[:-1]
    return pattern_of(expected).fullmatch(normal(output).rstrip("\n") + "\n" if output.strip() else "") is not None


def change(text, diff):
    """The text with the lines of a diff changed."""
    lines = diff.splitlines()
    before = "".join(line[1:] + "\n" for line in lines if not line.startswith("+"))
    after = "".join(line[1:] + "\n" for line in lines if not line.startswith("-"))
    if text.count(before) != 1:
        raise Stale(f"these lines are there {text.count(before)} times, not once:\n{before}")
    return text.replace(before, after)


class Reader:
    """Somebody who does what the tutorial says."""

    def __init__(self, tree, environment, show):
        self.tree, self.environment, self.show = tree, environment, show

    def type(self, command, expected):
        done = subprocess.run(command, shell=True, cwd=self.tree, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=HANGS_AFTER_S)
        if self.show:
            print(f"$ {command}\n{done.stdout}", flush=True)
        foreseen = done.returncode == 0 or any(word in line for line in expected for word in ("error:", "BROKEN"))
        if not foreseen or not fits(expected, done.stdout):
            raise Stale(f"$ {command}\nprints (status {done.returncode})\n{done.stdout[-6000:]}\nexpected\n"
                        + "\n".join(expected))

    def follow(self, word, path, content):
        if word == "sh":
            return
        if word == "console":
            for command, expected in commands(content):
                self.type(command, expected)
            return
        if path is None:
            return  # shown, not done
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(change(file.read_text(), content) if word == "diff" else content)


def copied_tree(source, folder):
    """What belongs to the project, without build folders."""
    def unwanted(directory, names):
        top = pathlib.Path(directory) == source
        return [name for name in names
                if name == "__pycache__" or (top and name.startswith(("build", ".git", ".cache", "subprojects")))]
    tree = pathlib.Path(folder) / "reel"
    shutil.copytree(source, tree, ignore=unwanted)
    return tree


def set_up(tree, build):
    """`meson setup build`, as BUILD was."""
    known = json.loads(subprocess.run(["meson", "introspect", "--buildoptions", str(build)], check=True,
                                      capture_output=True, text=True).stdout)
    options = []
    for option in known:
        if option["name"] in OPTIONS:
            value = option["value"]
            if isinstance(value, list):
                value = " ".join(value)
            elif isinstance(value, bool):
                value = str(value).lower()
            options.append(f"-D{option['name']}={value}")
    done = subprocess.run(["meson", "setup", "build", *options], cwd=tree, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Stale(f"meson setup fails\n{done.stdout}")


def follow_all(source, build, folder, show):
    tutorial = (source / "docs/tutorial.md").read_text()
    tree = copied_tree(source, folder)
    set_up(tree, build)
    environment = dict(os.environ, CCACHE_BASEDIR=str(folder), CCACHE_NOHASHDIR="1", LC_ALL="C.UTF-8")
    environment.pop("REEL_DATA", None)
    reader = Reader(tree, environment, show)
    count = 0
    for line, word, path, content in blocks(tutorial):
        try:
            reader.follow(word, path, content)
        except Stale as stale:
            print(f"docs/tutorial.md:{line}: {stale}")
            return 1
        count += 1
    print(f"{count} blocks of docs/tutorial.md are so")
    return 0 if count > 0 else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--keep", metavar="FOLDER", help="works there, and leaves it")
    options = parser.parse_args()
    if options.keep:
        pathlib.Path(options.keep).mkdir(parents=True)
        return follow_all(options.source, options.build, pathlib.Path(options.keep).resolve(), options.show)
    with tempfile.TemporaryDirectory() as folder:
        return follow_all(options.source, options.build, pathlib.Path(folder), options.show)


if __name__ == "__main__":
    sys.exit(main())
