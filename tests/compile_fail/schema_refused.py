"""Gives each schema of schemas/ to flatc and schema_traits, which must refuse it with its `// expect:` sentence.

  schema_refused.py FLATC SCHEMA_TRAITS
"""

import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent / "schemas"


def judge(schema, flatc, schema_traits, folder):
    expected = schema.read_text().splitlines()[0].removeprefix("// expect: ")
    subprocess.run([flatc, "--binary", "--schema", "--bfbs-builtins", "-o", folder, str(schema)], check=True)
    output = pathlib.Path(folder) / (schema.stem + "_events.hpp")
    run = subprocess.run([schema_traits, f"{folder}/{schema.stem}.bfbs", f"wrong/{schema.stem}", str(output)],
                         capture_output=True, text=True)
    if run.returncode == 0:
        return "is accepted"
    if output.exists():
        return "leaves an output"
    said = f"wrong/{schema.stem}.fbs: {expected}" in run.stderr
    return None if said else f"says {run.stderr!r}, expected {expected!r}"


def main(flatc, schema_traits):
    failed = 0
    schemas = sorted(FOLDER.glob("*.fbs"))
    with tempfile.TemporaryDirectory() as folder:
        for schema in schemas:
            fault = judge(schema, flatc, schema_traits, folder)
            print(f"not ok {schema.stem}: {fault}" if fault else f"ok {schema.stem}")
            failed += fault is not None
    return 1 if failed or not schemas else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
