"""A strategy, a workload, a model, a model with its own decider, a format and a history check: each is
added as one new file, with no other file touched."""

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


# A counter that only grows by one, with a decider and an explainer of its own.
DECIDER = """
#include "checker/specification/decider.h"
#include "checker/specification/finding.h"
#include "checker/specification/state_table.h"
namespace capsize::checker {
namespace {
Decoded decode(const History&, const Operation& operation, const DecodeOptions&) {
  Decoded decoded;
  decoded.operation.code = kFirstPartialCode;
  decoded.operation.argument = operation.result;
  if (operation.outcome != Outcome::kOk) decoded.kind = Decoded::Kind::kDrop;
  return decoded;
}
// Tickets are issued in ascending order: an operation that follows another one has a later one.
Decision decide(const DeciderInput& key) {
  for (std::uint32_t i = 0; i < key.operations.size(); ++i) {
    for (std::uint32_t j = 0; j < key.operations.size(); ++j) {
      const KeyOperation& first = key.operations[i];
      const KeyOperation& second = key.operations[j];
      if (first.complete < second.invoke && key.values.as_integer(first.argument) >=
                                                key.values.as_integer(second.argument)) {
        return {.kind = Decision::Kind::kViolation, .counterexample = {i, j}};
      }
    }
  }
  return {};
}
constinit const FastDecider kAscending{"ascending-tickets", &make_stateless<&decide>};
std::optional<Finding> explain(const KeyProblem&, std::span<const KeyOperation>) {
  return Finding{.sentence = "a ticket was issued twice, or out of order"};
}
State initial(StateTable&, ValueId) { return kNullValue; }
std::optional<State> step(StateTable&, State, const KeyOperation& operation) {
  return operation.argument;
}
const ModelRegistrar kRegistrar({
    .name = "ticket",
    .summary = "take -> a number above all earlier ones",
    .functions = {"take"},
    .deciders = {{&kAscending}},
    .explainers = {{&explain}},
    .decode = &decode,
    .initial = &initial,
    .step = &step,
});
}  // namespace
}  // namespace capsize::checker
"""

# One operation a line: "ticket 7", each completed before the next one begins.
FORMAT = """
#include "checker/history/format.h"
namespace capsize::checker {
namespace {
class TicketParser final : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    Event event;
    event.process = 0;
    event.line = static_cast<std::uint32_t>(line.number);
    event.function = *builder.function("take");
    event.key = builder.key("", false);
    event.type = EventType::kInvoke;
    event.value = kNullValue;
    builder.add(event);
    event.type = EventType::kOk;
    event.value = builder.values().integer(std::stoll(std::string(line.text.substr(7))));
    builder.add(event);
    return std::nullopt;
  }
};
const FormatRegistrar kRegistrar({
    .name = "ticket-lines",
    .summary = "ticket N, one a line",
    .recognises = [](std::string_view line, const Vocabulary&) {
      return line.starts_with("ticket ");
    },
    .make_parser = []() -> std::unique_ptr<LineParser> { return std::make_unique<TicketParser>(); },
});
}  // namespace
}  // namespace capsize::checker
"""

HISTORY_CHECK = """
#include "checker/history_checks/history_check.h"
namespace capsize::checker {
namespace {
void run(const History& history, const Budget&, Report& report) {
  report.verdict = history.operations.size() > 2 ? Verdict::kInvalid : Verdict::kValid;
  if (report.verdict == Verdict::kInvalid) report.reason = "more than two tickets";
}
const HistoryCheckRegistrar kRegistrar({
    .name = "two-tickets",
    .summary = "at most two tickets are taken",
    .functions = {"take"},
    .run = &run,
});
}  // namespace
}  // namespace capsize::checker
"""


# A scenario key is a member and its line in the table of keys, both in harness/scenario/scenario.h.
KEY_MEMBER = "  std::uint64_t patience = 3;\n"
KEY_LINE = """    {.name = "patience",
     .member = &Scenario::patience,
     .help = "a key that only this test knows",
     .min = 1,
     .max = 9},
"""


def with_key(source):
    """scenario.h with one key more."""
    member, table = "  double rate = 2000;\n", '    {.name = "bug",\n'
    assert source.count(member) == 1 and source.count(table) == 1
    return source.replace(member, member + KEY_MEMBER).replace(table, KEY_LINE + table)


