#!/usr/bin/env python3
"""Processor time that the compiler takes for one file of an actor, and what of it the public headers are.

  compile_time.py BUILD [FILE...]     files as BUILD's compile_commands.json names them, default: the shop's actors

Each file is compiled three times with the build's own command, without a compiler cache; the least counts.
"""

import json
import pathlib
import resource
import shlex
import subprocess
import sys
import tempfile

REPETITIONS = 3
DEFAULT = ("src/actors/inventory/stock.cpp", "src/actors/inventory/service.cpp", "src/actors/payment/payment.cpp",
           "src/actors/payment/service.cpp", "src/actors/shop.cpp", "tests/unit/actors/stock.test.cpp")


def processor_seconds(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(build, *files):
    entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        print("   all   headers  file (seconds of one processor)")
        for file in files or DEFAULT:
            entry = next((e for e in entries if e["file"].endswith(file)), None)
            if entry is None:
                print(f"{build} does not compile {file}")
                return 1
            words = [word for word in shlex.split(entry["command"]) if not word.endswith("ccache")]
            at = words.index("-o")
            words[at + 1] = f"{folder}/object"
            words[words.index("-MF") + 1] = f"{folder}/dependencies"
            headers = pathlib.Path(folder) / "headers.cpp"
            source = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
            headers.write_text("".join(line for line in source.read_text().splitlines(True)
                                       if line.startswith("#include")))
            whole = min(processor_seconds(words, build) for _ in range(REPETITIONS))
            alone = min(processor_seconds([*words[:-1], f"-I{source.parent}", str(headers)], build)
                        for _ in range(REPETITIONS))
            print(f"{whole:6.2f}  {alone:7.2f}   {file}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
