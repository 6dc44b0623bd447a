#include "harness/suite/suite_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>
#include <utility>

#include "base/crc32c.h"
#include "base/mismatch.h"
#include "base/units.h"
#include "harness/scenario/conflicts.h"
#include "harness/scenario/document.h"
#include "harness/scenario/key_values.h"
#include "harness/scenario/vocabulary.h"
#include "harness/suite/dates.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {
namespace {

using base::Json;
using base::JsonPlace;
using nemesis::InvalidValue;

constexpr std::size_t kCasesMax = 10'000;
constexpr std::uint64_t kSeedsMax = 1'000'000;
constexpr std::uint64_t kQuotaDefault = std::uint64_t{4} << 30U;
constexpr std::string_view kEachNemesis = "each";

/// Thrown and caught in this file only: an error in a file that the suite names.
struct FileError {
  base::Error error;
};

[[noreturn]] void refuse(const JsonPlace& place, const Json& found, std::string_view expected) {
  const bool is_empty_list = found.is_array() && found.empty();
  const std::string text = is_empty_list                           ? "an empty list"
                           : found.is_object() || found.is_array() ? found.type_name()
                                                                   : base::excerpt(found.dump());
  throw InvalidValue{place, fmt::format("found {}, expected {}", text, expected)};
}

/// An object of the suite: its keys are named when it is read, and others are refused.
class Fields {
 public:
  Fields(const Json& object, JsonPlace place, std::initializer_list<std::string_view> known)
      : object_(object), place_(std::move(place)) {
    if (!object.is_object()) refuse(place_, object, "an object");
    std::string names;
    for (const auto name : known) names += (names.empty() ? "" : ", ") + std::string(name);
    for (const auto& [key, value] : object.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      throw InvalidValue{place_ / key, "unknown, expected one of: " + names};
    }
  }
  [[nodiscard]] bool has(std::string_view key) const { return object_.contains(key); }
  [[nodiscard]] const Json& value(std::string_view key) const { return object_[key]; }
  [[nodiscard]] JsonPlace place(std::string_view key) const { return place_ / key; }
  [[nodiscard]] const JsonPlace& place() const { return place_; }

  [[nodiscard]] std::string text(std::string_view key, std::string_view expected) const {
    const Json& found = required(key, expected);
    if (!found.is_string() || found.text().empty()) refuse(place(key), found, expected);
    return found.text();
  }
  [[nodiscard]] const Json& required(std::string_view key, std::string_view expected) const {
    if (!has(key)) {
      throw InvalidValue{place(key), fmt::format("found nothing, expected {}", expected)};
    }
    return value(key);
  }
  [[nodiscard]] std::optional<base::Duration> duration(std::string_view key) const {
    if (!has(key)) return std::nullopt;
    constexpr std::string_view kExpected = "a duration such as \"90s\" or \"2h\", up to 168h";
    if (!value(key).is_string()) refuse(place(key), value(key), kExpected);
    const auto parsed = base::parse_duration(value(key).text());
    const bool fine = parsed && parsed.value() > base::Duration::zero() &&
                      std::chrono::duration<double>(parsed.value()).count() <= kDurationMax;
    if (!fine) refuse(place(key), value(key), kExpected);
    return parsed.value();
  }

 private:
  const Json& object_;
  JsonPlace place_;
};

/// The texts of a list, or of a single text.
std::vector<std::string> texts(const Json& value, const JsonPlace& place,
                               std::string_view expected) {
  if (value.is_string()) return {value.text()};
  if (!value.is_array() || value.empty()) refuse(place, value, expected);
  std::vector<std::string> list;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!value[i].is_string()) refuse(place / i, value[i], "a string");
    list.push_back(value[i].text());
  }
  return list;
}

/// What a value of a matrix adds to the name of its case.
std::string label_of(const Json& value) {
  if (value.is_string()) return value.text();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const auto& item : value) text += (text.empty() ? "" : "+") + label_of(item);
  return text;
}

