// capsize coverage: which behaviour the runs of a store have shown, and whether more runs would
// show more.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/json.h"
#include "harness/behaviour/behaviour_record.h"
#include "harness/behaviour/estimate.h"
#include "harness/cli/verb.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::uint64_t kFormatVersion = 1;
/// Rows of the table: after 1, 2, 5, 10, 20, 50, … runs, and after the last.
constexpr std::uint64_t kSteps[] = {1, 2, 5};
/// Too few runs for an estimate.
constexpr std::size_t kRunsMin = 10;
/// Fewer new behaviours a run than this, and further runs of the same kind hardly pay.
constexpr double kWorthwhile = 1;

bool is_row(std::uint64_t runs) {
  for (std::uint64_t power = 1; power <= runs; power *= 10) {
    for (const std::uint64_t step : kSteps) {
      if (runs == step * power) return true;
    }
  }
  return false;
}

/// The estimate after the first half of the runs, and what the second half brought.
struct Prediction {
  std::uint64_t after = 0;
  double expected = 0;
  std::uint64_t brought = 0;
};

Prediction at_half(const std::vector<BehaviourPoint>& points) {
  const std::size_t half = points.size() / 2;
  const BehaviourPoint& then = points[half - 1];
  return {half, expected_new(then, points.size() - half), points.back().seen - then.seen};
}

class Coverage final : public Verb {
 public:
  std::string_view name() const override { return "coverage"; }
  std::string_view summary() const override {
    return "Prints how much new behaviour the runs of a store have shown, and whether more would";
  }
  std::string_view examples() const override {
    return "A behaviour is a chain of three messages, each of which may have caused the next,\n"
           "together with the kinds of faults that were active. Runs with a seeded bug do not "
           "count.\n\n"
           "Examples:\n"
           "  capsize coverage                     the store ./store\n"
           "  capsize coverage --json /var/runs    for programs\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("store", store_, "directory of runs").show_default();
    line.flag("--json", json_, "print one JSON object");
  }

  int run() override {
    std::error_code none;
    if (!std::filesystem::is_directory(store_, none)) {
      return usage_error(fmt::format("{}: found no directory, expected a store", store_));
    }
    const auto record = read_behaviour_record(store_);
    if (!record) return usage_error(record.error().message);
    const auto points = curve(record.value());
    if (points.empty()) {
      return usage_error(
          fmt::format("{}: found no run whose behaviour is recorded, expected a "
                      "store with runs without seeded bugs",
                      store_));
    }
    if (json_) {
      print_json(points);
    } else {
      print_text(points);
    }
    return 0;
  }

 private:
  void print_text(const std::vector<BehaviourPoint>& points) const {
    fmt::print("{:>8}{:>12}{:>14}{:>22}\n", "runs", "behaviours", "new, a run",
               "expected of the next");
    std::size_t from = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!is_row(points[i].runs) && i + 1 < points.size()) continue;
      const std::uint64_t before = from == 0 ? 0 : points[from - 1].seen;
      const double mean =
          static_cast<double>(points[i].seen - before) / static_cast<double>(i + 1 - from);
      const bool enough = points[i].runs > 1;
      fmt::print("{:>8}{:>12}{:>14.1f}{:>22}\n", points[i].runs, points[i].seen, mean,
                 enough ? fmt::format("{:.1f}", expected_new(points[i], 1)) : "-");
      from = i + 1;
    }
    print_estimate(points);
  }

  static void print_estimate(const std::vector<BehaviourPoint>& points) {
    const BehaviourPoint& now = points.back();
    if (points.size() < kRunsMin) {
      fmt::print("\ntoo few runs for an estimate: {}, expected at least {}\n", points.size(),
                 kRunsMin);
      return;
    }
    fmt::print(
        "\n{:.2f} % of the behaviours of the next run are expected to be new to this store\n"
        "({} of {} behaviours were shown by one run only); {} more runs: {:.0f} new ones\n",
        100 * unseen_share(now), now.once, now.seen, now.runs, expected_new(now, now.runs));
    const Prediction check = at_half(points);
    fmt::print("the estimate after {} runs was {:.0f} new ones; the other {} runs brought {}\n",
               check.after, check.expected, now.runs - check.after, check.brought);
    fmt::print("{}\n", expected_new(now, 1) >= kWorthwhile
                           ? "worth continuing: a run still brings new behaviour"
                           : "hardly worth continuing: change the scenario or the strategies");
  }

  void print_json(const std::vector<BehaviourPoint>& points) const {
    Json curve = Json::array();
    for (const BehaviourPoint& point : points) {
      curve.push_back({{"runs", point.runs}, {"seen", point.seen}, {"new", point.fresh}});
    }
    const BehaviourPoint& now = points.back();
    Json report = {{"capsize-coverage", kFormatVersion},
                   {"runs", now.runs},
                   {"seen", now.seen},
                   {"once", now.once},
                   {"twice", now.twice},
                   {"curve", std::move(curve)}};
    if (points.size() >= kRunsMin) {
      const Prediction check = at_half(points);
      report["unseen-share"] = unseen_share(now);
      report["expected-new"] = {{"next-run", expected_new(now, 1)},
                                {"as-many-runs", expected_new(now, now.runs)}};
      report["prediction"] = {
          {"after-runs", check.after}, {"expected", check.expected}, {"brought", check.brought}};
    }
    fmt::print("{}\n", report.dump());
  }

  std::string store_ = kStoreDefault;
  bool json_ = false;
};

const base::Registered<Verb, Coverage> registered;

}  // namespace
}  // namespace capsize::harness
