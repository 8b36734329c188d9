#!/usr/bin/env python3
"""Builds a user's project against Reel, in the two ways in which a project gets it, and runs what came out.

  downstream_test.py installed SOURCE BUILD     installs the build into a folder of its own; found by pkg-config
  downstream_test.py subproject SOURCE BUILD    SOURCE as subprojects/reel of a copy of the project
  downstream_test.py whole SOURCE BUILD         the same, and compiles the library behind it too, which takes minutes

As a subproject only what is the user's is compiled, and that the program would be linked with the library is checked:
the library is the same as the one that is installed.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# What a user's compiler must never see.
PRIVATE = re.compile(r'#\s*include\s*[<"](caf/|nats|sqlite3|openssl|lz4|xxh|spdlog|fmt/|CLI/|core/|runtime/|cli/)')


def run(*command, **settings):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, **settings)
    if done.returncode != 0:
        sys.exit(f"failed with status {done.returncode}: {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def require(condition, sentence):
    if not condition:
        sys.exit(sentence)
    print("ok " + sentence)


def copy_project(folder):
    project = folder / "library"
    shutil.copytree(HERE, project, ignore=shutil.ignore_patterns("*.py", "README.md"))
    return project


def check_program(build, environment):
    run(build / "library_test", env=environment)
    print("ok the project's own test")
    says = run(build / "library", "check", env=environment)
    require(": sound" in says, "library check")
    require("undo BookHandedOut" in run(build / "library", "graph", env=environment), "library graph")


def check_headers(prefix, source, environment):
    """All public headers are there, each can be included, and none brings a library of ours along."""
    names = sorted(str(path.relative_to(source / "src")) for path in (source / "src/reel").rglob("*.hpp"))
    installed = sorted(str(path.relative_to(prefix / "include")) for path in (prefix / "include").rglob("*.hpp"))
    require(names == installed, f"all {len(names)} public headers are installed, and no other")
    for name in names:
        text = (prefix / "include" / name).read_text()
        require(not PRIVATE.search(text), f"{name} includes no private header")
    program = "".join(f"#include <{name}>\n" for name in names)
    flags = run("pkg-config", "--cflags", "reel", env=environment).split()
    everything = prefix / "everything.cpp"
    everything.write_text(program)
    run("c++", "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *flags, everything, env=environment)
    print("ok all headers together compile")


def installed(source, build, folder):
    stage = folder / "stage"
    run("meson", "install", "-C", build, "--no-rebuild", "--destdir", stage)
    pc_file = next(stage.rglob("reel.pc"))
    prefix = next(path.parent for path in pc_file.parents if path.name == "lib")
    # Staged, and then used from where it lies.
    pc_file.write_text(re.sub(r"^prefix=.*$", f"prefix={prefix}", pc_file.read_text(), flags=re.MULTILINE))
    environment = dict(os.environ, PKG_CONFIG_PATH=str(pc_file.parent), LD_LIBRARY_PATH=str(pc_file.parents[1]))
    libraries = sorted(path.name for path in pc_file.parents[1].glob("libreel*"))
    require([name for name in libraries if name.endswith(".a")] == [] and "libreel.so" in libraries,
            f"the shared library is installed, and nothing static: {', '.join(libraries)}")
    compiler = pathlib.Path(run("pkg-config", "--variable=schema_compiler", "reel", env=environment).strip())
    schemas = pathlib.Path(run("pkg-config", "--variable=schemas", "reel", env=environment).strip())
    require(compiler.resolve().is_file() and (schemas / "reel/attributes.fbs").is_file(),
            "reel.pc says where schema compiler and schemas are")
    check_headers(prefix, source, environment)
    project = copy_project(folder)
    run("meson", "setup", project / "build", project, env=environment)
    run("ninja", "-C", project / "build", env=environment)
    check_program(project / "build", environment)


def configured_subproject(source, folder):
    project = copy_project(folder)
    (project / "subprojects").mkdir()
    (project / "subprojects/reel").symlink_to(source)
    # Found nowhere else, and as quick to compile as can be.
    environment = dict(os.environ, PKG_CONFIG_LIBDIR=subprocess.run(
        ["pkg-config", "--variable=pc_path", "pkg-config"], capture_output=True, text=True, check=True).stdout.strip())
    said = run("meson", "setup", project / "build", project, "--buildtype=plain", "-Dreel:werror=false",
               env=environment)
    require(re.search(r"Executing subproject reel\b", said), "reel is found as a subproject")
    return project / "build", environment


def subproject(source, _, folder):
    build, environment = configured_subproject(source, folder)
    targets = run("ninja", "-C", build, "-t", "targets", "all", env=environment)
    own = [name for name in re.findall(r"^(\S+\.o): cpp_COMPILER", targets, re.MULTILINE) if "subprojects" not in name]
    require(len(own) == 3, f"the project's own files: {', '.join(own)}")
    run("ninja", "-C", build, *own, env=environment)
    print("ok they compile against the subproject's headers and schemas")
    plan = run("ninja", "-C", build, "-n", "library", env=environment)
    require("libreel.so" in plan, "the program is linked with the subproject's library")


def whole(source, _, folder):
    build, environment = configured_subproject(source, folder)
    run("ninja", "-C", build, env=environment)
    check_program(build, environment)


def main(way, source, build):
    with tempfile.TemporaryDirectory() as folder:
        {"installed": installed, "subproject": subproject, "whole": whole}[way](
            pathlib.Path(source).resolve(), pathlib.Path(build).resolve(), pathlib.Path(folder).resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