/// Names that a directory of the store can have; other characters become '_'.
std::string case_name(const std::vector<std::string>& parts) {
  std::string name;
  for (const auto& part : parts) {
    if (!part.empty()) name += (name.empty() ? "" : "-") + part;
  }
  std::replace(name.begin(), name.end(), ',', '+');
  return safe_name(name);
}

/// A value of a matrix, with its place in the file.
struct Choice {
  std::string key;
  Json value;
  JsonPlace place;
};
using Combination = std::vector<Choice>;

class SuiteReader {
 public:
  SuiteReader(const std::string& origin, const std::vector<std::filesystem::path>& directories)
      : origin_(origin), directories_(directories) {}

  Suite read(const Json& body) {
    const Fields fields(body, {},
                        {"name", "description", "runs", "controls", "mutes", "deadline", "budget",
                         "seed", "quota", "keep", "rates"});
    suite_.file = origin_;
    suite_.name = fields.has("name") ? fields.text("name", "a name")
                                     : safe_name(std::filesystem::path(origin_).stem().string());
    if (auto expected = name_rule(suite_.name); !expected.empty()) {
      refuse(fields.place("name"), suite_.name, expected);
    }
    suite_.deadline = fields.duration("deadline");
    suite_.budget = fields.duration("budget");
    read_limits(fields);
    read_rates(fields);
    read_controls(fields);
    read_runs(fields);
    read_mutes(fields);
    suite_.sum = checksum();
    return std::move(suite_);
  }

 private:
  void read_limits(const Fields& fields) {
    if (fields.has("seed")) {
      const Json& seed = fields.value("seed");
      if (!seed.is_unsigned()) refuse(fields.place("seed"), seed, "a whole number");
      suite_.seed = seed.get<std::uint64_t>();
    }
    suite_.quota_bytes = kQuotaDefault;
    if (fields.has("quota")) {
      constexpr std::string_view kExpected = "a size such as \"500MiB\" or \"4GiB\"";
      const Json& quota = fields.value("quota");
      if (!quota.is_string()) refuse(fields.place("quota"), quota, kExpected);
      const auto size = base::parse_size(quota.text());
      if (!size || size.value() == 0) refuse(fields.place("quota"), quota, kExpected);
      suite_.quota_bytes = size.value();
    }
    if (fields.has("keep")) {
      const Json& keep = fields.value("keep");
      if (keep != Json("failures") && keep != Json("all")) {
        refuse(fields.place("keep"), keep, "one of: failures, all");
      }
      suite_.keep = keep == Json("all") ? Keep::kAll : Keep::kFailures;
    }
  }

  void read_rates(const Fields& suite) {
    if (!suite.has("rates")) return;
    const Fields fields(suite.value("rates"), suite.place("rates"), {"alpha", "runs"});
    if (fields.has("alpha")) {
      const Json& alpha = fields.value("alpha");
      if (!alpha.is_number() || !is_alpha(alpha.get<double>())) {
        refuse(fields.place("alpha"), alpha, "a number above 0 and at most 0.5");
      }
      suite_.rates.alpha = alpha.get<double>();
    }
    if (fields.has("runs")) {
      const Json& runs = fields.value("runs");
      if (!runs.is_unsigned() || runs.get<std::uint64_t>() == 0 ||
          runs.get<std::uint64_t>() > kRateRunsMax) {
        refuse(fields.place("runs"), runs, "a whole number from 1 to 10000");
      }
      suite_.rates.runs = runs.get<std::uint64_t>();
    }
  }

