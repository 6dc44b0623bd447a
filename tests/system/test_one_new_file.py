"""A strategy, a workload and a model, each added as one new file, with no other file touched."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from conftest import BIN, ROOT

STRATEGY = """
#include "nemesis/plan/strategy.h"
namespace capsize::nemesis {
namespace {
class Nudge final : public Strategy {
 public:
  std::string_view name() const override { return "nudge"; }
  std::string_view summary() const override { return "a pause of a follower, now and then"; }
  std::vector<FaultSpec> faults() const override {
    return {{.kind = "pause", .target = Target::kOne}, {.kind = "pause", .target = Target::kOne}};
  }
};
const base::Registered<Strategy, Nudge> registered;
}  // namespace
}  // namespace capsize::nemesis
"""

WORKLOAD = """
#include "workloads/workload.h"
namespace capsize::workloads {
namespace {
class Blind final : public Generator {
 public:
  Operation next(std::size_t, bool reader, base::Prng& prng) override {
    return reader || prng.chance(0.5) ? Operation{"read", "b", nullptr} : probe(prng);
  }
  void completed(std::size_t, const Operation&, const Completion&) override {}
  Operation probe(base::Prng&) override { return {"write", "b", ++last_}; }
  std::vector<Operation> final_reads() const override { return {{"read", "b", nullptr}}; }
 private:
  int last_ = 0;
};
class BlindWrites final : public Workload {
 public:
  std::string_view name() const override { return "blind-writes"; }
  std::string_view summary() const override { return "reads and writes of one key"; }
  std::string_view model() const override { return "write-once-register"; }
  std::vector<std::string> functions() const override { return {"read", "write"}; }
  std::unique_ptr<Generator> generator(std::size_t) const override {
    return std::make_unique<Blind>();
  }
};
const base::Registered<Workload, BlindWrites> registered;
}  // namespace
}  // namespace capsize::workloads
"""


def model_source():
    """The register model under another name: what is tested is that one file is enough."""
    source = (ROOT / "checker" / "models" / "register.cpp").read_text()
    return source.replace('"register"', '"write-once-register"')


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the tree with three new files, built. ccache knows all but them."""
    tree = tmp_path_factory.mktemp("tree")
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                           cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        if not (ROOT / name).exists():
            continue
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)
    (tree / "nemesis/strategies/nudge.cpp").write_text(STRATEGY)
    shutil.copy2(ROOT / "nemesis/examples/deposed.cpp", tree / "nemesis/strategies/deposed.cpp")
    (tree / "workloads/blind_writes.cpp").write_text(WORKLOAD)
    (tree / "checker/models/write_once_register.cpp").write_text(model_source())
    subprocess.run(["cmake", "--preset", "release", "-DCAPSIZE_TESTS=OFF"], cwd=tree, check=True,
                   capture_output=True)
    subprocess.run(["ninja", "-C", "build", "--quiet", "capsize"], cwd=tree, check=True,
                   env={**os.environ, "NINJA_STATUS": ""})
    for binary in ("capsize-node", "capsize-node-with-bugs", "capsize-proxy"):
        shutil.copy2(BIN / binary, tree / "build" / "bin" / binary)
    return tree / "build" / "bin" / "capsize"


def run(binary, *arguments):
    return subprocess.run([str(binary), *arguments], capture_output=True, text=True, timeout=120)


def test_each_appears_in_list(extended):
    assert "nudge" in run(extended, "list", "nemeses").stdout
    assert "blind-writes" in run(extended, "list", "workloads").stdout
    assert "write-once-register" in run(extended, "list", "models").stdout
    assert "nudge" in run(extended, "run", "--help").stdout


def test_a_strategy_that_is_asked_works_in_a_run(extended, tmp_path):
    done = run(extended, "run", "--nemesis", "deposed", "--time-limit", "6s", "--store",
               str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((pathlib.Path(tmp_path) / "latest" / "results.json").read_text())
    assert [fault["state"] for fault in results["faults"]["list"]] == ["installed"] * 3


def test_each_works_in_a_run(extended, tmp_path):
    done = run(extended, "run", "--nemesis", "nudge", "--workload", "blind-writes", "--time-limit",
               "5s", "--store", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    results = (pathlib.Path(tmp_path) / "latest" / "results.json").read_text()
    assert '"nudge"' in results and '"write-once-register"' in results
