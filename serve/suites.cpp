#include "serve/suites.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "harness/suite/dates.h"
#include "harness/suite_report/assessment.h"
#include "harness/suite_report/assessment_json.h"
#include "harness/suite_report/grouping.h"
#include "serve/run_list.h"

namespace capsize::serve {
namespace {

using base::Json;
using harness::Ledger;
using harness::LedgerRun;
using harness::Night;

constexpr std::size_t kLedgerBytesMax = std::size_t{128} << 20U;
constexpr std::size_t kSuitesMax = 200;
constexpr std::size_t kNightsMax = 400;  // that are listed, the last ones

std::vector<std::string> ids_of(const Night& night) {
  std::vector<std::string> ids;
  for (const auto* execution : night.executions) ids.push_back(execution->id);
  return ids;
}

std::size_t runs_of(const Night& night) {
  std::size_t runs = 0;
  for (const auto* execution : night.executions) runs += execution->runs.size();
  return runs;
}

Json brief(const Night& night, std::size_t number) {
  const auto& first = *night.executions.front();
  return {{"night", number},
          {"started", first.started},
          {"revision", first.revision},
          {"executions", night.executions.size()},
          {"runs", runs_of(night)},
          {"complete", harness::is_complete(night)}};
}

harness::Assessment assess_night(const Ledger& ledger, const Night& night) {
  return harness::assess(ledger, ids_of(night), {}, harness::today());
}

std::optional<double> median(std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// What the runs of one night say, for a point of each curve.
class NightFigures {
 public:
  void add(const LedgerRun& run) {
    if (run.purpose != harness::Purpose::kTest) return;
    ++tests_;
    if (run.verdict == checker::Verdict::kValid) ++valid_;
    if (run.verdict == checker::Verdict::kInvalid) ++invalid_;
    if (!harness::is_grouped(run)) return;
    for (const auto& failure : harness::failures_of(run)) ++groups_[harness::group_key(failure)];
  }
  void add(const RunFacts& facts) {
    if (facts.recovery_ms) recovery_.push_back(*facts.recovery_ms);
    if (facts.ok_per_second) throughput_.push_back(*facts.ok_per_second);
    new_behaviours_ += facts.new_behaviours.value_or(0);
    has_behaviours_ = has_behaviours_ || facts.new_behaviours.has_value();
  }
  [[nodiscard]] Json to_json(const Night& night, std::size_t number) {
    Json json = brief(night, number);
    json["tests"] = tests_;
    json["valid"] = valid_;
    json["invalid"] = invalid_;
    json["recoveryMs"] = number_or_null(median(recovery_));
    json["okPerSecond"] = number_or_null(median(throughput_));
    json["newBehaviours"] = has_behaviours_ ? Json(new_behaviours_) : Json();
    return json;
  }
  [[nodiscard]] std::size_t failing(const std::string& group) const {
    const auto found = groups_.find(group);
    return found == groups_.end() ? 0 : found->second;
  }

 private:
  std::size_t tests_ = 0, valid_ = 0, invalid_ = 0;
  std::map<std::string, std::size_t> groups_;  // failing runs by group
  std::vector<double> recovery_, throughput_;
  double new_behaviours_ = 0;
  bool has_behaviours_ = false;
};

/// Reads the results of the runs of nights, as long as the budget lasts.
class FactsReader {
 public:
  FactsReader(const harness::OpenDirectory& store, FactsCache& cache, base::Instant now)
      : store_(store), cache_(cache), now_(now) {}

  void read(const LedgerRun& run, NightFigures& figures) {
    if (run.purpose != harness::Purpose::kTest) return;
    const auto slash = run.path.find('/');
    if (slash == run.path.npos) return;
    const RunName name{run.path.substr(0, slash), run.path.substr(slash + 1)};
    ++of_;
    if (!cache_.has(name, now_) && budget_.is_spent()) return;
    ++read_;
    if (const RunFacts* facts = cache_.facts(store_, name, now_)) figures.add(*facts);
  }
  [[nodiscard]] std::size_t number_read() const { return read_; }
  [[nodiscard]] std::size_t number() const { return of_; }

 private:
  const harness::OpenDirectory& store_;
  FactsCache& cache_;
  base::Instant now_;
  ReadingBudget budget_;
  std::size_t read_ = 0, of_ = 0;
};

struct GroupTrend {
  std::string label;
  std::string signature;
  std::size_t runs = 0;  // over all nights
};

std::vector<std::pair<std::string, GroupTrend>> groups_of(const std::vector<Night>& nights) {
  std::map<std::string, GroupTrend> groups;
  for (const Night& night : nights) {
    for (const auto* execution : night.executions) {
      for (const LedgerRun& run : execution->runs) {
        if (run.purpose != harness::Purpose::kTest || !harness::is_grouped(run)) continue;
        for (const auto& failure : harness::failures_of(run)) {
          GroupTrend& group = groups[harness::group_key(failure)];
          group.label = failure.title();
          group.signature = failure.signature;
          ++group.runs;
        }
      }
    }
  }
  std::vector<std::pair<std::string, GroupTrend>> sorted(groups.begin(), groups.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& left, const auto& right) {
    return left.second.runs > right.second.runs;
  });
  if (sorted.size() > Suites::kTrendGroupsMax) sorted.resize(Suites::kTrendGroupsMax);
  return sorted;
}

}  // namespace

base::Result<const Ledger*> Suites::ledger() {
  const auto file = store_.file("ledger.jsonl");
  if (!file) {
    ledger_.emplace();
    inode_ = 0;
    return &*ledger_;
  }
  if (file->bytes > kLedgerBytesMax) {
    return base::Error{"ledger.jsonl: larger than 128 MiB, expected the ledger of a store"};
  }
  if (ledger_ && file->inode == inode_ && file->bytes == bytes_ &&
      file->modified_ns == modified_ns_) {
    return &*ledger_;
  }
  auto parsed = harness::parse_ledger(file->read(0, file->bytes), "ledger.jsonl");
  if (!parsed) return parsed.error();
  ledger_ = std::move(parsed).value();
  inode_ = file->inode;
  bytes_ = file->bytes;
  modified_ns_ = file->modified_ns;
  return &*ledger_;
}

base::Result<Json> Suites::list() {
  const auto read = ledger();
  if (!read) return read.error();
  std::set<std::string> names;
  for (const auto& execution : read.value()->executions) names.insert(execution.suite);
  Json suites = Json::array();
  for (const auto& name : names) {
    if (suites.size() == kSuitesMax) break;
    const auto nights = harness::nights_of(*read.value(), name);
    const auto assessment = assess_night(*read.value(), nights.back());
    Json suite = brief(nights.back(), nights.size() - 1);
    suite["suite"] = name;
    suite["nights"] = nights.size();
    suite["verdict"] = checker::name(assessment.verdict);
    suite["firstLine"] = assessment.first_line;
    suites.push_back(std::move(suite));
  }
  return Json::object({{"suites", std::move(suites)}});
}

base::Result<Json> Suites::suite(const std::string& name, std::optional<std::uint64_t> night) {
  const auto read = ledger();
  if (!read) return read.error();
  const auto nights = harness::nights_of(*read.value(), name);
  if (nights.empty() || (night && *night >= nights.size())) return Json();
  const auto chosen = static_cast<std::size_t>(night.value_or(nights.size() - 1));
  Json listed = Json::array();
  const auto begin = nights.size() > kNightsMax ? nights.size() - kNightsMax : 0;
  for (auto number = begin; number < nights.size(); ++number) {
    listed.push_back(brief(nights[number], number));
  }
  return Json{{"suite", name},
              {"nights", std::move(listed)},
              {"night", chosen},
              {"assessment", harness::to_json(assess_night(*read.value(), nights[chosen]))}};
}

base::Result<Json> Suites::trends(const std::string& name, FactsCache& cache, base::Instant now) {
  const auto read = ledger();
  if (!read) return read.error();
  auto nights = harness::nights_of(*read.value(), name);
  if (nights.empty()) return Json();
  const auto first = nights.size() > kTrendNightsMax ? nights.size() - kTrendNightsMax : 0;
  nights.erase(nights.begin(), nights.begin() + static_cast<std::ptrdiff_t>(first));
  const auto groups = groups_of(nights);
  FactsReader reader(store_, cache, now);
  std::vector<NightFigures> figures(nights.size());
  for (std::size_t at = nights.size(); at-- > 0;) {  // the last night is of most interest
    for (const auto* execution : nights[at].executions) {
      for (const LedgerRun& run : execution->runs) {
        figures[at].add(run);
        reader.read(run, figures[at]);
      }
    }
  }
  Json points = Json::array();
  for (std::size_t at = 0; at < nights.size(); ++at) {
    points.push_back(figures[at].to_json(nights[at], first + at));
  }
  Json curves = Json::array();
  for (const auto& [key, group] : groups) {
    Json failing = Json::array();
    for (const auto& night : figures) failing.push_back(night.failing(key));
    curves.push_back({{"label", group.label},
                      {"signature", group.signature},
                      {"runs", group.runs},
                      {"failing", std::move(failing)}});
  }
  return Json{{"nights", std::move(points)},
              {"groups", std::move(curves)},
              {"read", reader.number_read()},
              {"of", reader.number()}};
}

}  // namespace capsize::serve
