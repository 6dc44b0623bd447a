#include "harness/suite/run_measures.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/lenient_fields.h"
#include "base/mismatch.h"

namespace capsize::harness {
namespace {

using base::Json;

// A run has one line of the ledger, and a kind takes up to 100 bytes of it.
constexpr std::size_t kKindsMax = 12;
constexpr std::size_t kTimesMax = 10;
constexpr std::size_t kKindBytesMax = 40;
constexpr double kNumberMax = 1e12;  // of milliseconds: 30 years
constexpr std::uint64_t kFaultsMax = 1'000'000'000;

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= kKindBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool is_in_bounds(double number) {
  return std::isfinite(number) && number >= 0 && number <= kNumberMax;
}

std::optional<double> bounded_field(const Json& object, std::string_view key) {
  const auto number = base::number_field(object, key);
  return number && is_in_bounds(*number) ? number : std::nullopt;
}

/// One decimal is enough, and short in a line.
Json rounded(double number) {
  const double tenths = std::round(number * 10);
  if (std::fmod(tenths, 10) == 0) return static_cast<std::uint64_t>(tenths / 10);
  return tenths / 10;
}

[[noreturn]] void refuse(const std::string& key, const Json& found, std::string_view expected) {
  throw base::JsonTypeError(
      fmt::format("key 'measured': key '{}': {}", key, base::mismatch(found.dump(), expected)));
}

/// The middle of each tenth.
std::vector<double> evenly_spaced(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  if (times.size() <= kTimesMax) return times;
  std::vector<double> some;
  for (std::size_t i = 0; i < kTimesMax; ++i) {
    some.push_back(times[(2 * i + 1) * times.size() / (2 * kTimesMax)]);
  }
  return some;
}

/// [number of faults, times…]; nothing for anything else.
std::optional<RunMeasures::Recovery> recovery_of(const Json& value) {
  if (!value.is_array() || value.size() < 2 || value.size() > kTimesMax + 1) return std::nullopt;
  if (!value[0].is_unsigned()) return std::nullopt;
  RunMeasures::Recovery recovery{.faults = value[0].get<std::uint64_t>()};
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (!value[i].is_number() || !is_in_bounds(value[i].get<double>())) return std::nullopt;
    recovery.times_ms.push_back(value[i].get<double>());
  }
  if (recovery.faults < recovery.times_ms.size() || recovery.faults > kFaultsMax) {
    return std::nullopt;
  }
  return recovery;
}

std::optional<double> checked_number(const Json& measured, const char* key) {
  const Json* found = measured.find(key);
  if (found == measured.end() || found->is_null()) return std::nullopt;
  if (!found->is_number() || !is_in_bounds(found->get<double>())) {
    refuse(key, *found, "a number from 0 to 1e12");
  }
  return found->get<double>();
}

}  // namespace

RunMeasures measures_in_results(const Json& results) {
  RunMeasures measures{.load_ms = bounded_field(results, "load-ms"),
                       .ok_per_second = bounded_field(results, "ok-per-second-quiet"),
                       .new_behaviours = bounded_field(base::field(results, "behaviour"), "new"),
                       .recovery = {}};
  std::map<std::string, std::vector<double>> times;
  for (const Json& fault : base::field(base::field(results, "faults"), "list")) {
    const std::string kind = base::text_field(fault, "kind", kKindBytesMax + 1);
    const auto time = bounded_field(fault, "recovery-ms");
    if (time && is_kind(kind)) times[kind].push_back(*time);
  }
  for (auto& [kind, each] : times) {
    if (measures.recovery.size() == kKindsMax) break;
    measures.recovery[kind] = {each.size(), evenly_spaced(std::move(each))};
  }
  return measures;
}

Json to_json(const RunMeasures& measures) {
  if (measures == RunMeasures{}) return {};
  Json json = Json::object();
  if (measures.load_ms) json["load-ms"] = rounded(*measures.load_ms);
  if (measures.ok_per_second) json["ok-per-second-quiet"] = rounded(*measures.ok_per_second);
  if (measures.new_behaviours) json["new-behaviours"] = rounded(*measures.new_behaviours);
  for (const auto& [kind, recovery] : measures.recovery) {
    Json& list = json["recovery-ms"][kind] = Json::array({recovery.faults});
    for (const double time : recovery.times_ms) list.push_back(rounded(time));
  }
  return json;
}

RunMeasures measures_in_ledger(const Json& measured) {
  if (measured.is_null()) return {};
  if (!measured.is_object()) {
    throw base::JsonTypeError("key 'measured': " + base::mismatch(measured.dump(), "an object"));
  }
  RunMeasures measures{.load_ms = checked_number(measured, "load-ms"),
                       .ok_per_second = checked_number(measured, "ok-per-second-quiet"),
                       .new_behaviours = checked_number(measured, "new-behaviours"),
                       .recovery = {}};
  const Json* kinds = measured.find("recovery-ms");
  if (kinds == measured.end() || kinds->is_null()) return measures;
  if (!kinds->is_object()) refuse("recovery-ms", *kinds, "an object");
  if (kinds->size() > kKindsMax) {
    refuse("recovery-ms", Json(kinds->size()), fmt::format("at most {} kinds", kKindsMax));
  }
  for (const auto& [kind, value] : kinds->items()) {
    if (!is_kind(kind)) refuse("recovery-ms", Json(kind), "a kind of fault");
    const auto recovery = recovery_of(value);
    if (!recovery) refuse(kind, value, "[number of faults, 1 to 10 times in ms]");
    measures.recovery[kind] = *recovery;
  }
  return measures;
}

}  // namespace capsize::harness
