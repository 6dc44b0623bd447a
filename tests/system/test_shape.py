"""What scripts/shape.py refuses, each planted once."""

import subprocess
import sys

import pytest

from conftest import ROOT


def shape(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return subprocess.run([sys.executable, ROOT / "scripts/shape.py", *files], cwd=folder,
                          capture_output=True, text=True, check=False)


def test_folders_that_include_one_another_are_refused(tmp_path):
    run = shape(tmp_path, {"nemesis/model/a.h": '#include "nemesis/plan/b.h"\n',
                           "nemesis/plan/b.h": '#include "nemesis/engine/c.h"\n',
                           "nemesis/engine/c.h": '#include "nemesis/model/d.h"\n',
                           "nemesis/model/d.h": "\n"})
    assert run.returncode == 1
    assert "folders in a cycle: nemesis/engine, nemesis/model, nemesis/plan" in run.stderr
    assert "nemesis/engine/c.h:1: nemesis/model/d.h" in run.stderr


def test_folders_in_an_order_are_fine(tmp_path):
    run = shape(tmp_path, {"nemesis/plan/b.h": '#include "nemesis/model/d.h"\n#include "nemesis/plan/c.h"\n',
                           "nemesis/plan/c.h": '#include "base/json.h"\n', "nemesis/model/d.h": "\n"})
    assert run.stderr == "" and run.returncode == 0


def test_two_types_of_one_name_are_refused_unless_one_is_local_to_its_file(tmp_path):
    named = "namespace capsize::harness {\nstruct Control {\n};\n}  // namespace capsize::harness\n"
    local = "namespace capsize::harness {\nnamespace {\nstruct Control {\n};\n}  // namespace\n}  // namespace capsize::harness\n"
    run = shape(tmp_path, {"harness/judge/a.h": named, "harness/run/b.cpp": local})
    assert run.returncode == 0, run.stderr
    run = shape(tmp_path, {"harness/judge/a.h": named, "harness/suite/c.h": named})
    assert run.returncode == 1
    assert "capsize::harness::Control is another type in harness/judge/a.h:2" in run.stderr


@pytest.mark.parametrize("name, text, says", [
    ("base/a.h", '#include "checker/b.h"\n', "base/a.h:1: includes checker/b.h"),
    ("harness/run/a.h", '#include "node/raft/b.h"\n', "includes node/raft/b.h"),
    ("harness/run/a.h", "#include <zmq.hpp>\n", "in a header"),
    ("base/a.cpp", "\n" * 601, "601 lines, at most 600"),
    ("base/a.cpp", "x" * 101 + "\n", "101 columns, at most 100"),
    ("base/a.cpp", "void f() {\n" + "  g();\n" * 70 + "}\n", "function of 72 lines, at most 70"),
])
def test_each_rule_turns_red(tmp_path, name, text, says):
    run = shape(tmp_path, {name: text})
    assert run.returncode == 1
    assert says in run.stderr
