#include "harness/suite/run_result.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>

#include "base/mismatch.h"
#include "base/printable.h"
#include "harness/store/results_file.h"
#include "harness/suite/json_list.h"

namespace capsize::harness {
namespace {

using base::Json;
using checker::Verdict;

constexpr std::size_t kReasonBytesMax = 600;
constexpr std::size_t kFailuresMax = 16;
constexpr std::size_t kFaultKindsMax = 64;

std::string bounded(const std::string& text) {
  const std::string shown = base::printable(text);
  if (shown.size() <= kReasonBytesMax) return shown;
  // Not within a character of several bytes.
  std::size_t end = kReasonBytesMax;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U) --end;
  return shown.substr(0, end) + "…";
}

std::string reason_of(const Json& results, Verdict verdict) {
  if (const std::string error = results.value("harness-error", ""); !error.empty()) {
    return bounded(error);
  }
  const Json cause = results.value("cause", Json::object());
  if (const std::string text = cause.value("text", ""); !text.empty()) return bounded(text);
  std::string first;
  for (const auto& check : list_of(results, "checks")) {
    const std::string found = check.value("verdict", "");
    if (found == checker::name(Verdict::kValid)) continue;
    const std::string text = check.value("name", "") + ": " + check.value("explanation", "");
    if (found == checker::name(verdict)) return bounded(text);
    if (first.empty()) first = bounded(text);
  }
  return first;
}

std::vector<RunFailure> failures_of(const Json& results) {
  std::vector<RunFailure> failures;
  for (const auto& each : list_of(results, "failures")) {
    if (failures.size() == kFailuresMax) break;
    RunFailure failure{.signature = each.value("signature", kNoSignature),
                       .check = each.value("check", ""),
                       .anomaly = each.value("anomaly", ""),
                       .label = bounded(each.value("label", "")),
                       .sentence = bounded(each.value("sentence", ""))};
    for (const auto& kind : list_of(each, "faults")) {
      failure.faults.push_back(kind.get<std::string>());
    }
    if (each.contains("at-ms")) failure.at_ms = each["at-ms"].get<std::int64_t>();
    failures.push_back(std::move(failure));
  }
  return failures;
}

LedgerRun of_plan(const PlannedRun& planned) {
  const Scenario& scenario = planned.of->scenario;
  return {.id = planned.id,
          .case_name = scenario.name,
          .purpose = planned.of->purpose,
          .bug = scenario.bug,
          .parameters = parameters_of(scenario),
          .seed = planned.seed};
}

}  // namespace

base::Result<LedgerRun> read_result(const PlannedRun& planned,
                                    const std::filesystem::path& directory) {
  const auto read = read_results(directory);
  if (!read) return read.error();
  const Json& results = read.value();
  try {
    const std::string word = results.value("verdict", "");
    const auto verdict = verdict_named(word);
    if (!verdict) {
      return base::Error{fmt::format("{}: key 'verdict': {}", (directory / "results.json").string(),
                                     base::mismatch(word, "a verdict"))};
    }
    LedgerRun run = of_plan(planned);
    run.verdict = *verdict;
    run.failures = failures_of(results);
    if (run.verdict != Verdict::kValid) run.reason = reason_of(results, run.verdict);
    if (run.verdict == Verdict::kInvalid && run.failures.empty()) {
      run.failures.push_back(
          {.signature = kNoSignature, .check = "unnamed", .sentence = run.reason});
    }
    run.cause = results.value("cause", Json::object()).value("kind", "");
    run.reproduce = results.value("reproduce", "");
    const Json tested = results.value("tested", Json::object());
    run.faults = tested.value("faults", std::uint64_t{0});
    run.operations_under_faults = tested.value("operations-under-faults", std::uint64_t{0});
    const Json counts = results.value("counts", Json::object()).value("all", Json::object());
    run.operations = counts.value("ok", std::uint64_t{0});
    run.measured = measures_in_results(results);
    return run;
  } catch (const base::JsonTypeError& wrong) {
    return base::Error{(directory / "results.json").string() + ": " + wrong.what()};
  }
}

bool was_interrupted(const std::filesystem::path& directory) {
  const auto results = read_results(directory);
  if (!results) return false;
  const Json* interrupted = results.value().find("interrupted");
  return interrupted != results.value().end() && interrupted->is_boolean() &&
         interrupted->get<bool>();
}

LedgerRun without_result(const PlannedRun& planned, const std::string& cause,
                         const std::string& reason) {
  LedgerRun run = of_plan(planned);
  run.verdict = Verdict::kHarnessError;
  run.cause = cause;
  run.reason = bounded(reason);
  return run;
}

void bound_texts(LedgerRun& run) {
  for (std::string* text : {&run.reason, &run.cause, &run.reproduce, &run.revision}) {
    *text = bounded(*text);
  }
  if (run.failures.size() > kFailuresMax) run.failures.resize(kFailuresMax);
  for (auto& failure : run.failures) {
    for (std::string* text : {&failure.signature, &failure.check, &failure.anomaly, &failure.label,
                              &failure.sentence}) {
      *text = bounded(*text);
    }
    if (failure.faults.size() > kFaultKindsMax) failure.faults.resize(kFaultKindsMax);
    for (auto& kind : failure.faults) kind = bounded(kind);
  }
}

std::string last_line(const std::filesystem::path& path) {
  constexpr std::streamoff kTail = 4096;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return bounded(last);
}

}  // namespace capsize::harness
