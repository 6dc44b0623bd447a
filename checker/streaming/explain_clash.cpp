#include "checker/streaming/explain_clash.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "checker/check/check.h"
#include "checker/explain/wording.h"
#include "checker/history/builder.h"
#include "checker/history/json.h"

namespace capsize::checker {
namespace {

constexpr std::chrono::nanoseconds kCheckTime = std::chrono::milliseconds(500);

using Operations = std::vector<StreamedOperation>;

bool observes(const StreamedOperation& operation) {
  return operation.function != kWrite && operation.outcome != Outcome::kFail;
}

// By invocation, each in its last known state; reads only if they have returned.
Operations each_once(Operations operations) {
  std::stable_sort(operations.begin(), operations.end(), [](const auto& a, const auto& b) {
    const bool a_open = a.outcome == Outcome::kInfo;
    const bool b_open = b.outcome == Outcome::kInfo;
    return a.invoke != b.invoke ? a.invoke < b.invoke : a_open < b_open;
  });
  const auto end = std::unique(operations.begin(), operations.end(),
                               [](const auto& a, const auto& b) { return a.invoke == b.invoke; });
  operations.erase(end, operations.end());
  std::erase_if(operations, [](const StreamedOperation& one) {
    return one.function == kRead && one.outcome != Outcome::kOk;
  });
  return operations;
}

// Keeps the operations whose sources are among them. A value that was written again after it had
// been forgotten is no source for an operation that had observed it before.
Operations with_known_sources(Operations operations, const std::string& initial) {
  for (std::size_t before = 0; before != operations.size();) {
    before = operations.size();
    std::unordered_map<std::string, std::uint64_t> written;  // when that began
    for (const StreamedOperation& one : operations) {
      if (one.function != kRead) written.try_emplace(one.written, one.invoke);
    }
    std::erase_if(operations, [&](const StreamedOperation& one) {
      if (!observes(one) || one.observed == initial) return false;
      const auto source = written.find(one.observed);
      return source == written.end() ||
             (one.outcome == Outcome::kOk && one.complete < source->second);
    });
  }
  return operations;
}

Event event(HistoryBuilder& builder, const StreamedKey& key, const StreamedOperation& operation) {
  Event event;
  event.process = operation.process;
  event.index = operation.invoke_index;
  event.time = operation.invoke_time;
  event.key = builder.key(key.name);
  event.function = operation.function;
  const std::string text = operation.function == kCas
                               ? fmt::format("[{},{}]", operation.observed, operation.written)
                           : operation.function == kWrite ? operation.written
                                                          : "null";
  event.value = parse_json_value(builder.values(), text).value_or(kNullValue);
  return event;
}

Event completion(HistoryBuilder& builder, Event event, const StreamedOperation& operation) {
  event.index = operation.complete_index;
  event.time = operation.complete_time;
  event.type = operation.outcome == Outcome::kOk ? EventType::kOk : EventType::kFail;
  if (operation.function == kRead) {
    event.value = parse_json_value(builder.values(), operation.observed).value_or(kNullValue);
  }
  return event;
}

// Lenient, because a process may continue after an operation of which only the invocation is
// remembered.
std::optional<History> history_of(const StreamedKey& key, const Operations& operations) {
  HistoryBuilder builder(key.file, {.lenient = true});
  builder.order_by_index();
  for (const std::string& name : key.process_names) builder.process(name);
  std::map<std::uint64_t, Event> events;
  for (const StreamedOperation& operation : operations) {
    const Event begin = event(builder, key, operation);
    events[operation.invoke] = begin;
    if (operation.outcome == Outcome::kInfo) continue;
    events[operation.complete] = completion(builder, begin, operation);
  }
  for (const auto& [at, one] : events) builder.add(one);
  builder.history().initial = parse_json_value(builder.values(), key.initial_json);
  auto built = builder.finish(Budget(kCheckTime, std::uint64_t{1} << 30));
  if (auto* history = std::get_if<History>(&built)) return std::move(*history);
  return std::nullopt;
}

std::optional<Violation> checked_alone(const StreamedKey& key, Operations operations) {
  operations = with_known_sources(each_once(std::move(operations)), key.initial_json);
  const auto history = history_of(key, operations);
  if (!history) return std::nullopt;
  Report report = check_history(*history, {.model = key.model, .time_limit = kCheckTime});
  if (report.violations.empty()) return std::nullopt;
  return std::move(report.violations.front());
}

const char* function(const StreamedOperation& operation) {
  return operation.function == kRead ? "read" : operation.function == kWrite ? "write" : "cas";
}

std::string process_text(const StreamedKey& key, std::int64_t process) {
  if (process >= 0) return std::to_string(process);
  return key.process_names[static_cast<std::size_t>(-1 - process)];
}

std::string described(const StreamedKey& key, const StreamedOperation& operation) {
  const std::string of_key = key.name.empty() ? "" : " of " + key.name;
  const std::string saw =
      operation.function == kRead ? " that returned " + operation.observed
      : operation.function == kWrite
          ? " of " + operation.written
          : fmt::format(" from {} to {}", operation.observed, operation.written);
  return fmt::format("{}{} by process {}{}", function(operation), of_key,
                     excerpt(process_text(key, operation.process)), excerpt(saw));
}

std::string sentence(const StreamedKey& key, const StreamedClash& clash) {
  const std::string late = described(key, clash.late);
  switch (clash.anomaly) {
    case Anomaly::kGarbageRead:
      return late + ": no operation had written that by then, or it was overwritten long before";
    case Anomaly::kAbortedRead:
      return late + ", though its write failed: an aborted read";
    case Anomaly::kLostUpdate:
      return fmt::format("{} and {} both took effect: a lost update", late,
                         described(key, *clash.before));
    case Anomaly::kCyclicCas:
      return late + ": its value can only come from itself, a cyclic cas";
    default:
      break;
  }
  if (!clash.before) return late + " came too late: a stale read or lost write";
  const bool same = !clash.newer || clash.newer->invoke == clash.before->invoke;
  return fmt::format(
      "{} began after {} was over, {} comes after what it saw: a stale read or lost write", late,
      described(key, *clash.before), same ? "which" : "and " + described(key, *clash.newer));
}

void add(const StreamedKey& key, Violation& violation, const StreamedOperation& operation) {
  for (const OperationView& known : violation.operations) {
    if (known.index == operation.invoke_index) return;
  }
  OperationView view;
  view.process = operation.process;
  view.process_name = process_text(key, operation.process);
  view.function = function(operation);
  view.value = operation.function == kCas
                   ? fmt::format("[{},{}]", operation.observed, operation.written)
               : operation.function == kRead ? operation.observed
                                             : operation.written;
  view.invoke_time = operation.invoke_time;
  view.complete_time = operation.complete_time;
  view.index = operation.invoke_index;
  if (operation.complete_index > operation.invoke_index) {
    view.complete_index = operation.complete_index;
    view.outcome = Outcome::kOk;
  }
  violation.operations.push_back(std::move(view));
}

Violation as_streamed(const StreamedKey& key, const StreamedClash& clash) {
  Violation violation;
  // The stream lacks the later operations that would distinguish the two.
  violation.anomaly = clash.anomaly == Anomaly::kStaleRead ? Anomaly::kStaleOrLost : clash.anomaly;
  violation.key = key.name;
  violation.sentence = sentence(key, clash);
  for (const auto* operation : {&clash.newer, &clash.before}) {
    if (*operation && (*operation)->invoke > 0) add(key, violation, **operation);
  }
  add(key, violation, clash.late);
  return violation;
}

}  // namespace

Violation explain_clash(const StreamedKey& key, const StreamedClash& clash,
                        std::vector<StreamedOperation> remembered) {
  CHECK(!clash.not_applicable, "a clash is a violation");
  // It is unknown here whether the value was never written, or was written and forgotten.
  if (clash.anomaly == Anomaly::kGarbageRead) return as_streamed(key, clash);
  if (clash.known_by) remembered.push_back(*clash.known_by);
  if (auto violation = checked_alone(key, std::move(remembered))) return *std::move(violation);
  return as_streamed(key, clash);
}

}  // namespace capsize::checker
