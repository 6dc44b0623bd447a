// capsize list: what there is to choose from. Everything registers itself, so nothing is listed
// here.
#include <fmt/core.h>

#include <functional>
#include <map>

#include "checker/history/format.h"
#include "checker/history_checks/history_check.h"
#include "checker/models/model.h"
#include "checker/properties/property.h"
#include "harness/cli/binaries.h"
#include "harness/cli/verb.h"
#include "nemesis/anchor.h"
#include "nemesis/fault_kind.h"
#include "nemesis/strategy.h"
#include "workloads/workload.h"

namespace capsize::harness {
namespace {

void line(std::string_view name, std::string_view summary) {
  fmt::print("{:<22} {}\n", name, summary);
}

template <class Registry>
void list_registry() {
  for (const auto& item : Registry::instance().all()) line(item->name(), item->summary());
}

/// With the parameters below, where there are some.
template <class Registry>
void list_with_parameters() {
  for (const auto& item : Registry::instance().all()) {
    line(item->name(), item->summary());
    for (const auto& parameter : item->parameters()) {
      fmt::print("  {:<20} {}\n", parameter.name, nemesis::describe(parameter));
    }
  }
}

int list_bugs() {
  const auto bugs = seeded_bugs();
  if (!bugs) return usage_error(bugs.error().message);
  for (const auto& bug : bugs.value()) line(bug.name, bug.summary);
  return 0;
}

int list_checks() {
  line("linearizable", "black box: a legal order explains what the clients saw");
  line("", "or, where the workload or the history names one of these, instead of it:");
  for (const auto* check : checker::list_history_checks()) {
    line("  " + std::string(check->name), check->summary);
  }
  line("invariants", "white box, from the nodes' traces:");
  for (const auto* property : checker::list_properties()) {
    line("  " + std::string(property->name), property->summary);
  }
  line("live", "after healing, a write through every live node within the bound");
  line("crash", "no node ended that the run did not end");
  line("coverage", "the run tested what its scenario promises");
  return 0;
}

class List final : public Verb {
 public:
  std::string_view name() const override { return "list"; }
  std::string_view summary() const override {
    return "Lists workloads, nemeses, faults, anchors, models, formats, checks or bugs";
  }
  std::string_view examples() const override {
    return "Examples:\n  capsize list nemeses\n  capsize list bugs\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("topic", what_)
        .required()
        .one_of(
            {"workloads", "nemeses", "faults", "anchors", "models", "formats", "checks", "bugs"});
  }
  int run() override {
    if (what_ == "workloads") list_registry<workloads::Workloads>();
    if (what_ == "nemeses") list_registry<nemesis::Strategies>();
    if (what_ == "faults") list_with_parameters<nemesis::FaultKinds>();
    if (what_ == "anchors") list_with_parameters<nemesis::AnchorKinds>();
    if (what_ == "models") {
      for (const auto* model : checker::list_models()) line(model->name, model->summary);
    }
    if (what_ == "formats") {
      for (const auto* format : checker::list_formats()) line(format->name, format->summary);
    }
    if (what_ == "checks") return list_checks();
    if (what_ == "bugs") return list_bugs();
    return 0;
  }

 private:
  std::string what_;
};

const base::Registered<Verb, List> registered;

}  // namespace
}  // namespace capsize::harness
