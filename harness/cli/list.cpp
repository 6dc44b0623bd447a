// capsize list: prints what is registered (workloads, faults, models, …), so it needs no edit when
// something is added.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "checker/history/format.h"
#include "checker/history_checks/history_check.h"
#include "checker/properties/property.h"
#include "checker/specification/model.h"
#include "harness/cli/binaries.h"
#include "harness/cli/verb.h"
#include "nemesis/model/anchor.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/strategy.h"
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

/// Prints each item and, below it, its parameters.
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
  for (const auto& bug : bugs.value()) {
    line(bug.name + (bug.core ? " *" : ""), bug.summary);
    std::string reports;
    for (const auto& report : bug.reports) reports += (reports.empty() ? "" : ", ") + report;
    fmt::print("  {:<20} {}; reported as {}\n", "", bug.topic, reports);
  }
  fmt::print("* core: what `capsize score` measures by default\n");
  return 0;
}

int list_checks() {
  line("linearizable", "black box: the clients' history is linearizable");
  line("", "or instead, if the workload or the history names one of these:");
  for (const auto* check : checker::list_history_checks()) {
    line("  " + std::string(check->name), check->summary);
  }
  line("invariants", "white box, from the nodes' traces:");
  for (const auto* property : checker::list_properties()) {
    line("  " + std::string(property->name), property->summary);
  }
  line("live", "after healing, every live node acknowledges a write within the bound");
  line("crash", "no node exited unless the run ended it");
  line("coverage", "the run reached what its scenario expects");
  return 0;
}

int list_models() {
  for (const auto* model : checker::list_models()) line(model->name, model->summary);
  return 0;
}

int list_formats() {
  for (const auto* format : checker::list_formats()) line(format->name, format->summary);
  return 0;
}

/// The name of a shipped file, and the first sentence of the comment that it begins with.
void list_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string summary;
  for (std::string text; std::getline(file, text) && text.starts_with("// ");) {
    summary += (summary.empty() ? "" : " ") + text.substr(3);
    if (const auto end = summary.find(". "); end != std::string::npos) summary.resize(end + 1);
    if (summary.ends_with('.')) break;
  }
  if (summary.ends_with('.')) summary.pop_back();
  line(path.stem().string(), summary);
}

int list_files(const std::vector<std::filesystem::path>& directories) {
  std::map<std::string, std::filesystem::path> files;
  for (const auto& directory : directories) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (entry.path().extension() == ".json") files.emplace(entry.path().stem(), entry.path());
    }
  }
  for (const auto& [name, path] : files) list_file(path);
  return 0;
}

int list_scenarios() {
  return list_files(scenario_directories());
}

int list_suites() {
  return list_files(suite_directories());
}

template <auto print>
int done() {
  print();
  return 0;
}

struct Listed {
  std::string_view name;
  std::string_view summary;
  int (*print)();
};

constexpr Listed kListed[] = {
    {"workloads", "operations of the clients", done<list_registry<workloads::Workloads>>},
    {"nemeses", "strategies: which faults happen, and when",
     done<list_registry<nemesis::Strategies>>},
    {"faults", "kinds of faults, with their parameters",
     done<list_with_parameters<nemesis::FaultKinds>>},
    {"anchors", "events in the cluster that a fault can wait for",
     done<list_with_parameters<nemesis::AnchorKinds>>},
    {"models", "specifications that a history is checked against", list_models},
    {"formats", "file formats of a history", list_formats},
    {"checks", "checks that decide the verdict of a run", list_checks},
    {"bugs", "seeded bugs for --bug", list_bugs},
    {"scenarios", "shipped scenarios for run, plan and suites", list_scenarios},
    {"suites", "shipped suites", list_suites},
};

class List final : public Verb {
 public:
  std::string_view name() const override { return "list"; }
  std::string_view summary() const override {
    return "Lists workloads, nemeses, faults, anchors, models, formats, checks, bugs, scenarios, "
           "suites";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize list             the topics\n"
           "  capsize list nemeses\n"
           "  capsize list bugs\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("topic", what_, "one of: " + names() + " [prints the topics]");
  }
  int run() override {
    for (const Listed& listed : kListed) {
      if (what_.empty()) line(listed.name, listed.summary);
      if (what_ == listed.name) return listed.print();
    }
    if (what_.empty()) return 0;
    return usage_error(fmt::format("topic: found '{}', expected one of: {}", what_, names()));
  }

 private:
  static std::string names() {
    std::string names;
    for (const Listed& listed : kListed)
      names += (names.empty() ? "" : ", ") + std::string(listed.name);
    return names;
  }

  std::string what_;
};

const base::Registered<Verb, List> registered;

}  // namespace
}  // namespace capsize::harness
