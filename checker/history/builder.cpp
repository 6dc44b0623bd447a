#include "checker/history/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace capsize::checker {

std::optional<EventType> event_type(std::string_view name) {
  if (name == "invoke") return EventType::kInvoke;
  if (name == "ok") return EventType::kOk;
  if (name == "fail") return EventType::kFail;
  if (name == "info") return EventType::kInfo;
  return std::nullopt;
}

HistoryBuilder::HistoryBuilder(std::string file) {
  history_.file = std::move(file);
  for (const char* known : {"read", "write", "cas", "append", "delete"}) function(known);
}

KeyId HistoryBuilder::key(std::string_view text, bool is_string) {
  auto& ids = key_ids_[is_string ? 1 : 0];
  if (const auto found = ids.find(text); found != ids.end()) return found->second;
  const auto id = static_cast<KeyId>(history_.keys.size());
  history_.keys.emplace_back(text);
  ids.emplace(text, id);
  return id;
}

std::optional<FunctionId> HistoryBuilder::function(std::string_view name) {
  if (const auto found = function_ids_.find(name); found != function_ids_.end()) {
    return found->second;
  }
  if (history_.functions.size() >= kFunctionsMax) return std::nullopt;
  const auto id = static_cast<FunctionId>(history_.functions.size());
  history_.functions.emplace_back(name);
  function_ids_.emplace(name, id);
  return id;
}

std::uint64_t HistoryBuilder::memory_bytes() const {
  // Twice the events: operations are built beside them before they are let go.
  return events_.capacity() * sizeof(Event) + events_.size() * sizeof(Operation) +
         history_.values.memory_bytes() + history_.keys.size() * 128;
}

Malformed HistoryBuilder::wrong(const Event& event, std::string found, std::string expected) const {
  return {history_.file, event.line, 1, std::move(found), std::move(expected)};
}

std::optional<Malformed> HistoryBuilder::sort_by_index() {
  const auto by_index = [](const Event& a, const Event& b) { return a.index < b.index; };
  if (!std::is_sorted(events_.begin(), events_.end(), by_index)) {
    std::stable_sort(events_.begin(), events_.end(), by_index);
  }
  bool dense = true;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (i > 0 && events_[i].index == events_[i - 1].index) {
      return wrong(events_[i], fmt::format("index {} a second time", events_[i].index),
                   fmt::format("an index of its own (line {} has it)", events_[i - 1].line));
    }
    dense = dense && events_[i].index == i;
  }
  if (!dense) {
    history_.file_index.reserve(events_.size());
    for (const Event& event : events_) history_.file_index.push_back(event.index);
  }
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::invoke(const Event& event, Position at, Process& process) {
  if (process.ended) {
    return wrong(event, fmt::format("process {} again", event.process),
                 fmt::format("a new process number, since the operation of process {} was left "
                             "indeterminate on line {}",
                             event.process, process.ended_line));
  }
  if (process.open != kNever) {
    return wrong(event, fmt::format("a second open operation of process {}", event.process),
                 fmt::format("the completion of the one it invoked as event {}",
                             history_.index_of(operations_[process.open].invoke)));
  }
  process.open = static_cast<std::uint32_t>(operations_.size());
  Operation operation;
  operation.invoke_time = event.time;
  operation.process = event.process;
  operation.key = event.key;
  operation.argument = event.value;
  operation.invoke = at;
  operation.function = event.function;
  operations_.push_back(operation);
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::complete(const Event& event, Position at,
                                                  Process& process) {
  if (process.open == kNever) {
    return wrong(event, fmt::format("a completion of process {}", event.process),
                 process.ended ? fmt::format("nothing more of it after line {}", process.ended_line)
                               : std::string("an invocation of it before"));
  }
  Operation& operation = operations_[process.open];
  if (event.function != operation.function) {
    return wrong(event, fmt::format("a completion of \"{}\"", history_.functions[event.function]),
                 fmt::format("one of \"{}\", which process {} has open",
                             history_.functions[operation.function], event.process));
  }
  if (event.has_key && event.key != operation.key) {
    return wrong(event, fmt::format("key {}", excerpt(history_.keys[event.key])),
                 fmt::format("key {}, as process {} invoked it",
                             excerpt(history_.keys[operation.key]), event.process));
  }
  operation.complete_time = event.time;
  if (event.type == EventType::kInfo) {
    process.ended = true;
    process.ended_line = event.line;
  } else {
    operation.complete = at;
    operation.result = event.value;
    operation.mismatch = event.mismatch;
    operation.outcome = event.type == EventType::kOk ? Outcome::kOk : Outcome::kFail;
  }
  process.open = kNever;
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::pair_events() {
  operations_.reserve(events_.size() / 2 + 1);
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const Event& event = events_[i];
    Process& process = processes_[event.process];
    const auto at = static_cast<Position>(i);
    auto error = event.type == EventType::kInvoke ? invoke(event, at, process)
                                                  : complete(event, at, process);
    if (error) return error;
  }
  return std::nullopt;
}

void HistoryBuilder::group_by_key() {
  // A counting sort: linear, and it keeps the order of invocation within a key.
  auto& begin = history_.key_begin;
  begin.assign(history_.keys.size() + 1, 0);
  for (const Operation& operation : operations_) ++begin[operation.key + 1];
  for (std::size_t key = 1; key < begin.size(); ++key) begin[key] += begin[key - 1];
  if (history_.keys.size() == 1) {
    history_.operations = std::move(operations_);
    return;
  }
  std::vector<std::uint64_t> next(begin.begin(), begin.end() - 1);
  history_.operations.resize(operations_.size());
  for (const Operation& operation : operations_) {
    history_.operations[next[operation.key]++] = operation;
  }
}

void HistoryBuilder::count() {
  HistoryCounts& counts = history_.counts;
  counts.operations = history_.operations.size();
  for (const Operation& operation : history_.operations) {
    counts.ok += operation.outcome == Outcome::kOk;
    counts.fail += operation.outcome == Outcome::kFail;
    counts.info += operation.outcome == Outcome::kInfo;
  }
  counts.keys = history_.keys.size();
  counts.processes = processes_.size();
}

std::variant<History, Malformed> HistoryBuilder::finish() {
  std::optional<Malformed> error;
  if (ordered_by_index_) error = sort_by_index();
  if (!error) error = pair_events();
  if (error) return *std::move(error);
  events_ = {};
  group_by_key();
  count();
  return std::move(history_);
}

}  // namespace capsize::checker
