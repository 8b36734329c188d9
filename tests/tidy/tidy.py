#!/usr/bin/env python3
"""Checks the style of the whole tree: include direction, lengths, banned calls, comments, links, unreferenced files.

    tidy.py [ROOT]

Prints one line per violation (path:line: rule: text) and exits 1 when there is one. A line that starts with "note" is
advice and does not fail. The rules are in rules.py; each has a snippet in tidy_test.py that it must flag.
"""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import rules  # noqa: E402

BINARY_SUFFIXES = {".png", ".gif", ".bin", ".frame", ".zst", ".gz"}


def listed_by_git(root):
    """Files that git tracks or would track; None without git or without a repository."""
    if not (root / ".git").exists():
        return None
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    try:
        answer = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in answer.stdout.decode().split("\0") if name]


def listed_by_walking(root):
    """All files but those of build folders and hidden ones, for a tree that is not a repository."""
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        parts = name.split("/")
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if path.is_file() and not hidden and not parts[0].startswith("build") and "__pycache__" not in parts:
            yield name


def read_tree(root):
    """Path -> text of every text file."""
    names = listed_by_git(root)
    tree = {}
    for name in names if names is not None else listed_by_walking(root):
        path = root / name
        if path.suffix in BINARY_SUFFIXES or not path.is_file():
            continue
        try:
            tree[name] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            if not rules.is_data(name):
                print(f"note {name}: not UTF-8, so it is not checked")
    return tree


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    tree = read_tree(root)
    if not any(name.startswith("src/") for name in tree):
        print(f"tidy: no sources found under {root}")
        return 2
    violations, notes = rules.check(tree)
    for text in notes:
        print("note", text)
    for text in violations:
        print(text)
    print(f"tidy: {len(tree)} files, {len(violations)} violations, {len(notes)} notes")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
