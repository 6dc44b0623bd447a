#include "serve/run_facts.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "base/lenient_fields.h"
#include "harness/store/run_lock.h"
#include "harness/store/stored_runs.h"
#include "serve/gate/target.h"
#include "serve/run_list.h"

namespace capsize::serve {
namespace {

using base::field;
using base::Json;
using base::number_field;
using base::text_field;

constexpr std::size_t kDocumentBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kShortBytesMax = 200;
constexpr std::size_t kSentenceBytesMax = 400;
constexpr auto kAgeMax = std::chrono::minutes(1);

std::optional<double> median_recovery(const Json& results) {
  std::vector<double> times;
  const Json& list = field(field(results, "faults"), "list");
  for (const Json& fault : list) {
    if (const auto time = number_field(fault, "recovery-ms")) times.push_back(*time);
  }
  if (times.empty()) return std::nullopt;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

/// 20260131T120000.000Z-7.1 → 7
std::string seed_of(const std::string& name) {
  const auto dash = name.find('-');
  return dash == name.npos ? "" : name.substr(dash + 1, name.find('.', dash) - dash - 1);
}

std::string tested_of(const Json& results) {
  const Json& tested = field(results, "tested");
  if (!tested.is_object()) return {};
  return fmt::format("{} faults took effect, {} leader changes, {} operations under fault",
                     base::unsigned_field(tested, "faults").value_or(0),
                     base::unsigned_field(tested, "leader-changes").value_or(0),
                     base::unsigned_field(tested, "operations-under-faults").value_or(0));
}

}  // namespace

Json number_or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json();
}

bool is_run_name(const RunName& run) {
  return is_name(run.scenario) && is_name(run.name) && harness::begin_of(run.name).has_value();
}

std::optional<harness::OpenDirectory> open_run(const harness::OpenDirectory& store,
                                               const RunName& run) {
  if (!is_name(run.scenario)) return std::nullopt;
  const auto scenario = store.directory(run.scenario);
  if (!scenario) return std::nullopt;
  // The link of this name is not followed: it may point anywhere.
  const std::string name = run.name == "latest" ? newest_run_of(*scenario) : run.name;
  if (!is_run_name({run.scenario, name})) return std::nullopt;
  return scenario->directory(name);
}

Json read_json(const harness::OpenDirectory& directory, std::string_view name) {
  const auto file = directory.file(name);
  if (!file || file->bytes > kDocumentBytesMax) return {};
  Json document = Json::parse(file->read(0, file->bytes));
  return document.is_invalid() ? Json() : document;
}

RunFacts read_facts(const harness::OpenDirectory& run, const std::string& name) {
  // In this order: a run that ends between the two has left its results.
  const bool running = harness::is_running(run.stable_path());
  const Json results = read_json(run, "results.json");
  RunFacts facts;
  facts.seed = seed_of(name);
  if (!results.is_object()) {
    facts.verdict = running ? "running" : "killed";
    return facts;
  }
  const Json& failures = field(results, "failures");
  static const Json kNone = nullptr;
  const Json& main = failures.is_array() && !failures.empty() ? failures.front() : kNone;
  facts.verdict = text_field(results, "verdict", kShortBytesMax);
  facts.bug = text_field(results, "bug", kShortBytesMax);
  facts.signature = text_field(main, "signature", kShortBytesMax);
  facts.label = text_field(main, "label", kShortBytesMax);
  facts.sentence = text_field(main, "sentence", kSentenceBytesMax);
  facts.cause = text_field(field(results, "cause"), "kind", kShortBytesMax);
  facts.tested = tested_of(results);
  facts.load_ms = number_field(results, "load-ms");
  facts.recovery_ms = median_recovery(results);
  facts.ok_per_second = number_field(results, "ok-per-second-quiet");
  facts.new_behaviours = number_field(field(results, "behaviour"), "new");
  facts.operations = number_field(field(field(results, "counts"), "all"), "ok");
  return facts;
}

Json to_json(const RunFacts& facts) {
  return {{"verdict", facts.verdict},
          {"seed", facts.seed},
          {"bug", facts.bug},
          {"signature", facts.signature},
          {"label", facts.label},
          {"sentence", facts.sentence},
          {"cause", facts.cause},
          {"tested", facts.tested},
          {"loadMs", number_or_null(facts.load_ms)},
          {"recoveryMs", number_or_null(facts.recovery_ms)},
          {"okPerSecond", number_or_null(facts.ok_per_second)},
          {"newBehaviours", number_or_null(facts.new_behaviours)},
          {"operations", number_or_null(facts.operations)}};
}

bool FactsCache::has(const RunName& run, base::Instant now) const {
  const auto found = entries_.find(run.scenario + "/" + run.name);
  return found != entries_.end() && now - found->second.read < kAgeMax;
}

const RunFacts* FactsCache::facts(const harness::OpenDirectory& store, const RunName& run,
                                  base::Instant now) {
  const std::string key = run.scenario + "/" + run.name;
  const auto found = entries_.find(key);
  if (found != entries_.end() && now - found->second.read < kAgeMax) return &found->second.facts;
  if (found != entries_.end()) entries_.erase(found);
  const auto directory = open_run(store, run);
  if (!directory) return nullptr;
  RunFacts facts = read_facts(*directory, run.name);
  if (facts.verdict == "running" || facts.verdict == "killed") {
    without_results_ = std::move(facts);
    return &without_results_;
  }
  if (entries_.size() >= kEntriesMax) entries_.erase(entries_.begin());
  return &(entries_[key] = {std::move(facts), now}).facts;
}

}  // namespace capsize::serve
