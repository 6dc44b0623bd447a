#include "harness/page/page_answers.h"

#include <fmt/core.h>

#include <algorithm>

#include "checker/explain/wording.h"
#include "harness/page/page_text.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kFaultsNamed = 5;
constexpr std::size_t kUnnamedShown = 3;  // operations, where the sentence names none
constexpr double kFaultBeforeMs =
    2'000;  // a fault that began this long before belongs to the story
constexpr double kWindowMinMs = 200;

std::string millis(double ms) {
  return checker::duration_text(static_cast<std::int64_t>(ms * 1e6));
}

/// When the main failure had happened; nothing if there is none.
std::optional<double> failure_time(const Json& results) {
  for (const Json& failure : base::field(results, "failures"))
    return base::number_field(failure, "at-ms");
  return std::nullopt;
}

const Json& main_failure(const Json& results) {
  static const Json kNone = nullptr;
  const Json& failures = base::field(results, "failures");
  return failures.is_array() && !failures.empty() ? failures.front() : kNone;
}

std::string broke_text(const Json& results, const std::optional<ExplainedFailure>& failure) {
  const Json& main = main_failure(results);
  if (failure) {
    const std::string on = failure->key.empty() ? "" : " on " + failure->key;
    return failure->anomaly + on;
  }
  const std::string check = text_in(main, "check");
  const std::string label = text_in(main, "label");
  return label.empty() ? check : fmt::format("{}: {}", check, label);
}

std::string operation_text(const ExplainedOperation& operation, std::size_t number) {
  const bool read = operation.what.function == "read";
  return fmt::format("#{} {} {}{} by process {}", number, operation.what.function,
                     read ? "returned " : "", operation.what.value, operation.what.process);
}

std::string operations_text(const ExplainedFailure& failure) {
  std::string text;
  const bool any_named = failure.observer() != nullptr && failure.observer()->what.named;
  for (std::size_t i = 0; i < failure.operations.size(); ++i) {
    if (any_named ? !failure.operations[i].what.named : i >= kUnnamedShown) continue;
    text += (text.empty() ? "" : "; ") + operation_text(failure.operations[i], i + 1);
  }
  return text;
}

/// "cut n1 n3".
std::string fault_name(const RunFault& fault) {
  std::string text = fault.kind;
  for (const std::string& node : fault.nodes) text += " " + node;
  return text;
}

/// "; kill n1 had ended 120 ms before": what a fault has done may show only after it.
std::string ended_text(const std::vector<RunFault>& faults, double ms) {
  const RunFault* last = nullptr;
  for (const RunFault& fault : faults) {
    if (!fault.took_effect() || !fault.end || *fault.end > ms) continue;
    if (last == nullptr || *fault.end > *last->end) last = &fault;
  }
  if (last == nullptr) return "";
  return fmt::format("; {} had ended {} before", fault_name(*last), millis(ms - *last->end));
}

/// The faults that were active, the latest first: it is the most likely cause.
std::string faults_text(const std::vector<RunFault>& faults, double ms) {
  std::vector<const RunFault*> active;
  for (const RunFault& fault : faults) {
    if (fault.is_active(ms)) active.push_back(&fault);
  }
  std::stable_sort(active.begin(), active.end(), [](const RunFault* left, const RunFault* right) {
    return *left->begin > *right->begin;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(active.size(), kFaultsNamed); ++i) {
    text += fmt::format("{}{} for {}", i == 0 ? "" : ", ", fault_name(*active[i]),
                        millis(ms - *active[i]->begin));
  }
  if (active.size() > kFaultsNamed) {
    text += fmt::format(" and {} more", active.size() - kFaultsNamed);
  }
  return text.empty() ? "none was active" + ended_text(faults, ms) : text;
}

std::string server_text(const ExplainedOperation& operation) {
  std::string text = operation.node;
  if (operation.role.empty()) return text;
  text += operation.role == "leader" ? ", which led" : ", a " + operation.role + " in";
  if (operation.term) text += fmt::format(" term {}", *operation.term);
  return text;
}

Json text_or_null(std::string text) {
  return text.empty() ? Json() : Json(std::move(text));
}

Json answers_of_operations(const Json& results, const ExplainedFailure& failure,
                           const std::vector<RunFault>& faults) {
  const ExplainedOperation* observer = failure.observer();
  Json answers = {{"broke", text_or_null(broke_text(results, failure))},
                  {"operations", text_or_null(operations_text(failure))},
                  {"fault", Json()},
                  {"leader", Json()},
                  {"answered", Json()}};
  if (observer == nullptr) return answers;
  const auto moment =
      observer->what.complete_ms ? observer->what.complete_ms : observer->what.invoke_ms;
  if (moment) answers["fault"] = faults_text(faults, *moment);
  if (!observer->newest_leader.empty() && observer->newest_term) {
    answers["leader"] = fmt::format("{}, term {}", observer->newest_leader, *observer->newest_term);
  }
  answers["answered"] = text_or_null(server_text(*observer));
  return answers;
}

}  // namespace

