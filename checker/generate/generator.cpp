#include "checker/generate/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "checker/generate/history_generator.h"

namespace capsize::checker {
namespace {

using Generators = std::map<std::string_view, std::unique_ptr<HistoryGenerator>>;

/// Filled before main(), constant afterwards.
Generators& generators() {
  static Generators all;
  return all;
}

const HistoryGenerator* find(std::string_view model) {
  const auto found = generators().find(model);
  return found == generators().end() ? nullptr : found->second.get();
}

bool is_share(double share) {
  return share >= 0 && share <= 1;  // false for NaN, too
}

}  // namespace

GeneratorRegistrar::GeneratorRegistrar(std::unique_ptr<HistoryGenerator> generator) {
  const std::string_view name = generator->name();
  generators().emplace(name, std::move(generator));
}

std::vector<std::string_view> generated_models() {
  std::vector<std::string_view> names;
  for (const auto& [name, generator] : generators()) names.push_back(name);
  return names;
}

std::vector<std::string_view> anomalies_of(std::string_view model) {
  const HistoryGenerator* const generator = find(model);
  if (generator == nullptr) return {};
  return {generator->anomalies().begin(), generator->anomalies().end()};
}

std::optional<std::string> problem_of(const GenerateOptions& options) {
  const HistoryGenerator* const generator = find(options.model);
  if (generator == nullptr) {
    return fmt::format("model: found '{}', expected one of {}", options.model,
                       fmt::join(generated_models(), ", "));
  }
  if (options.clients == 0 || options.keys == 0) return "clients, --keys: at least 1";
  if (!is_share(options.reads) || !is_share(options.cas) || !is_share(options.indeterminate) ||
      !is_share(options.failed) || !is_share(options.final_reads) ||
      options.reads + options.cas > 1) {
    return "reads, --cas, --indeterminate, --failed: from 0 to 1, reads and cas together too";
  }
  const auto possible = generator->anomalies();
  if (!options.anomaly.empty() &&
      std::find(possible.begin(), possible.end(), options.anomaly) == possible.end()) {
    return fmt::format("anomaly: found '{}', expected for {} one of {}", options.anomaly,
                       options.model, fmt::join(possible, ", "));
  }
  return generator->problem_of(options);
}

Generated generate(const GenerateOptions& options, const LineSink& sink) {
  const HistoryGenerator* const generator = find(options.model);
  CHECK(generator != nullptr, "the model has a generator");
  Generated generated = generator->generate(options, sink);
  if (generated.planted.empty() && !generated.counterexample.empty()) {
    const auto possible = generator->anomalies();  // keeps the names alive
    generated.planted = *std::find(possible.begin(), possible.end(), options.anomaly);
  }
  return generated;
}

std::string current_anomaly_name(const std::string& name) {
  if (name == "two-winners") return "lost-update";
  if (name == "circular-cas") return "cyclic-cas";
  if (name == "doubled-append") return "duplicate-append";
  return name;
}

}  // namespace capsize::checker