  void read_controls(const Fields& suite) {
    constexpr std::string_view kExpected =
        "an object with bugs (a list) and healthy: a suite shows each time that it catches a "
        "seeded bug and that a run without faults is valid";
    const Json& controls = suite.required("controls", kExpected);
    const Fields fields(controls, suite.place("controls"), {"bugs", "healthy"});
    const Json& healthy = fields.required("healthy", "an object, which may be empty");
    const Json& bugs = fields.required("bugs", "a list of at least one object");
    if (!bugs.is_array() || bugs.empty()) {
      refuse(fields.place("bugs"), bugs, "a list of at least one object");
    }
    const Fields plain(healthy, fields.place("healthy"), {"with"});
    add_control(plain, Purpose::kHealthyControl, {});
    for (std::size_t i = 0; i < bugs.size(); ++i) {
      const Fields bug(bugs[i], fields.place("bugs") / i, {"bug", "scenario", "with"});
      add_control(bug, Purpose::kBugControl,
                  bug.text("bug", "the name of a seeded bug (capsize list bugs)"));
    }
  }

  /// Without settings of its own, the control of a bug runs the scenario that was written for it.
  Scenario scenario_of_control(const Fields& fields, const std::string& bug) {
    if (fields.has("scenario")) {
      return scenario_file(fields.text("scenario", "a scenario file"), fields.place("scenario"));
    }
    if (bug.empty() || fields.has("with")) return default_scenario();
    return find_scenario("bugs/" + bug).value_or(default_scenario());
  }

  void add_control(const Fields& fields, Purpose purpose, const std::string& bug) {
    SuiteCase added{.scenario = scenario_of_control(fields, bug), .purpose = purpose};
    Scenario& scenario = added.scenario;
    if (purpose == Purpose::kHealthyControl) scenario.nemesis.clear();
    apply_with(scenario, fields);
    const bool quiet = scenario.nemesis.empty() && scenario.phases.empty() && scenario.bug.empty();
    if (purpose == Purpose::kHealthyControl && !quiet) {
      throw InvalidValue{fields.place("with"), "found faults or a bug, expected none of them"};
    }
    if (purpose == Purpose::kBugControl) scenario.bug = bug;
    scenario.name = case_name({"control", purpose == Purpose::kBugControl ? bug : "healthy"});
    add(std::move(added), fields.place());
  }

  void read_runs(const Fields& suite) {
    const Json& runs = suite.required("runs", "a list of at least one object");
    if (!runs.is_array() || runs.empty()) {
      refuse(suite.place("runs"), runs, "a list of at least one object");
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
      read_entry(Fields(runs[i], suite.place("runs") / i,
                        {"name", "scenarios", "with", "matrix", "seeds"}));
    }
  }

  void read_entry(const Fields& entry) {
    constexpr std::string_view kFiles = "a scenario file or a list of them";
    const bool has_files = entry.has("scenarios");
    const std::vector<std::string> files =
        has_files ? texts(entry.value("scenarios"), entry.place("scenarios"), kFiles)
                  : std::vector<std::string>{""};
    std::string name;
    if (entry.has("name") || !has_files) name = entry.text("name", "a name or scenarios");
    for (const auto& file : files) {
      const Scenario start =
          has_files ? scenario_file(file, entry.place("scenarios")) : default_scenario();
      for (const auto& combination : combinations(entry)) {
        add_case(entry, start, has_files && (name.empty() || files.size() > 1) ? start.name : "",
                 name, combination);
      }
    }
  }

  void add_case(const Fields& entry, const Scenario& start, const std::string& from_file,
                const std::string& name, const Combination& combination) {
    SuiteCase added{.scenario = start};
    apply_with(added.scenario, entry);
    std::vector<std::string> parts = {name, from_file};
    for (const auto& choice : combination) {
      set_key(added.scenario, choice.key, choice.value, choice.place);
      parts.push_back(label_of(choice.value));
    }
    added.scenario.name = case_name(parts);
    read_seeds(entry, added);
    add(std::move(added), entry.place());
  }

