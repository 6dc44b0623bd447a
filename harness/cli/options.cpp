#include "harness/cli/options.h"

#include <fmt/format.h>

#include <cstdio>
#include <random>
#include <sstream>

#include "base/printable.h"
#include "base/units.h"
#include "checker/history/format.h"
#include "checker/history/times.h"
#include "harness/cli/binaries.h"
#include "harness/scenario/conflicts.h"
#include "harness/scenario/key_values.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/strategy.h"

namespace capsize::harness {

void ReadingOptions::add_to(base::CommandLine& line) {
  line.option("--format", format_, "format of the history (capsize list formats) [detected]");
  line.option("--map", rules_,
              "names in the history: key=k (the field key is called k), key=in.k (k inside in), "
              "f.put=write (function put means write), type.200=ok")
      .one_value_each()
      .without_ellipsis();
  line.option("--key", key_, "only the operations of this key");
  line.option("--clock-error", clock_error_,
              "largest error of a clock; widens the interval of each operation")
      .show_default();
  line.option("--time-unit", time_unit_,
              "unit of the times; dates such as 2024-05-01T10:00:00.1Z need none [ns]")
      .one_of({"ns", "us", "ms", "s"});
  line.flag("--independent", independent_,
            "values are [key value] pairs, as Jepsen's independent keys [detected]");
  line.flag("--no-independent", not_independent_, "values that are pairs are plain values")
      .excludes("--independent");
  line.flag("--sequence", sequence_,
            "the history has completions only: each ended before the next began");
  line.flag("--lenient", lenient_, "skip and count malformed lines");
}

std::variant<checker::ReadOptions, std::string> ReadingOptions::resolve() const {
  if (!format_.empty() && checker::find_format(format_) == nullptr) {
    std::string names;
    for (const auto* format : checker::list_formats()) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", format->name);
    }
    return fmt::format("--format: found '{}', expected one of: {}", format_, names);
  }
  checker::ReadOptions options{.format = format_, .key = key_, .lenient = lenient_};
  for (const std::string& rule : rules_) {
    if (const auto problem = options.vocabulary.add(rule)) return "--map: " + *problem;
  }
  const auto clock_error = base::parse_duration(clock_error_);
  if (!clock_error) return "--clock-error: " + clock_error.error().message;
  options.clock_error = clock_error.value();
  if (!time_unit_.empty()) options.time_unit = checker::time_unit(time_unit_);
  if (independent_ || not_independent_) options.independent = independent_;
  options.sequence = sequence_;
  return options;
}

namespace {

std::string_view heading(KeyGroup group) {
  switch (group) {
    case KeyGroup::kSystem:
      return "System";
    case KeyGroup::kLoad:
      return "Workload";
    case KeyGroup::kFaults:
      return "Faults";
    case KeyGroup::kChecks:
      break;
  }
  return "Checks";
}

/// Wraps names into indented lines of at most 78 columns.
std::string wrapped(const std::string& names) {
  constexpr std::size_t kWidth = 78;
  std::istringstream words(names);
  std::string text = " ";
  std::size_t column = 1;
  for (std::string word; words >> word;) {
    if (column + 1 + word.size() > kWidth) {
      text += "\n ";
      column = 1;
    }
    text += " " + word;
    column += 1 + word.size();
  }
  return text;
}

std::string help_of(const Key<Scenario>& key) {
  const base::Json value = value_of(default_scenario(), key);
  std::string text(key.help);
  if (!key.unit.empty()) text += fmt::format(", {}", key.unit);
  if (key.choices != nullptr && flag_type(key) == FlagType::kText) {
    text += fmt::format("; one of: {}", fmt::join(key.choices(), ", "));
  }
  if (!key.default_text.empty()) return fmt::format("{} [{}]", text, key.default_text);
  if (value.is_array() || value == "") return text;
  if (value.is_number()) return fmt::format("{} [{}]", text, value.get<double>());
  return fmt::format("{} [{}]", text, value.text());
}

}  // namespace

void ScenarioOptions::add_options(base::CommandLine& line) {
  line.option("scenario", file_, "scenario file (JSON, comments allowed)")
      .type_name("SCENARIO.json");
  for (const auto& key : kScenarioKeys) {
    const FlagType type = flag_type(key);
    if (type == FlagType::kNone) continue;
    Flag& flag = flags_.emplace_back(Flag{.key = &key});
    const std::string name = fmt::format("--{}", key.name);
    const std::string help = help_of(key);
    const auto declare = [&]() -> base::Option {
      switch (type) {
        case FlagType::kCount:
          return line.option(name, flag.count, help).type_name("COUNT");
        case FlagType::kNumber:
          return line.option(name, flag.number, help).type_name("NUMBER");
        case FlagType::kRepeated:
          return line.option(name, flag.list, help).one_value_each();
        case FlagType::kList:
          return line.option(name, flag.text, help).type_name("NAMES");
        case FlagType::kDuration:
          return line.option(name, flag.text, help).type_name("DURATION");
        default:
          return line.option(name, flag.text, help);
      }
    };
    declare().group(heading(key.group));
  }
}

std::string ScenarioOptions::footer() {
  return fmt::format(
      "Strategies (capsize list nemeses):\n{}\nFault kinds (capsize list faults):\n{}\n"
      "Phases and expectations are in scenario files only (capsize schema).\n",
      wrapped(nemesis::Strategies::instance().names()),
      wrapped(nemesis::FaultKinds::instance().names()));
}

base::Status check_bug(std::string_view place, const std::string& bug) {
  if (bug.empty()) return {};
  const auto bugs = seeded_bugs();
  // The start of the nodes fails for the same reason, and is then a harness error with its cause.
  if (!bugs) return {};
  std::string names;
  for (const auto& known : bugs.value()) {
    if (known.name == bug) return {};
    names += (names.empty() ? "" : ", ") + known.name;
  }
  return base::Error{fmt::format("{}: found '{}', expected one of: {}", place, bug, names)};
}

base::Json ScenarioOptions::Flag::value() const {
  if (text) return *text;
  if (count) return *count;
  if (number) return *number;
  return list.empty() ? base::Json() : base::Json(list);
}

base::Result<Scenario> ScenarioOptions::resolve() const {
  auto scenario = merge();
  if (!scenario) return scenario;
  if (auto status = check_bug("--bug", scenario.value().bug); !status) return status.error();
  return scenario;
}

base::Result<Scenario> ScenarioOptions::merge() const {
  Scenario scenario = default_scenario();
  if (!file_.empty()) {
    auto read = read_scenario(scenario_file(file_));
    if (!read) return read;
    scenario = std::move(read).value();
  }
  for (const auto& flag : flags_) {
    const base::Json value = flag.value();
    if (value.is_null()) continue;
    if (const auto invalid = set_member(scenario, *flag.key, value)) {
      return base::Error{fmt::format("--{}: {}", flag.key->name, invalid->what)};
    }
  }
  if (!scenario.seed) {
    // 32 bits: short enough to read aloud, and seeds still rarely collide.
    scenario.seed = std::random_device{}();
  }
  if (auto status = validate(scenario); !status) return status.error();
  for (const auto& warning : plan_warnings(scenario)) {
    std::fputs(("capsize: warning: " + base::printable(warning) + "\n").c_str(), stderr);
  }
  return scenario;
}

}  // namespace capsize::harness
