// capsize plan: the schedule of faults, without a cluster.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/scenario_options.h"
#include "harness/cli/verb.h"
#include "harness/runner/plan.h"

namespace capsize::harness {
namespace {

class Plan final : public Verb {
 public:
  std::string_view name() const override { return "plan"; }
  std::string_view summary() const override {
    return "Prints the schedule of faults that a seed gives, without a cluster";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize plan --seed 7\n"
           "  capsize plan nightly.json --nemesis kill,partition --seed 7 --json\n";
  }
  void add_options(CLI::App& app) override {
    options_.add_options(app);
    app.add_flag("--json", json_, "one JSON object a line, as in faults.jsonl");
  }
  int run() override {
    const auto scenario = options_.resolve();
    if (!scenario) return usage_error(scenario.error().message);
    if (!json_) {
      fmt::print("seed {}\n{:>3} {:>9} {:>9}  {:<10} {:<10} {:<12} {}\n",
                 scenario.value().seed.value_or(0), "id", "at", "held", "kind", "target",
                 "planned by", "parameters");
    }
    for (const auto& fault : plan(scenario.value())) {
      if (json_) {
        fmt::print("{}\n", nemesis::to_json(fault).dump());
        continue;
      }
      fmt::print("{:>3} {:>7.2f} s {:>6} ms  {:<10} {:<10} {:<12} {}\n", fault.id,
                 std::chrono::duration<double>(fault.at).count(),
                 std::chrono::duration_cast<std::chrono::milliseconds>(fault.hold).count(),
                 fault.card.kind, nemesis::name(fault.card.target), fault.card.planned_by,
                 fault.card.params.empty() ? "" : fault.card.params.dump());
    }
    return 0;
  }

 private:
  ScenarioOptions options_;
  bool json_ = false;
};

const base::Registered<Verb, Plan> registered;

}  // namespace
}  // namespace capsize::harness
