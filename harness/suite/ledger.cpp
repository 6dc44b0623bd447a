#include "harness/suite/ledger.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/format_version.h"
#include "base/mismatch.h"
#include "harness/suite/json_list.h"

namespace capsize::harness {
namespace {

using base::Json;
using checker::Verdict;

constexpr std::array kPurposes = {Purpose::kTest, Purpose::kBugControl, Purpose::kHealthyControl};
constexpr std::array kVerdicts = {Verdict::kValid,   Verdict::kInvalid,    Verdict::kUnknown,
                                  Verdict::kVacuous, Verdict::kUsageError, Verdict::kHarnessError};

/// Thrown and caught in this file only.
struct LineError {
  std::string what;
};

template <class T, std::size_t count>
T named(const Json& line, const char* key, const std::array<T, count>& values) {
  const std::string found = line.at(key).get<std::string>();
  for (const T value : values) {
    if (name(value) == found) return value;
  }
  std::string names;
  for (const T value : values) names += (names.empty() ? "" : ", ") + std::string(name(value));
  throw LineError{fmt::format("key '{}': {}", key, base::mismatch(found, "one of: " + names))};
}

/// A path below the store. A ledger may come from elsewhere, and directories that it names are
/// removed (retention.h): nothing in it may point out of the store.
std::string path_in_store(const Json& line) {
  const std::string text = line.at("path").get<std::string>();
  const std::filesystem::path path(text);
  const bool leads_out = path.is_absolute() || std::any_of(path.begin(), path.end(), [](auto& p) {
                           return p == ".." || p == ".";
                         });
  if (text.empty() || leads_out || text.find('\0') != std::string::npos) {
    throw LineError{"key 'path': " + base::mismatch(text, "a directory below the store")};
  }
  return text;
}

RunFailure to_failure(const Json& json) {
  RunFailure failure{.signature = json.at("signature").get<std::string>(),
                     .check = json.value("check", ""),
                     .anomaly = json.value("anomaly", ""),
                     .label = json.value("label", ""),
                     .sentence = json.value("sentence", "")};
  for (const auto& kind : list_of(json, "faults")) {
    failure.faults.push_back(kind.get<std::string>());
  }
  if (json.contains("at-ms")) failure.at_ms = json["at-ms"].get<std::int64_t>();
  return failure;
}

LedgerRun to_run(const Json& line) {
  LedgerRun run{.id = line.at("run").get<std::string>(),
                .case_name = line.at("case").get<std::string>(),
                .purpose = named(line, "purpose", kPurposes),
                .bug = line.value("bug", ""),
                .parameters = line.value("parameters", Json::object()),
                .seed = line.at("seed").get<std::uint64_t>(),
                .revision = line.value("revision", ""),
                .verdict = named(line, "verdict", kVerdicts),
                .reason = line.value("reason", ""),
                .cause = line.value("cause", ""),
                .seconds = line.value("seconds", 0.0),
                .at = line.value("at", 0.0),
                .path = path_in_store(line),
                .reproduce = line.value("reproduce", "")};
  for (const auto& failure : list_of(line, "failures")) {
    run.failures.push_back(to_failure(failure));
  }
  const Json tested = line.value("tested", Json::object());
  run.faults = tested.value("faults", std::uint64_t{0});
  run.operations = tested.value("operations", std::uint64_t{0});
  run.operations_under_faults = tested.value("operations-under-faults", std::uint64_t{0});
  run.measured = measures_in_ledger(line["measured"]);
  return run;
}

LostRun to_lost(const Json& line) {
  return {.id = line.at("run").get<std::string>(),
          .seed = line.at("seed").get<std::uint64_t>(),
          .path = path_in_store(line),
          .attempt = line.value("attempt", std::uint64_t{1})};
}

Execution to_execution(const Json& line) {
  Execution execution{.id = line.at("execution").get<std::string>(),
                      .suite = line.at("suite").get<std::string>(),
                      .file = line.value("file", ""),
                      .suite_sum = line.value("suite-sum", ""),
                      .only = line.value("only", ""),
                      .started = line.value("time", ""),
                      .revision = line.value("revision", ""),
                      .host = line.value("host", ""),
                      .seed = line.at("seed").get<std::uint64_t>(),
                      .shard = line.value("shard", "1/1"),
                      .jobs = line.value("jobs", std::uint64_t{1}),
                      .planned = line.value("planned", std::uint64_t{0})};
  if (line.contains("budget-s")) execution.budget_seconds = line["budget-s"].get<double>();
  if (line.contains("rates")) {
    const auto rates = rate_test_of(line["rates"]);
    if (!rates) throw LineError{"key 'rates': " + rates.error().message};
    execution.rates = rates.value();
  }
  for (const auto& name : list_of(line, "cases")) {
    execution.cases.push_back(name.get<std::string>());
  }
  return execution;
}

/// Reads a ledger, one line at a time.
class LedgerReader {
 public:
  void read(const Json& line) {
    const std::string event = line.at("event").get<std::string>();
    if (event == "begin") {
      ledger_.executions.push_back(to_execution(line));
      return;
    }
    Execution* execution = find(line.at("execution").get<std::string>());
    if (execution == nullptr) {
      throw LineError{"key 'execution': " +
                      base::mismatch(line["execution"].text(), "one that a line before has begun")};
    }
    if (event == "start") {
      LostRun begun = to_lost(line);
      execution->open[begun.id] = std::move(begun);
    } else if (event == "run") {
      execution->runs.push_back(to_run(line));
      execution->open.erase(execution->runs.back().id);
      execution->seconds = std::max(execution->seconds, execution->runs.back().at);
    } else if (event == "lost") {
      execution->lost.push_back(to_lost(line));
      execution->open.erase(execution->lost.back().id);
    } else if (event == "end") {
      execution->ended_early = line.value("early", "");
      execution->early_cause = line.value("cause", "");
      execution->ended = execution->ended_early.empty();
      execution->seconds = std::max(execution->seconds, line.value("seconds", 0.0));
    } else if (event == "resume") {
      execution->ended = false;
      execution->ended_early.clear();
      execution->early_cause.clear();
    } else if (event == "confirm") {
      execution->repeats_from = execution->runs.size();
    } else if (event == "reduced") {
      ledger_.reduced.insert(path_in_store(line));
    }  // later releases may add events
  }
  [[nodiscard]] Ledger take() { return std::move(ledger_); }