PageFocus focus_of(const Json& results, const std::optional<ExplainedFailure>& failure,
                   const std::vector<RunFault>& faults, double end_ms) {
  double first = 0, last = 0;
  bool found = false;
  for (const auto& operation : failure ? failure->operations : std::vector<ExplainedOperation>()) {
    if (!operation.what.named || !operation.what.invoke_ms) continue;
    const double begin = *operation.what.invoke_ms;
    const double end = operation.what.complete_ms.value_or(begin);
    first = found ? std::min(first, begin) : begin;
    last = found ? std::max(last, end) : end;
    found = true;
  }
  if (const auto at = failure_time(results); !found && at) {
    first = last = *at;
    found = true;
  }
  if (!found) return {.begin = 0, .end = end_ms, .moment = end_ms};
  const double moment = last;
  // The fault that began last is the one that the story starts with.
  std::optional<double> latest;
  for (const RunFault& fault : faults) {
    if (fault.is_active(moment)) latest = std::max(latest.value_or(0), *fault.begin);
  }
  if (latest && *latest > last - kFaultBeforeMs) first = std::min(first, *latest);
  const double pad = std::max(0.15 * (last - first), (kWindowMinMs - (last - first)) / 2);
  return {.begin = std::max(0.0, first - pad),
          .end = std::max(last + pad, 1.0),
          .moment = moment,
          .around_failure = true};
}

std::string sentence_of(const RunFiles& files) {
  const Json& results = files.results;
  if (results.is_null()) return "This run has no results: it was killed, or has not ended yet.";
  if (const std::string main = text_in(main_failure(results), "sentence"); !main.empty()) {
    return main;
  }
  const std::string verdict = text_in(results, "verdict");
  if (const std::string cause = text_in(base::field(results, "cause"), "text"); !cause.empty()) {
    return "The harness failed: " + cause;
  }
  for (const Json& check : base::field(results, "checks")) {
    const std::string explanation = text_in(check, "explanation");
    if (text_in(check, "verdict") == verdict && !explanation.empty()) {
      return fmt::format("{}: {}", text_in(check, "name"), explanation);
    }
  }
  return "No check was violated.";
}

std::string tested_text(const Json& results) {
  const Json& tested = base::field(results, "tested");
  if (!tested.is_object()) return "";
  return fmt::format("{} faults took effect, {} leader changes, {} operations under fault",
                     integer_in(tested, "faults").value_or(0),
                     integer_in(tested, "leader-changes").value_or(0),
                     integer_in(tested, "operations-under-faults").value_or(0));
}

Json answers_of(const Json& results, const std::optional<ExplainedFailure>& failure,
                const std::vector<RunFault>& faults, const std::vector<NodeLane>& lanes) {
  if (failure) return answers_of_operations(results, *failure, faults);
  Json answers = {{"broke", text_or_null(broke_text(results, failure))},
                  {"operations", Json()},
                  {"fault", Json()},
                  {"leader", Json()},
                  {"answered", Json()}};
  const auto at = failure_time(results);
  if (!at) return answers;
  answers["fault"] = faults_text(faults, *at);
  if (const auto leader = newest_leader_at(lanes, *at)) {
    answers["leader"] = fmt::format("{}, term {}", leader->node, leader->term);
  }
  return answers;
}

}  // namespace capsize::harness
