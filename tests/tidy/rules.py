"""The rules of the style check. Each takes the tree (path -> text) and yields violations as (path, line, text)."""

import posixpath
import re

import cxx

LINE_MAX = 120
FILE_LINES_ADVISED = 400
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# Which layers a folder of src/ may include; dependencies point one way.
LAYERS = {
    "reel": {"reel"},
    "actors": {"reel", "actors"},
    "core": {"reel", "core"},
    "transport": {"reel", "core", "transport"},
    "runtime": {"reel", "core", "transport", "runtime"},
    "cli": {"reel", "actors", "core", "transport", "runtime", "cli"},
}
# Libraries that only some parts of src/ may know.
FENCED = {
    r"caf/": ("CAF", ("src/runtime/", "src/cli/")),
    r"sqlite3\.h$": ("SQLite", ("src/transport/embedded/", "src/runtime/projection")),
    r"nats/|nats\.h$": ("NATS", ("src/transport/nats/",)),
    r"lz4|openssl/|xxhash|xxh3": ("compression and hashing", ("src/core/",)),
    r"CLI/": ("CLI11", ("src/cli/",)),
    r"httplib|toml\+\+": ("HTTP and TOML", ("src/cli/",)),
}
# Where the real clock enters; all other code is given the time.
READS_THE_CLOCK = ("src/cli/bench/window.cpp", "src/cli/dlq_commands.cpp", "src/cli/node_commands.cpp",
                   "src/cli/node_log.cpp",
                   "src/cli/run_demo.cpp", "src/cli/run_submit.cpp", "src/cli/saga_commands.cpp",
                   "src/transport/embedded/options.hpp", "src/transport/nats/options.hpp", "src/runtime/environment.")
# Calls that are not made: pattern, reason, where the rule holds, where it does not.
BANNED = [
    (r"\b(?:std::)?s?rand\s*\(|\brandom_device\b",
     "randomness comes from a seed", ("src/", "tests/", "tools/"), ()),
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(",
     "waiting is done on a condition, a timer or a file descriptor", ("src/",), ()),
    (r"\bsystem_clock\s*::\s*now\b|\bgettimeofday\b|\bCLOCK_REALTIME\b|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)",
     "the time is passed in; few named files read the clock", ("src/",), READS_THE_CLOCK),
    (r"\busing\s+namespace\s+std\b",
     "names are qualified", ("src/", "tests/", "tools/"), ()),
    (r"(?<![\w:.])(?:std::)?(?:f?printf|puts)\s*\(|\bstd::(?:cout|cerr)\b|\bfmt::print\b",
     "only the commands write to the terminal", ("src/",), ("src/cli/",)),
]
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}*/-])/(?:work|tmp|root|home)/[\w.]")

CXX_SUFFIXES = (".hpp", ".cpp", ".h", ".cc")
CODE_SUFFIXES = CXX_SUFFIXES + (".fbs", ".py", ".sh", "meson.build", "meson_options.txt")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def is_data(path):
    """Test data and licence text: not written to our style."""
    return path.startswith(("tests/data/", "tests/fuzz/seeds/")) or path == "LICENSE" or \
        path.endswith((".csv", ".jsonl"))


def is_script(path, text):
    return path.endswith((".py", ".sh")) or text.startswith("#!")


def is_cxx(path):
    return path.endswith(CXX_SUFFIXES) and path.startswith(("src/", "tests/", "tools/", "examples/"))


def line_of(text, index):
    return text.count("\n", 0, index) + 1


def includes(text):
    """(line, "<" or the quote, name) of each include that is not commented out."""
    for match in INCLUDE.finditer(text):
        yield line_of(text, match.start(2)), match.group(1), match.group(2)


# -- includes ---------------------------------------------------------------------------------------------------------


def include_direction(tree):
    """A layer includes itself and the layers below it."""
    for path, text in tree.items():
        layer = path.split("/")[1] if path.startswith("src/") and path.count("/") > 1 else None
        if layer not in LAYERS or not is_cxx(path):
            continue
        for line, _, name in includes(text):
            target = name.split("/")[0]
            if target in LAYERS and target not in LAYERS[layer]:
                yield path, line, f"{layer} must not include {target}: {name}"


def include_fences(tree):
    """A library is known to the part that wraps it, and to nobody else."""
    for path, text in tree.items():
        if not (is_cxx(path) and path.startswith("src/")):
            continue
        for line, _, name in includes(text):
            for pattern, (library, homes) in FENCED.items():
                if re.match(pattern, name) and not path.startswith(homes):
                    yield path, line, f"{library} belongs in {', '.join(homes)}: {name}"