def renamed(path, *pairs):
    """A file of the project under other names: what is tested is that one file is enough."""
    source = (ROOT / path).read_text()
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return source


def model_source():
    """The register model under another name: what is tested is that one file is enough."""
    source = (ROOT / "checker" / "models" / "register.cpp").read_text()
    return source.replace('"register"', '"write-once-register"')


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the tree with the new files, built. ccache has all but them."""
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
    (tree / "nemesis/faults/freeze.cpp").write_text(
        renamed("nemesis/faults/pause.cpp", ("Pause", "Freeze"), ('"pause"', '"freeze"')))
    (tree / "nemesis/anchors/campaign.cpp").write_text(
        renamed("nemesis/anchors/election.cpp", ("Election", "Campaign"), ('"election"', '"campaign"')))
    scenario = tree / "harness/scenario/scenario.h"
    scenario.write_text(with_key(scenario.read_text()))
    (tree / "workloads/blind_writes.cpp").write_text(WORKLOAD)
    (tree / "checker/models/write_once_register.cpp").write_text(model_source())
    (tree / "checker/models/ticket.cpp").write_text(DECIDER)
    (tree / "checker/history/ticket_format.cpp").write_text(FORMAT)
    (tree / "checker/history_checks/two_tickets.cpp").write_text(HISTORY_CHECK)
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
    assert "ticket" in run(extended, "list", "models").stdout
    assert "ticket-lines" in run(extended, "list", "formats").stdout
    assert "two-tickets" in run(extended, "list", "checks").stdout
    assert "freeze" in run(extended, "list", "faults").stdout
    assert "campaign" in run(extended, "list", "anchors").stdout
    assert "nudge" in run(extended, "run", "--help").stdout
    assert "--patience" in run(extended, "run", "--help").stdout
    schema = json.loads(run(extended, "schema").stdout)
    assert "patience" in schema["properties"] and "campaign" in json.dumps(schema["$defs"])


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


def test_a_fault_waits_for_an_anchor_in_a_run(extended, tmp_path):
    scenario = tmp_path / "freeze.json"
    scenario.write_text(json.dumps({"time-limit": "6s", "patience": 5, "phases": [
        {"faults": [{"kind": "freeze", "target": "leader", "after": "1s", "hold": "1s"},
                    {"kind": "kill", "target": "follower", "when": "campaign", "hold": "500ms"}]}]}))
    done = run(extended, "run", "--store", str(tmp_path), str(scenario))
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((pathlib.Path(tmp_path) / "latest" / "results.json").read_text())
    assert [fault["state"] for fault in results["faults"]["list"]] == ["installed"] * 2
    assert json.loads((pathlib.Path(tmp_path) / "latest" / "scenario.json").read_text())["patience"] == 5


def test_a_key_is_read_checked_and_named_in_errors(extended, tmp_path):
    done = run(extended, "run", "--patience", "10", "--store", str(tmp_path))
    assert done.returncode == 254
    assert "patience" in done.stderr and "9" in done.stderr


def test_a_model_with_its_own_decider_judges_a_file_of_its_own_format(extended, tmp_path):
    history = tmp_path / "tickets.txt"
    history.write_text("ticket 1\nticket 2\nticket 3\n")
    done = run(extended, "check", "--json", "--model", "ticket", str(history))
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert report["format"] == "ticket-lines"
    assert report["algorithms"] == {"ascending-tickets": 1}

    history.write_text("ticket 1\nticket 3\nticket 3\n")
    done = run(extended, "check", "--model", "ticket", str(history))
    assert done.returncode == 1
    assert "a ticket was issued twice, or out of order" in done.stdout


def test_a_history_check_judges_the_whole_history(extended, tmp_path):
    history = tmp_path / "tickets.txt"
    history.write_text("ticket 1\nticket 2\n")
    assert run(extended, "check", "--model", "two-tickets", str(history)).returncode == 0
    history.write_text("ticket 1\nticket 2\nticket 3\n")
    done = run(extended, "check", "--model", "two-tickets", str(history))
    assert done.returncode == 1 and "more than two tickets" in done.stdout
