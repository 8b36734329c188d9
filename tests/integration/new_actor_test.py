#!/usr/bin/env python3
"""scripts/new-actor in a copy of the tree: what it makes compiles, passes its test, is registered and is in good style.

  new_actor_test.py SOURCE BUILD

Only what is new is compiled, with the commands and against the libraries of BUILD.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SOURCE = BUILD = None


def copied_tree(folder):
    """What belongs to the project, without build folders."""
    def unwanted(directory, names):
        top = pathlib.Path(directory) == SOURCE
        return [name for name in names
                if name == "__pycache__" or (top and name.startswith(("build", ".git", ".cache")))]
    tree = pathlib.Path(folder) / "tree"
    shutil.copytree(SOURCE, tree, ignore=unwanted)
    return tree


def new_actor(tree, *arguments):
    return subprocess.run([tree / "scripts/new-actor", *arguments], capture_output=True, text=True, timeout=60)


def run(*command, **settings):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, **settings)
    if done.returncode != 0:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}")
    return done.stdout


class Refused(unittest.TestCase):
    def test_bad_names_and_existing_ones_change_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = copied_tree(folder)
            before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
            for arguments, said in ((["Foo"], "no name for a service"), (["9lives"], "no name for a service"),
                                    (["a b"], "no name for a service"), (["../up"], "no name for a service"),
                                    (["x" * 41], "no name for a service"), (["class"], "means something else"),
                                    (["payment"], "src/actors/payment exists already"),
                                    (["intake"], "schemas/shop/intake.fbs exists already"),
                                    (["parcel", "--reacts-to", "NoSuchEvent"], "there is no event NoSuchEvent")):
                with self.subTest(arguments=arguments):
                    done = new_actor(tree, *arguments)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn(said, done.stderr)
                    self.assertEqual(done.stdout, "")
            after = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
            self.assertEqual(before, after)


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tree = copied_tree(cls.folder.name)
        cls.built = cls.tree.parent / "built"  # beside the tree: it is no part of it
        cls.built.mkdir()
        for arguments in (["notification"], ["fraud_watch", "--reacts-to", "OrderCreated"]):
            done = new_actor(cls.tree, *arguments)
            assert done.returncode == 0, done.stderr
        cls.commands = json.loads((BUILD / "compile_commands.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def compile(self, like, source, output):
        """Compiles a file of the copy as BUILD compiles the file `like`, with the copy's headers first."""
        command = next(entry["command"] for entry in self.commands if entry["file"].endswith(like))
        words = command.split()[:-1]  # the file is the last word
        words = [word for word in words if word != "-MD" and not word.startswith("-Winvalid-pch")]
        self.sanitizers = [word for word in words if word.startswith("-fsanitize")]
        for option in ("-MQ", "-MF", "-o"):
            at = words.index(option)
            del words[at:at + 2]
        words.remove("-c")
        headers = [f"-I{self.built / 'generated'}", f"-I{self.tree / 'src'}"]
        first = next(i for i, word in enumerate(words) if word.startswith("-I"))
        run(*words[:first], *headers, *words[first:], "-c", self.tree / source, "-o", output, cwd=BUILD)

    def test_it_compiles_and_its_test_passes(self):
        generated = self.built / "generated/shop"
        run(BUILD / "tools/reel-schema", "-o", generated, "--prefix", "shop",
            *sorted((self.tree / "schemas/shop").glob("*.fbs")))
        objects = []
        for name in ("notification", "fraud_watch"):
            for like, source in (("src/actors/orders/order.cpp", f"src/actors/{name}/{name}.cpp"),
                                 ("src/actors/orders/service.cpp", f"src/actors/{name}/service.cpp"),
                                 ("tests/unit/actors/order.test.cpp", f"tests/unit/actors/{name}.test.cpp")):
                objects.append(self.built / (source.replace("/", "_") + ".o"))
                self.compile(like, source, objects[-1])
        objects.append(self.built / "main.o")
        self.compile("tests/unit/actors/main.cpp", "tests/unit/actors/main.cpp", objects[-1])
        program = self.built / "new_test"
        run("c++", *self.sanitizers, *objects, BUILD / "src/reel/libreel_api.a", "-o", program, "-pthread")
        self.assertIn("2 passed", run(program))

    def test_it_is_registered(self):
        for file, words in (
                ("src/actors/shop.cpp", [".with(notification::service())", ".with(fraud_watch::service())"]),
                ("src/actors/meson.build", ["'notification/notification.cpp'", "'fraud_watch/service.cpp'"]),
                ("schemas/shop/meson.build", ["'notification.fbs'", "'fraud_watch.fbs'"]),
                ("tests/unit/actors/meson.build", ["'notification.test.cpp'", "'fraud_watch.test.cpp'"])):
            text = (self.tree / file).read_text()
            for word in words:
                self.assertEqual(text.count(word), 1, f"{word} in {file}")
        self.assertIn("exists already", new_actor(self.tree, "notification").stderr)

    def test_it_is_in_good_style(self):
        said = run(sys.executable, self.tree / "tests/tidy/tidy.py", self.tree)
        self.assertRegex(said, re.compile(r"\b0 violations"))


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(2)).resolve()
    SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