def include_siblings(tree):
    """A service does not know another service: they share events and nothing else."""
    for path, text in tree.items():
        parts = path.split("/")
        if not (path.startswith("src/actors/") and len(parts) > 3 and is_cxx(path)):
            continue
        for line, _, name in includes(text):
            target = name.split("/")
            if target[0] == "actors" and len(target) > 2 and target[1] != parts[2]:
                yield path, line, f"service {parts[2]} must not include service {target[1]}: {name}"


def public_headers(tree):
    """What users include needs the standard library and FlatBuffers, and no generated wire format."""
    for path, text in tree.items():
        if not (path.startswith("src/reel/") and path.endswith(".hpp")):
            continue
        for line, _, name in includes(text):
            standard = re.fullmatch(r"[a-z_]+", name)
            ours = name.startswith("reel/") and not name.endswith("_generated.h")
            if not (standard or ours or name.startswith("flatbuffers/")):
                yield path, line, f"a public header must not include {name}"


def example_includes(tree):
    """An example is made of what users get: the public headers, and its own."""
    for path, text in tree.items():
        if not (is_cxx(path) and path.startswith("examples/")):
            continue
        own = path.split("/")[1]
        for line, _, name in includes(text):
            standard = re.fullmatch(r"[a-z_]+", name)
            if not (standard or name.startswith(("reel/", own + "/")) or name == "doctest/doctest.h"):
                yield path, line, f"an example must not include {name}"


def own_header_first(tree):
    """x.cpp includes x.hpp first, so that each header is known to stand alone."""
    for path, text in tree.items():
        header = path[:-4] + ".hpp"
        if not (path.startswith("src/") and path.endswith(".cpp") and header in tree):
            continue
        first = next(includes(text), None)
        if first is None or first[2] != header[len("src/"):]:
            yield path, first[0] if first else 1, f"the first include must be {header[len('src/'):]}"


# -- text -------------------------------------------------------------------------------------------------------------


def line_length(tree):
    """Lines fit 120 columns."""
    for path, text in tree.items():
        if is_data(path) or not (path.endswith(CODE_SUFFIXES) or is_script(path, text)):
            continue
        by_hand = False  # laid out by hand between "clang-format off" and "on", such as a table
        for number, line in enumerate(text.split("\n"), 1):
            if "clang-format o" in line:
                by_hand = "clang-format off" in line
            if len(line) > LINE_MAX and not by_hand:
                yield path, number, f"{len(line)} columns, at most {LINE_MAX}"


def whitespace(tree):
    """No trailing white space, no tabs in code, one line break at the end."""
    for path, text in tree.items():
        if is_data(path) or not text:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield path, number, "white space at the end of the line"
            if "\t" in line and path.endswith(CODE_SUFFIXES):
                yield path, number, "a tab"
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield path, text.count("\n") + 1, "the file must end with one line break"


def unfinished(tree):
    """What is not done is not left as a mark in the tree."""
    for path, text in tree.items():
        if is_data(path):
            continue
        for match in UNFINISHED.finditer(text):
            yield path, line_of(text, match.start()), f"unfinished: {match.group()}"


def machine_paths(tree):
    """Nothing depends on one machine's folders."""
    for path, text in tree.items():
        if is_data(path) or path.startswith("tests/tidy/"):
            continue
        for match in MACHINE_PATH.finditer(text):
            yield path, line_of(text, match.start()), "a path of one machine"


# -- C++ --------------------------------------------------------------------------------------------------------------


def function_length(tree):
    """A function fits a screen."""
    for path, text in tree.items():
        if not (is_cxx(path) and path.startswith(("src/", "tools/"))):
            continue
        for first, last, head in cxx.functions(text):
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield path, first, f"{last - first + 1} lines, at most {FUNCTION_LINES_MAX}: {head[-60:]}"


def file_length(tree):
    """A file can be read in one go."""
    for path, text in tree.items():
        if is_cxx(path) and path.startswith("src/") and text.count("\n") > FILE_LINES_MAX:
            yield path, 1, f"{text.count(chr(10))} lines, at most {FILE_LINES_MAX}"


def banned_calls(tree):
    """Calls that make a run irreproducible, or that write where they should not."""
    for path, text in tree.items():
        if not is_cxx(path):
            continue
        code = cxx.code_only(text)
        for pattern, reason, where, but_not in BANNED:
            if not path.startswith(where) or path.startswith(but_not or ("\0",)):
                continue
            for match in re.finditer(pattern, code):
                yield path, line_of(code, match.start()), f"{match.group().strip()}: {reason}"


def header_guard(tree):
    """Headers say #pragma once."""
    for path, text in tree.items():
        if not (is_cxx(path) and path.endswith((".hpp", ".h"))) or "/pch/" in path:  # a PCH with a guard gives a warning
            continue
        if not re.search(r"^#pragma once$", text, re.MULTILINE):
            yield path, 1, "#pragma once is missing"


