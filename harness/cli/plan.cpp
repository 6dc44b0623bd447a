// capsize plan: prints the schedule of faults, without a cluster.
#include <fmt/core.h>

#include "harness/cli/options.h"
#include "harness/cli/verb.h"
#include "harness/scenario/plan.h"

namespace capsize::harness {
namespace {

void print_head(const Scenario& scenario) {
  fmt::print("seed {}\n{:>3} {:>5} {:>9} {:>9}  {:<14} {:<16} {:<14} {}\n",
             scenario.seed.value_or(0), "id", "phase", "at", "held", "kind", "target", "planned by",
             "anchors and parameters");
}

void print(const nemesis::PlannedFault& fault) {
  std::string rest;
  const auto add = [&rest](const char* name, const base::Json& value) {
    rest += fmt::format("{}{} {}", rest.empty() ? "" : ", ", name, value.dump());
  };
  if (fault.phase_when) add("phase when", nemesis::to_json(*fault.phase_when));
  if (fault.when) add("when", nemesis::to_json(*fault.when));
  if (fault.until) add("until", nemesis::to_json(*fault.until));
  if (fault.spec.peers) add("peers", nemesis::to_json(*fault.spec.peers));
  if (!fault.spec.only.empty()) add("only", fault.spec.only);
  if (!fault.spec.params.empty()) add("params", fault.spec.params);
  const bool is_relative = fault.when || fault.phase > 0;
  fmt::print("{:>3} {:>5} {:>1}{:>6.2f} s {:>6} ms  {:<14} {:<16} {:<14} {}\n", fault.id,
             fault.phase > 0 ? std::to_string(fault.phase) : "", is_relative ? "+" : "",
             std::chrono::duration<double>(fault.at).count(),
             std::chrono::duration_cast<std::chrono::milliseconds>(fault.hold).count(),
             fault.spec.kind, nemesis::name(fault.spec.target), fault.spec.planned_by, rest);
}

class PlanVerb final : public Verb {
 public:
  std::string_view name() const override { return "plan"; }
  std::string_view summary() const override {
    return "Prints the schedule of faults for a seed, without a cluster";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize plan --seed 7\n"
           "  capsize plan nightly.json --nemesis kill,partition --seed 7 --json\n";
  }
  void add_options(base::CommandLine& line) override {
    options_.add_options(line);
    line.set_footer(ScenarioOptions::footer() + "\n" + std::string(examples()));
    line.flag("--json", json_, "print one JSON object per line, as in faults.jsonl");
  }
  int run() override {
    const auto scenario = options_.resolve();
    if (!scenario) return usage_error(scenario.error().message);
    const Plan planned = plan(scenario.value());
    if (!json_) print_head(scenario.value());
    for (const auto* faults : {&planned.scheduled, &planned.predicted}) {
      for (const auto& fault : *faults) {
        if (json_) {
          fmt::print("{}\n", nemesis::to_json(fault).dump());
        } else {
          print(fault);
        }
      }
    }
    if (planned.continues && !json_) {
      fmt::print("further phases follow; only these can be predicted without a cluster\n");
    }
    return 0;
  }

 private:
  ScenarioOptions options_;
  bool json_ = false;
};

const base::Registered<Verb, PlanVerb> registered;

}  // namespace
}  // namespace capsize::harness
