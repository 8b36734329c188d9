"""Compiles each program of this folder and compares what the compiler says with the `// expect:` lines of the program.

A program that starts with `// compiles:` must compile; any other one must not, and all its sentences must appear.

  compile_fail.py COMPILER... -- FLAGS...
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
NOISE_MAX = 60  # lines of output that a person still reads


def plain(text):
    """Compilers differ in quotes and line breaks only."""
    return re.sub(r"\s+", " ", text.translate({0x2018: "'", 0x2019: "'"}))


def judge(program, compiler, flags):
    text = program.read_text()
    run = subprocess.run([*compiler, *flags, "-fsyntax-only", str(program)], capture_output=True, text=True,
                         env={**os.environ, "LC_ALL": "C"})
    said = run.stderr + run.stdout
    if text.startswith("// compiles:"):
        return [] if run.returncode == 0 else [f"does not compile:\n{said}"]
    expected = re.findall(r"^// expect: (.*)$", text, re.MULTILINE)
    if not expected:
        return ["has neither `// compiles:` nor `// expect:`"]
    if run.returncode == 0:
        return ["compiles, but must not"]
    faults = [f"the compiler does not say: {sentence}\n{said}" for sentence in expected
              if plain(sentence) not in plain(said)]
    if said.count("\n") > NOISE_MAX:
        faults.append(f"the compiler says {said.count(chr(10))} lines, a person reads {NOISE_MAX}:\n{said}")
    return faults


def main(arguments):
    split = arguments.index("--")
    compiler, flags = arguments[:split], arguments[split + 1:]
    programs = sorted(FOLDER.glob("*.cpp"))
    if not any(p.read_text().startswith("// compiles:") for p in programs):
        print("no program must compile, so that a broken include path would pass", file=sys.stderr)
        return 1
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for program, faults in zip(programs, pool.map(lambda p: judge(p, compiler, flags), programs)):
            print(("not ok " if faults else "ok ") + program.stem)
            for fault in faults:
                print(f"{program.name}: {fault}", file=sys.stderr)
            failed += bool(faults)
    print(f"{len(programs)} programs, {failed} wrong")
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