def header_sentence(tree):
    """A header opens with a sentence on what it is for."""
    for path, text in tree.items():
        if not (path.startswith("src/") and path.endswith(".hpp")):
            continue
        paragraph = []
        for line in text.split("\n"):
            if not re.match(r"//+ \S", line):
                break
            paragraph.append(line.lstrip("/ "))
        sentence = " ".join(paragraph)
        if not paragraph or len(sentence.split()) < 3 or not re.search(r"[.:]($| )", sentence):
            yield path, 1, "the first line must be a comment sentence that says what the header is for"


# -- the tree ---------------------------------------------------------------------------------------------------------


def unreferenced_sources(tree):
    """Each source file is part of the build."""
    for path in tree:
        if not (is_cxx(path) and path.endswith((".cpp", ".cc"))) or path.startswith("tests/downstream/"):
            continue
        if not _named_by_build(tree, path):
            yield path, 1, "no meson.build names this file"


def _named_by_build(tree, path):
    """A meson.build of the file's folder or above quotes the file, its stem, or a script that reads its folder."""
    folder = posixpath.dirname(path)
    while True:
        build = tree.get(posixpath.join(folder, "meson.build"), "")
        relative = posixpath.relpath(path, folder or ".")
        stem = re.sub(r"(\.test)?\.(cpp|cc)$", "", relative)
        quoted = set(re.findall(r"'([^']*)'", build))
        # Fixtures of a test that is a script beside them are found by the script.
        scripts = {posixpath.relpath(name, folder or ".") for name in tree
                   if name.endswith(".py") and posixpath.dirname(name) == posixpath.dirname(path)}
        if ({relative, stem, posixpath.basename(stem)} | scripts) & quoted:
            return True
        if not folder:
            return False
        folder = posixpath.dirname(folder)


def unreferenced_headers(tree):
    """Each internal header is included by somebody."""
    named = set()
    for path, text in tree.items():
        if path.endswith(CXX_SUFFIXES):
            for _, _, name in includes(text):
                named.add(name)
                named.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
        elif path.endswith("meson.build"):
            named.update(posixpath.join(posixpath.dirname(path), name) for name in re.findall(r"'([^']+\.hpp)'", text))
    for path in tree:
        if path.startswith("src/") and path.endswith(".hpp") and not path.startswith("src/reel/"):
            if path not in named and path[len("src/"):] not in named:
                yield path, 1, "nobody includes this header"


def heading_anchors(text):
    """The anchors that a Markdown file's headings get."""
    anchors = set()
    fenced = False
    for line in text.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        match = re.match(r"#+\s+(.*)", line)
        if match and not fenced:
            plain = re.sub(r"[^\w\- ]", "", match.group(1).strip().lower())
            anchors.add(plain.replace(" ", "-"))
    return anchors


def document_links(tree):
    """Links and file names in documents lead somewhere."""
    folders = {posixpath.dirname(path) for path in tree}
    folders |= {parent for folder in folders for parent in _parents(folder)}
    for path, text in tree.items():
        if not path.endswith(".md"):
            continue
        for match in re.finditer(r"\]\(([^)\s]+)\)", text):
            target, _, anchor = match.group(1).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            if file not in tree and file not in folders:
                yield path, line_of(text, match.start()), f"the link leads nowhere: {match.group(1)}"
            elif anchor and file in tree and anchor not in heading_anchors(tree[file]):
                yield path, line_of(text, match.start()), f"no such heading: {match.group(1)}"
        for match in re.finditer(r"`((?:src|schemas|tests|scripts|tools|config)/[\w./-]+)`", text):
            file = match.group(1).rstrip("/")
            if file not in tree and file not in folders:
                yield path, line_of(text, match.start()), f"no such file: {match.group(1)}"


def _parents(folder):
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


RULES = [
    include_direction, include_fences, include_siblings, public_headers, example_includes, own_header_first,
    line_length, whitespace, unfinished, machine_paths, function_length, file_length, banned_calls, header_guard,
    header_sentence, unreferenced_sources, unreferenced_headers, document_links,
]


def notes(tree):
    """Advice that does not fail."""
    for path, text in sorted(tree.items()):
        lines = text.count("\n")
        if is_cxx(path) and path.startswith("src/") and FILE_LINES_ADVISED < lines <= FILE_LINES_MAX:
            yield f"{path}:1: {lines} lines, better below {FILE_LINES_ADVISED}"


def check(tree, selected=None):
    """(violations, notes) as lines of text."""
    found = []
    for rule in selected or RULES:
        name = rule.__name__.replace("_", "-")
        found += [f"{path}:{line}: {name}: {text}" for path, line, text in rule(tree)]
    return sorted(set(found)), list(notes(tree))
