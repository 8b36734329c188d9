#!/usr/bin/env python3
"""Shows that each rule of the style check flags what it must and leaves alone what it must."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cxx  # noqa: E402
import rules  # noqa: E402

HEADER = "// Counts the things that the test counts.\n#pragma once\n"


def body(lines):
    return "".join(f"  x += {number};\n" for number in range(lines))


# rule -> (trees that must be flagged, trees that must not)
CANARIES = {
    rules.include_direction: (
        [{"src/core/a.hpp": '#include "runtime/node.hpp"\n'},
         {"src/actors/orders/a.cpp": '#include "core/frame.hpp"\n'},
         {"src/reel/a.hpp": '#include "core/frame.hpp"\n'}, {"src/transport/a.cpp": '# include "cli/a.hpp"\n'},
         {"src/runtime/a.cpp": '#include "actors/shop.hpp"\n'}],
        [{"src/cli/a.cpp": '#include "runtime/node.hpp"\n'}, {"src/core/a.cpp": '// #include "runtime/node.hpp"\n'},
         {"tests/unit/a.cpp": '#include "runtime/node.hpp"\n'}, {"src/actors/a.cpp": "#include <reel/flow.hpp>\n"}]),
    rules.include_fences: (
        [{"src/core/a.cpp": "#include <caf/all.hpp>\n"}, {"src/runtime/node.cpp": "#include <sqlite3.h>\n"},
         {"src/cli/a.cpp": "#include <lz4.h>\n"}, {"src/transport/a.cpp": "#include <openssl/evp.h>\n"},
         {"src/runtime/a.cpp": "#include <CLI/CLI.hpp>\n"}],
        [{"src/runtime/a.cpp": "#include <caf/all.hpp>\n"},
         {"src/runtime/projection_sqlite.cpp": "#include <sqlite3.h>\n"},
         {"src/core/hash.cpp": "#include <openssl/evp.h>\n"}, {"tests/bench/a.cpp": "#include <sqlite3.h>\n"}]),
    rules.include_siblings: (
        [{"src/actors/payment/a.hpp": '#include "actors/orders/order.hpp"\n'}],
        [{"src/actors/payment/a.hpp": '#include "actors/payment/gateway.hpp"\n#include "actors/chance.hpp"\n'},
         {"src/actors/shop.cpp": '#include "actors/orders/order.hpp"\n'}]),
    rules.public_headers: (
        [{"src/reel/a.hpp": "#include <fmt/format.h>\n"}, {"src/reel/a.hpp": "#include <reel/frame_generated.h>\n"},
         {"src/reel/detail/a.hpp": "#include <unistd.h>\n"}],
        [{"src/reel/a.hpp": "#include <reel/ids.hpp>\n#include <flatbuffers/flatbuffers.h>\n#include <string_view>\n"},
         {"src/reel/a.cpp": "#include <fmt/format.h>\n"}]),
    rules.example_includes: (
        [{"examples/trip/a.cpp": '#include "core/frame.hpp"\n'}, {"examples/trip/a.hpp": "#include <shop/a.hpp>\n"}],
        [{"examples/trip/a.cpp": '#include "trip/a.hpp"\n#include <reel/main.hpp>\n#include <string>\n'}]),
    rules.own_header_first: (
        [{"src/core/a.hpp": HEADER, "src/core/a.cpp": '#include "core/b.hpp"\n#include "core/a.hpp"\n'},
         {"src/core/a.hpp": HEADER, "src/core/a.cpp": "int a;\n"}],
        [{"src/core/a.hpp": HEADER, "src/core/a.cpp": '#include "core/a.hpp"\n'},
         {"src/core/a.cpp": '#include "core/b.hpp"\n'}]),
    rules.line_length: (
        [{name: "/" + "/" * 120 + "\n"} for name in ("src/a.cpp", "schemas/reel/a.fbs", "scripts/a.py", "meson.build")]
        + [{"scripts/run": "#!/bin/bash\n" + "#" * 121 + "\n"}],
        [{"src/a.cpp": "/" * 120 + "\n"}, {"README.md": "x" * 200 + "\n"}, {"src/a.cpp": "// " + "ü" * 117 + "\n"},
         {"src/a.cpp": "// clang-format off\n" + "/" * 121 + "\n// clang-format on\n"},
         {"tests/data/a.csv": "x" * 200 + "\n"}]),
    rules.whitespace: (
        [{"src/a.cpp": "int a; \n"}, {"src/a.cpp": "int a;"}, {"src/a.cpp": "int a;\n\n"}, {"src/a.cpp": "\tint a;\n"},
         {"README.md": "text \n"}],
        [{"src/a.cpp": "int a;\n"}, {"tests/data/a.csv": "a \r\n"}, {"src/empty.cpp": ""}]),
    rules.unfinished: (
        [{"src/a.cpp": "// TO" + "DO: later\n"}, {"README.md": "FIX" + "ME\n"}, {"scripts/a": "# XX" + "X\n"}],
        [{"src/a.cpp": "int todo;\n"}, {"src/a.cpp": "// mkdtemp wants reel-XXXXXX\n"}]),
    rules.machine_paths: (
        [{"src/a.cpp": 'open("/tmp/reel");\n'}, {"README.md": "`shop --data /work/data`\n"},
         {"scripts/a": "cd /home/ann\n"}],
        [{"src/a.cpp": "// a/work/b and https://a.b/tmp/c\n"}, {"scripts/a": '"$TMPDIR/tmp/x"\n'}]),
    rules.function_length: (
        [{"src/a.cpp": "void f() {\n" + body(69) + "}\n"},
         {"src/a.hpp": "struct s {\n  int f() const noexcept {\n" + body(70) + "  }\n};\n"},
         {"src/a.cpp": "a::a(int b) : b_{b}, c_{1} {\n" + body(70) + "}\n"},
         {"src/a.cpp": "namespace reel {\ntemplate <class T>\nauto f(T x) -> int {\n" + body(70) + "}\n}\n"}],
        [{"src/a.cpp": "void f() {\n" + body(68) + "}\n"},
         {"src/a.cpp": "namespace n {\n" + "".join(f"int f{n}() {{\n  return {n};\n}}\n" for n in range(40)) + "}\n"},
         {"src/a.cpp": "constexpr int table[] = {\n" + "  1,\n" * 100 + "};\n"},
         {"src/a.cpp": "void f() {\n}\n/*\n" + "{\n" * 100 + "*/\n"},
         {"tests/a.cpp": "void f() {\n" + body(100) + "}\n"}]),
    rules.file_length: (
        [{"src/a.cpp": "\n" * 501}], [{"src/a.cpp": "\n" * 500}, {"tests/a.cpp": "\n" * 900}]),
    rules.banned_calls: (
        [{"src/a.cpp": "auto x = std::rand();\n"}, {"tests/a.cpp": "srand(1);\n"},
         {"src/a.cpp": "std::random_device d;\n"},
         {"src/a.cpp": "std::this_thread::sleep_for(1s);\n"},
         {"src/a.cpp": "auto t = std::chrono::system_clock::now();\n"},
         {"src/a.cpp": "time(nullptr);\n"}, {"tests/a.cpp": "using namespace std;\n"},
         {"src/core/a.cpp": 'printf("a");\n'},
         {"src/core/a.cpp": "std::cerr << 1;\n"}, {"src/core/a.cpp": 'std::fprintf(stderr, "a");\n'}],
        [{"src/a.cpp": "// std::rand() is not used\n"}, {"src/a.cpp": 'auto s = "std::rand()";\n'},
         {"src/a.cpp": "operand(1);\n"}, {"src/cli/a.cpp": 'std::printf("a");\n'},
         {"tests/a.cpp": "std::this_thread::sleep_for(1s);\n"}, {"src/a.cpp": "auto t = steady_clock::now();\n"},
         {"src/a.cpp": "snprintf(a, 1, b);\n"},
         {"src/a.cpp": "using time_point = std::chrono::system_clock::time_point;\n"}]),
    rules.header_guard: (
        [{"src/a.hpp": "// A header.\nint a();\n"}, {"tests/a.hpp": "// #pragma once\n"}],
        [{"src/a.hpp": HEADER}, {"src/a.cpp": "int a;\n"}]),
    rules.header_sentence: (
        [{"src/a.hpp": "#pragma once\n// Says it too late.\n"}, {"src/a.hpp": "// frame\n#pragma once\n"},
         {"src/a.hpp": "// The frame codec without an end\n#pragma once\n"}],
        [{"src/a.hpp": HEADER}, {"src/a.hpp": "/// Says it over\n/// two lines.\n#pragma once\n"}]),
    rules.unreferenced_sources: (
        [{"src/core/a.cpp": "", "src/core/meson.build": "files('b.cpp')\n"}, {"tests/unit/a.test.cpp": ""},
         {"src/cli/demo/a.cpp": "", "src/cli/meson.build": "files('demo/ba.cpp')\n"}],
        [{"src/core/a.cpp": "", "src/core/meson.build": "files('a.cpp')\n"},
         {"src/cli/demo/a.cpp": "", "src/cli/meson.build": "files('demo/a.cpp')\n"},
         {"tests/unit/core/a.test.cpp": "", "tests/unit/meson.build": "foreach name : ['core/a']\n"},
         {"tests/wrong/a.cpp": "", "tests/wrong/run.py": "", "tests/meson.build": "files('wrong/run.py')\n"}]),
    rules.unreferenced_headers: (
        [{"src/core/a.hpp": HEADER, "src/core/b.cpp": '#include "core/b.hpp"\n'}],
        [{"src/core/a.hpp": HEADER, "src/core/b.cpp": '#include "core/a.hpp"\n'}, {"src/reel/a.hpp": HEADER},
         {"src/runtime/pch/pch.hpp": HEADER, "src/runtime/meson.build": "cpp_pch: 'pch/pch.hpp'\n"}]),
    rules.document_links: (
        [{"README.md": "[a](missing.md)\n"}, {"README.md": "[a](#nothing)\n"},
         {"A.md": "[b](B.md#two)\n", "B.md": "# One\n"},
         {"README.md": "see `src/core/gone.cpp`\n"}],
        [{"A.md": "[b](B.md#one-thing) [c](https://example.org/x)\n", "B.md": "## One thing\n"},
         {"doc/A.md": "[b](../src/a.cpp) `src/a.cpp` `src/`\n", "src/a.cpp": ""}]),
}


class Rules(unittest.TestCase):
    def test_every_rule_has_canaries(self):
        self.assertEqual(set(rules.RULES), set(CANARIES))

    def test_flags_what_it_must(self):
        for rule, (bad, _) in CANARIES.items():
            for tree in bad:
                with self.subTest(rule=rule.__name__, tree=str(tree)[:200]):
                    self.assertTrue(list(rule(tree)))

    def test_leaves_alone_what_it_must(self):
        for rule, (_, good) in CANARIES.items():
            for tree in good:
                with self.subTest(rule=rule.__name__, tree=str(tree)[:200]):
                    self.assertEqual(list(rule(tree)), [])

    def test_names_the_line(self):
        violations, _ = rules.check({"src/core/a.cpp": "\n\n#include <caf/all.hpp>\n"}, [rules.include_fences])
        self.assertEqual(len(violations), 1)
        self.assertTrue(violations[0].startswith("src/core/a.cpp:3: include-fences: "))

    def test_long_file_is_noted(self):
        _, notes = rules.check({"src/a.cpp": "\n" * 401}, [rules.file_length])
        self.assertEqual(len(notes), 1)


class Reader(unittest.TestCase):
    def test_takes_out_comments_and_literals(self):
        self.assertEqual(cxx.code_only('a // "b"\nc /* d\n e */ f'), "a \nc  \n f")
        self.assertEqual(cxx.code_only('"a\\"b" + \'"\' + 1\'000'), '"" + \'\' + 1\'000')
        self.assertEqual(cxx.code_only('R"x(a" // )" )x" + b'), '"" + b')

    def test_finds_functions(self):
        text = """namespace n {
class a : b<decltype(f())> {
  a() : x_{1}, y_(2) {
  }
  int g() const override { return 1; }
};
template <class T>
void h(T t) {
  auto l = [&](int i) { return i; };
  if (t) {
  }
}
enum class e { one, two };
}
"""
        self.assertEqual([(first, last) for first, last, _ in cxx.functions(text)], [(3, 4), (5, 5), (8, 12)])

    def test_braces_of_directives_do_not_count(self):
        text = "#define OPEN {\nvoid f() {\n#if A\n#else\n#endif\n}\nvoid g() {\n}\n"
        self.assertEqual([(first, last) for first, last, _ in cxx.functions(text)], [(2, 6), (7, 8)])


if __name__ == "__main__":
    unittest.main()
