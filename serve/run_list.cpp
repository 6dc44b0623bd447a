#include "serve/run_list.h"

#include <algorithm>
#include <tuple>

#include "harness/cluster/clock.h"
#include "harness/store/stored_runs.h"
#include "serve/gate/target.h"

namespace capsize::serve {
namespace {

using base::Json;

constexpr auto kNamesAgeMax = std::chrono::seconds(1);
constexpr auto kReadingTimeMax = std::chrono::milliseconds(250);
constexpr std::size_t kScenariosMax = 2000;
constexpr std::size_t kRunsMax = 200'000;  // of a store; beyond it the list is incomplete

/// Names begin with the time, so the newest run has the greatest.
bool is_newer(const RunName& left, const RunName& right) {
  return std::tie(right.name, left.scenario) < std::tie(left.name, right.scenario);
}

RunName from_cursor(const std::string& cursor) {
  const auto slash = cursor.find('/');
  if (slash == cursor.npos) return {};
  return {.scenario = cursor.substr(0, slash), .name = cursor.substr(slash + 1)};
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool passes(const RunName& run, const RunFacts& facts, const RunFilter& filter) {
  if (!filter.verdict.empty() && facts.verdict != filter.verdict) return false;
  if (!facts.signature.starts_with(filter.signature)) return false;
  if (filter.text.empty()) return true;
  const std::string all = run.scenario + "/" + run.name + "\n" + facts.label + "\n" +
                          facts.sentence + "\n" + facts.bug + "\n" + facts.cause;
  return lower(all).find(lower(filter.text)) != std::string::npos;
}

bool needs_facts(const RunFilter& filter) {
  return !filter.verdict.empty() || !filter.signature.empty() || !filter.text.empty();
}

}  // namespace

ReadingBudget::ReadingBudget() : begin_(harness::monotonic_now()) {}

bool ReadingBudget::is_spent() const {
  return harness::monotonic_now() - begin_ > kReadingTimeMax;
}

std::string newest_run_of(const harness::OpenDirectory& scenario) {
  std::string newest;
  for (const auto& entry : scenario.list(kRunsMax)) {
    const bool run = entry.is_directory && harness::begin_of(entry.name).has_value();
    if (run && entry.name > newest) newest = entry.name;
  }
  return newest;
}

void RunList::read_names(base::Instant now) {
  if (names_read_ && now - *names_read_ < kNamesAgeMax) return;
  names_read_ = now;
  names_.clear();
  scenarios_.clear();
  for (const auto& entry : store_.list(kScenariosMax)) {
    if (!entry.is_directory || !is_name(entry.name)) continue;
    const auto scenario = store_.directory(entry.name);
    if (!scenario) continue;
    const auto before = names_.size();
    for (auto& run : scenario->list(kRunsMax - names_.size())) {
      RunName name{entry.name, std::move(run.name)};
      if (run.is_directory && is_run_name(name)) names_.push_back(std::move(name));
    }
    if (names_.size() > before) scenarios_.push_back(entry.name);
  }
  std::sort(names_.begin(), names_.end(), is_newer);
  std::sort(scenarios_.begin(), scenarios_.end());
}

Json RunList::page(const RunFilter& filter, base::Instant now) {
  read_names(now);
  auto at = names_.begin();
  if (const RunName cursor = from_cursor(filter.before); !cursor.name.empty()) {
    at = std::upper_bound(names_.begin(), names_.end(), cursor, is_newer);
  }
  const ReadingBudget budget;
  Json runs = Json::array();
  Json next;
  for (; at != names_.end(); ++at) {
    if (runs.size() == kPageRuns || budget.is_spent()) {
      if (at != names_.begin()) next = std::prev(at)->scenario + "/" + std::prev(at)->name;
      break;
    }
    if (!filter.scenario.empty() && at->scenario != filter.scenario) continue;
    const RunFacts* facts = cache_.facts(store_, *at, now);
    if (facts == nullptr) continue;  // removed since
    if (needs_facts(filter) && !passes(*at, *facts, filter)) continue;
    Json run = to_json(*facts);
    run["scenario"] = at->scenario;
    run["name"] = at->name;
    runs.push_back(std::move(run));
  }
  return {{"runs", std::move(runs)},
          {"next", std::move(next)},
          {"searched", static_cast<std::uint64_t>(at - names_.begin())},
          {"total", names_.size()},
          {"scenarios", scenarios_}};
}

}  // namespace capsize::serve
