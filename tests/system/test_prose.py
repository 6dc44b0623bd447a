"""scripts/prose.py: a word of the list, or a reference to what does not exist, turns lint red."""

import json
import shutil
import subprocess

import pytest

from conftest import ROOT

LISTED = {
    "words": [{"words": ["told"], "parts": True, "use": "triggered"},
              {"words": ["in force"], "use": "active"},
              {"words": ["Act"], "case": True, "use": "ActionResult"},
              {"words": ["card", "cards"], "parts": True, "use": "fault spec"}],
    "outside": ["elsewhere.h"],
    "absent documents": ["CONTRACTS"],
    "allowed": {"old.md": "*", "reader.cpp": {"told": 1}},
    "counts": {},
}
CLEAN = {
    "docs/RAFT_BUGS.md": "# Bugs\n\n| code |\n| --- |\n| M-01 | `Vote_IsKept` |\n",
    "docs/FORMATS.md": "# Formats\n\n## The trace\n\nSee [bugs](RAFT_BUGS.md#bugs), `node/log.h`.\n",
    "node/log.h": "// A discarded postcard (M-01, docs/FORMATS.md, The trace); log.cpp and elsewhere.h.\n",
    "node/log.cpp": "// build/bin/capsize writes store/latest/results.json; node/log, node/*.h.\nint act;\n",
    "tests/log_test.cpp": "TEST(Log, Reads_ItsTail) {}\n",
}


class Sources:
    def __init__(self, root):
        self.root = root
        (root / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "prose.py", root / "scripts")
        self.allow(**LISTED)
        for path, text in CLEAN.items():
            self.write(path, text)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)

    def allow(self, **listed):
        (self.root / "scripts" / "prose.json").write_text(json.dumps(listed))

    def listed(self):
        return json.loads((self.root / "scripts" / "prose.json").read_text())

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def lint(self, *arguments):
        return subprocess.run(["/usr/bin/python3", "scripts/prose.py", *arguments], cwd=self.root,
                              capture_output=True, text=True, check=False)


@pytest.fixture
def sources(tmp_path):
    return Sources(tmp_path)


def test_what_is_in_order_passes(sources):
    lint = sources.lint()
    assert lint.returncode == 0, lint.stderr


@pytest.mark.parametrize("path, text, found", [
    ("node/log.cpp", "int x;\n// it is told\n", "node/log.cpp:2: found 'told', expected triggered"),
    ("node/log.cpp", "ToldClock clock;\n", "node/log.cpp:1: found 'told'"),
    ("node/log.cpp", "int told_by = 1;\n", "node/log.cpp:1: found 'told'"),
    ("node/log.cpp", "// a fault in\n// force\n", "node/log.cpp:1: found 'in // force', expected active"),
    ("node/log.cpp", "Act end();\n", "node/log.cpp:1: found 'Act'"),
    ("node/fault_card.h", "\n", "node/fault_card.h:its name: found 'card', expected fault spec"),
    ("data.json", '{"cards": 1}', "data.json:1: found 'cards'"),
    ("script.sh", "echo told\n", "script.sh:1: found 'told'"),
    ("reader.cpp", "// told, told\n", "reader.cpp:1: found 'told'"),
])
def test_a_word_of_the_list_is_found(sources, path, text, found):
    sources.write(path, text)
    lint = sources.lint()
    assert lint.returncode == 1
    assert found in lint.stderr


@pytest.mark.parametrize("path, text, found", [
    ("node/log.h", "// see node/gone.h\n", "node/log.h:1: found node/gone.h, expected a path"),
    ("node/log.h", "int x;  // gone.cpp has it\n", "node/log.h:1: found gone.cpp"),
    ("node/log.h", "// the files of node/gone\n", "node/log.h:1: found node/gone"),
    ("node/log.h", "// GONE.md says why\n", "node/log.h:1: found GONE.md"),
    ("node/log.h", "// CONTRACTS section 3\n", "node/log.h:1: found CONTRACTS"),
    ("node/log.h", "// M-02\n", "node/log.h:1: found M-02, expected a code of docs/RAFT_BUGS.md"),
    ("node/log.h", "// docs/FORMATS.md, Gone\n", "node/log.h:1: found docs/FORMATS.md, Gone"),
    ("tool.py", '"""As docs/GONE.md says."""\n', "tool.py:1: found docs/GONE.md"),
    ("tool.py", "x = 1  # node/gone.h\n", "tool.py:1: found node/gone.h"),
    ("a.md", "[log](node/gone.h)\n", "a.md:1: found a link to node/gone.h"),
    ("a.md", "[trace](docs/FORMATS.md#gone)\n", "a.md:1: found a link to docs/FORMATS.md#gone"),
    ("a.md", "The file `node/gone.h`.\n", "a.md:1: found node/gone.h"),
    ("a.md", "The files `node/g*.h`.\n", "a.md:1: found node/g*.h"),
    ("docs/RAFT_BUGS.md", "| M-01 | `gone.txt` |\n", "docs/RAFT_BUGS.md:1: found the scenario gone.txt"),
    ("docs/a.md", "`Log.Reads_NoTail`\n", "docs/a.md:1: found the test Log.Reads_NoTail"),
])
def test_a_reference_to_what_is_not_there_is_found(sources, path, text, found):
    sources.write(path, text)
    lint = sources.lint()
    assert lint.returncode == 1
    assert found in lint.stderr


def test_what_is_allowed_passes(sources):
    sources.write("old.md", "told, told, cards\n")
    sources.write("reader.cpp", "// told\n")
    lint = sources.lint()
    assert lint.returncode == 0, lint.stderr


def test_the_bounds_only_shrink(sources):
    sources.allow(**{**LISTED, "counts": {"told": 3, "dead references": 1}})
    sources.write("a.txt", "told told\n")
    sources.write("node/log.h", "// gone.h\n// gone.h\n")
    assert sources.lint("--fix").returncode == 1
    assert sources.listed()["counts"] == {"told": 2, "dead references": 1}
    assert sources.listed()["allowed"] == {"old.md": "*"}, "reader.cpp does not use its word"
    sources.write("node/log.h", "// gone.h\n")
    assert sources.lint().returncode == 0
    sources.write("a.txt", "told told told\n")
    assert sources.lint().returncode == 1


def test_the_project_has_none_of_its_words_and_no_dead_reference():
    listed = json.loads((ROOT / "scripts" / "prose.json").read_text())
    assert len(listed["words"]) > 40
    assert listed["counts"] == {}, "the bounds are zero"