 private:
  Execution* find(const std::string& id) {
    // Lines are mostly about the newest execution.
    const auto found = std::find_if(ledger_.executions.rbegin(), ledger_.executions.rend(),
                                    [&](const Execution& each) { return each.id == id; });
    return found == ledger_.executions.rend() ? nullptr : &*found;
  }

  Ledger ledger_;
};

base::Error error_in(const std::string& origin, std::size_t number, const std::string& what) {
  return {fmt::format("{}:{}: {}", origin, number, what)};
}

}  // namespace

std::string_view name(Purpose purpose) {
  switch (purpose) {
    case Purpose::kBugControl:
      return "bug-control";
    case Purpose::kHealthyControl:
      return "healthy-control";
    case Purpose::kTest:
      break;
  }
  return "test";
}

std::optional<Purpose> purpose_named(std::string_view name) {
  for (const Purpose purpose : kPurposes) {
    if (harness::name(purpose) == name) return purpose;
  }
  return std::nullopt;
}

std::optional<Verdict> verdict_named(std::string_view name) {
  for (const Verdict verdict : kVerdicts) {
    if (checker::name(verdict) == name) return verdict;
  }
  return std::nullopt;
}

base::Result<Ledger> parse_ledger(std::string_view text, const std::string& origin) {
  LedgerReader reader;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // incomplete: the writer was killed
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.size() > kLedgerLineBytesMax) {
      return error_in(origin, number, "found a line over 1 MiB, expected a ledger");
    }
    const Json json = Json::parse(line);
    if (!json.is_object()) {
      return error_in(origin, number, base::mismatch(line, "an object of a ledger"));
    }
    try {
      if (number == 1) {
        if (!json.contains(kLedgerFormat)) {
          return error_in(origin, number, base::mismatch(line, "{\"capsize-ledger\":1}"));
        }
        const auto known = base::check_format_version(json, kLedgerFormat, kLedgerVersion);
        if (!known) return error_in(origin, number, known.error().message);
        continue;
      }
      reader.read(json);
    } catch (const LineError& error) {
      return error_in(origin, number, error.what);
    } catch (const base::JsonTypeError& error) {
      return error_in(origin, number, error.what());
    }
  }
  Ledger ledger = reader.take();
  ledger.torn_bytes = text.size();
  return ledger;
}

base::Result<LedgerRun> parse_ledger_run(const Json& line) {
  try {
    return to_run(line);
  } catch (const LineError& error) {
    return base::Error{error.what};
  } catch (const base::JsonTypeError& error) {
    return base::Error{error.what()};
  }
}

std::uint64_t attempts(const Execution& execution, std::string_view run) {
  return static_cast<std::uint64_t>(
      std::count_if(execution.lost.begin(), execution.lost.end(),
                    [run](const LostRun& lost) { return lost.id == run; }));
}

base::Result<Ledger> read_ledger(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return Ledger{};
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return base::Error{fmt::format("{}: cannot be read: {}", path.string(),
                                   std::strerror(errno == 0 ? EISDIR : errno))};
  }
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  return parse_ledger(text.view(), path.string());
}

}  // namespace capsize::harness
