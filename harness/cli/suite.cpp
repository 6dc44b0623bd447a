// capsize suite: many runs on this machine, from a suite file to a report.
#include <memory>

#include "harness/cli/suite_command.h"
#include "harness/cli/verb.h"
#include "harness/suite/local_engine.h"

namespace capsize::harness {
namespace {

class SuiteVerb final : public Verb, private SuiteCommand {
 public:
  std::string_view name() const override { return "suite"; }
  std::string_view summary() const override {
    return "Runs a suite of scenarios and seeds with controls, and reports what failed";
  }
  std::string_view examples() const override {
    return "Each finished run is a line of STORE/ledger.jsonl, so a suite that was killed "
           "continues\n"
           "with --resume. A suite that did not catch its seeded bug is vacuous (exit code 3).\n\n"
           "Examples:\n"
           "  capsize suite smoke                            shipped: smoke, pull-request, "
           "nightly,\n"
           "                                                 disk, membership, raft-invariants\n"
           "  capsize suite nightly.json --budget 2h --resume --junit out.xml\n"
           "  capsize suite nightly.json --shard 2/4         the second of four machines\n"
           "  capsize suite nightly.json --merge 1.jsonl 2.jsonl 3.jsonl 4.jsonl\n"
           "  capsize suite nightly.json --confirm           is a known failure more frequent "
           "now?\n"
           "  capsize suite nightly.json --only 3f9a         the runs of one group again\n"
           "  capsize suite nightly.json --list              what would run\n";
  }
  void add_options(base::CommandLine& line) override { SuiteCommand::add_options(line); }
  int run() override { return SuiteCommand::run(); }

 private:
  [[nodiscard]] base::Result<std::unique_ptr<Engine>> make_engine(
      const EnginePlan& plan) const override {
    return std::unique_ptr<Engine>(
        std::make_unique<LocalEngine>(plan.program, plan.store, plan.jobs));
  }
};

const base::Registered<Verb, SuiteVerb> registered;

}  // namespace
}  // namespace capsize::harness