  void read_seeds(const Fields& entry, SuiteCase& added) {
    if (!entry.has("seeds")) return;
    constexpr std::string_view kExpected =
        "a number of seeds, 1 to 1000000, or a list of different seeds";
    const Json& seeds = entry.value("seeds");
    const JsonPlace place = entry.place("seeds");
    if (seeds.is_unsigned()) {
      added.seeds = seeds.get<std::uint64_t>();
      if (added.seeds == 0 || added.seeds > kSeedsMax) refuse(place, seeds, kExpected);
      return;
    }
    if (!seeds.is_array() || seeds.empty()) refuse(place, seeds, kExpected);
    std::set<std::uint64_t> known;
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      if (!seeds[i].is_unsigned() || !known.insert(seeds[i].get<std::uint64_t>()).second) {
        refuse(place / i, seeds[i], "a whole number that is not in the list yet");
      }
      added.fixed_seeds.push_back(seeds[i].get<std::uint64_t>());
    }
  }

  /// Every combination of the matrix's values; one empty combination without a matrix.
  std::vector<Combination> combinations(const Fields& entry) {
    std::vector<Combination> all = {{}};
    if (!entry.has("matrix")) return all;
    const Json& matrix = entry.value("matrix");
    if (!matrix.is_object()) refuse(entry.place("matrix"), matrix, "an object of lists");
    for (const auto& [key, values] : matrix.items()) {
      const JsonPlace place = entry.place("matrix") / key;
      std::vector<Combination> longer;
      for (const auto& choice : choices(key, values, place)) {
        for (const auto& combination : all) {
          longer.push_back(combination);
          longer.back().push_back(choice);
        }
        if (longer.size() > kCasesMax) {
          throw InvalidValue{
              place, fmt::format("found more than {} combinations, expected fewer", kCasesMax)};
        }
      }
      all = std::move(longer);
    }
    return all;
  }

  static std::vector<Choice> choices(const std::string& key, const Json& values,
                                     const JsonPlace& place) {
    std::vector<Choice> list;
    if (key == "nemesis" && values == Json(kEachNemesis)) {
      for (const auto& name : nemesis_names()) {
        if (name != kSwarm) list.push_back({key, Json(name), place});
      }
      return list;
    }
    if (!values.is_array() || values.empty()) {
      refuse(place, values,
             key == "nemesis" ? "a list of values, or \"each\"" : "a list of values");
    }
    for (std::size_t i = 0; i < values.size(); ++i) list.push_back({key, values[i], place / i});
    return list;
  }

  Scenario scenario_file(const std::string& file, const JsonPlace& place) {
    if (auto found = find_scenario(file)) return *std::move(found);
    throw InvalidValue{place, base::mismatch(file,
                                             "a scenario file, beside the suite or shipped "
                                             "(capsize list scenarios)")};
  }

  /// Nothing if there is no such file.
  std::optional<Scenario> find_scenario(const std::string& file) {
    std::vector<std::filesystem::path> directories = {std::filesystem::path(origin_).parent_path()};
    directories.insert(directories.end(), directories_.begin(), directories_.end());
    for (const auto& directory : directories) {
      for (const char* extension : {"", ".json"}) {
        std::error_code ignored;
        const auto path = directory / (file + extension);
        if (!std::filesystem::is_regular_file(path, ignored)) continue;
        auto scenario = read_scenario(path);
        if (!scenario) throw FileError{scenario.error()};
        scenario.value().seed.reset();
        return std::move(scenario).value();
      }
    }
    return std::nullopt;
  }

  static void apply_with(Scenario& scenario, const Fields& fields) {
    if (!fields.has("with")) return;
    const Json& with = fields.value("with");
    const JsonPlace place = fields.place("with");
    if (!with.is_object()) refuse(place, with, "an object of a scenario's keys");
    // As in a scenario file, phases replace the default strategies.
    if (with.contains("phases")) scenario.nemesis.clear();
    for (const auto& [key, value] : with.items()) set_key(scenario, key, value, place / key);
  }

  static void set_key(Scenario& scenario, const std::string& key, const Json& value,
                      const JsonPlace& place) {
    if (key == "seed" || key == "name") {
      throw InvalidValue{place, key == "seed" ? "found here, expected as `seeds` of the entry"
                                              : "found here, expected beside `with`"};
    }
    Json object = Json::object();
    object[key] = value;
    auto invalid = set_members(scenario, object);
    if (!invalid) return;
    // The place begins with the key, which `place` names already.
    auto tokens = invalid->place.tokens();
    if (!tokens.empty()) tokens.erase(tokens.begin());
    throw InvalidValue{place / JsonPlace(std::move(tokens)), invalid->what};
  }

  void add(SuiteCase added, const JsonPlace& place) {
    const Scenario& scenario = added.scenario;
    auto invalid = plan_conflict(scenario);
    if (!invalid) invalid = time_conflict(scenario);
    if (invalid) {
      throw InvalidValue{place, fmt::format("{}: {}", dotted(invalid->place), invalid->what)};
    }
    if (!names_.insert(scenario.name).second) {
      throw InvalidValue{place, fmt::format("found a second case with the name '{}', expected "
                                            "different names",
                                            scenario.name)};
    }
    suite_.cases.push_back(std::move(added));
    if (suite_.cases.size() > kCasesMax) {
      throw InvalidValue{place, fmt::format("found more than {} cases, expected fewer", kCasesMax)};
    }
  }

  void read_mutes(const Fields& suite) {
    if (!suite.has("mutes")) return;
    const Json& mutes = suite.value("mutes");
    if (!mutes.is_array()) refuse(suite.place("mutes"), mutes, "a list of objects");
    for (std::size_t i = 0; i < mutes.size(); ++i) {
      const Fields fields(mutes[i], suite.place("mutes") / i,
                          {"signature", "reason", "owner", "expires"});
      Mute mute{.signature = fields.text("signature", "a signature of 16 hexadecimal digits"),
                .reason = fields.text("reason", "why the failure is muted"),
                .owner = fields.text("owner", "who takes care of it"),
                .expires = fields.text("expires", "a date such as \"2027-01-31\"")};
      const bool hexadecimal =
          mute.signature.size() == 16 &&
          mute.signature.find_first_not_of("0123456789abcdef") == std::string::npos;
      if (!hexadecimal) {
        refuse(fields.place("signature"), mute.signature, "a signature of 16 hexadecimal digits");
      }
      if (!is_date(mute.expires)) {
        refuse(fields.place("expires"), mute.expires, "a date such as \"2027-01-31\"");
      }
      suite_.mutes.push_back(std::move(mute));
    }
  }

  [[nodiscard]] std::string checksum() const {
    std::string text;
    for (const auto& each : suite_.cases) {
      text += to_json(each.scenario).dump() + std::to_string(each.seeds);
      for (const auto seed : each.fixed_seeds) text += "," + std::to_string(seed);
      text += '\n';
    }
    return fmt::format("crc32c:{:08x}", base::crc32c(text));
  }

  const std::string& origin_;
  const std::vector<std::filesystem::path>& directories_;
  Suite suite_;
  std::set<std::string> names_;
};

}  // namespace

Json parameters_of(const Scenario& scenario) {
  const Json plain = to_json(default_scenario());
  Json different = Json::object();
  const Json values = to_json(scenario);
  for (const auto& [key, value] : values.items()) {
    if (key != "name" && key != "seed" && value != plain[key]) different[key] = value;
  }
  return different;
}

base::Result<Suite> parse_suite(const std::string& text, const std::string& origin,
                                const std::vector<std::filesystem::path>& scenario_directories) {
  const auto document = parse_document(text, origin, kSuiteFormat, kSuiteVersion);
  if (!document) return document.error();
  try {
    return SuiteReader(origin, scenario_directories).read(document.value());
  } catch (const InvalidValue& invalid) {
    return error_at(text, origin, invalid);
  } catch (const FileError& file) {
    return file.error;
  }
}

base::Result<Suite> read_suite(const std::filesystem::path& path,
                               const std::vector<std::filesystem::path>& scenario_directories) {
  const auto text = read_document(path, "a suite file");
  if (!text) return text.error();
  return parse_suite(text.value(), path.string(), scenario_directories);
}

}  // namespace capsize::harness
