#include "checker/history/builder.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace capsize::checker {

HistoryBuilder::HistoryBuilder(std::string file, const ReadOptions& options) : options_(options) {
  history_.file = std::move(file);
  for (const char* known : {"read", "write", "cas", "append", "delete"}) function(known);
}

std::optional<EventType> HistoryBuilder::type(std::string_view name) const {
  name = options_.vocabulary.type(name);
  if (name == "invoke") return EventType::kInvoke;
  if (name == "ok") return EventType::kOk;
  if (name == "fail") return EventType::kFail;
  if (name == "info") return EventType::kInfo;
  return std::nullopt;
}

std::optional<Outcome> HistoryBuilder::outcome(std::string_view name) const {
  switch (type(name).value_or(EventType::kInvoke)) {
    case EventType::kOk:
      return Outcome::kOk;
    case EventType::kFail:
      return Outcome::kFail;
    case EventType::kInfo:
      return Outcome::kInfo;
    default:
      return std::nullopt;
  }
}

bool HistoryBuilder::tolerate(const Malformed& malformed) {
  if (!options_.lenient) return false;
  if (history_.skipped.count++ == 0) history_.skipped.first = malformed.message();
  return true;
}

KeyId HistoryBuilder::key(std::string_view text, bool is_string) {
  auto& ids = key_ids_[is_string ? 1 : 0];
  if (const auto found = ids.find(text); found != ids.end()) return found->second;
  const auto id = static_cast<KeyId>(history_.keys.size());
  history_.keys.emplace_back(text);
  history_.key_is_text.push_back(is_string);
  ids.emplace(text, id);
  return id;
}

std::optional<FunctionId> HistoryBuilder::function(std::string_view name) {
  name = options_.vocabulary.function(name);
  // The few that nearly all operations use, without a hash.
  for (FunctionId id = kRead; id <= kCas && id < history_.functions.size(); ++id) {
    if (history_.functions[id] == name) return id;
  }
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
  // Operations are built beside the events.
  return events_.memory_bytes() + intervals_.memory_bytes() + operations_ * sizeof(Operation) +
         history_.values.memory_bytes_with_growth() +
         (history_.keys.size() + other_processes_.size()) * 192;
}

Malformed HistoryBuilder::wrong(const Event& event, std::string found, std::string expected) const {
  return {history_.file, event.line, 1, std::move(found), std::move(expected)};
}

std::optional<Malformed> HistoryBuilder::sort_by_index() {
  const auto by_index = [](const Event& a, const Event& b) { return a.index < b.index; };
  bool sorted = true;
  for (std::size_t i = 1; i < events_.size() && sorted; ++i) {
    sorted = !by_index(events_[i], events_[i - 1]);
  }
  if (!sorted) {
    std::vector<Event> all;
    all.reserve(events_.size());
    for (std::size_t i = 0; i < events_.size(); ++i) all.push_back(events_[i]);
    std::stable_sort(all.begin(), all.end(), by_index);
    for (std::size_t i = 0; i < all.size(); ++i) events_[i] = all[i];
  }
  bool dense = true;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (i > 0 && events_[i].index == events_[i - 1].index) {
      auto error = wrong(events_[i], fmt::format("index {} a second time", events_[i].index),
                         fmt::format("an index of its own (line {} has it)", events_[i - 1].line));
      if (!tolerate(error)) return error;
    }
    dense = dense && events_[i].index == i;
  }
  if (!dense) {
    history_.file_index.reserve(events_.size());
    for (std::size_t i = 0; i < events_.size(); ++i) {
      history_.file_index.push_back(events_[i].index);
    }
  }
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::forbids_invocation(const Event& event,
                                                            const Process& process) const {
  if (process.ended) {
    return wrong(event, fmt::format("process {} again", event.process),
                 fmt::format("a new process number, since the operation of process {} was left "
                             "indeterminate on line {}",
                             event.process, process.ended_line));
  }
  if (process.open != kNever) {
    return wrong(event, fmt::format("a second open operation of process {}", event.process),
                 fmt::format("the completion of the one it invoked as event {}",
                             history_.index_of(history_.operations[process.open].invoke)));
  }
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::forbids_completion(const Event& event,
                                                            const Process& process) const {
  if (process.open == kNever) {
    return wrong(event, fmt::format("a completion of process {}", event.process),
                 process.ended ? fmt::format("nothing more of it after line {}", process.ended_line)
                               : std::string("an invocation of it before"));
  }
  const Operation& operation = history_.operations[process.open];
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
  return std::nullopt;
}

void HistoryBuilder::invoke(const Event& event, Position at, Process& process) {
  process.ended = false;
  process.open = static_cast<std::uint32_t>(invocations_[event.key]++);
  Operation& operation = history_.operations[process.open];
  operation.invoke_time = event.time;
  operation.process = event.process;
  operation.key = event.key;
  operation.argument = event.value;
  operation.invoke = at;
  operation.function = event.function;
}

void HistoryBuilder::complete(const Event& event, Position at, Process& process) {
  Operation& operation = history_.operations[process.open];
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
}

std::optional<Malformed> HistoryBuilder::pair(const Event& event, Position at) {
  Process& its = process(event.process);
  if (event.type == EventType::kInvoke) {
    auto error = forbids_invocation(event, its);
    if (error && !tolerate(*error)) return error;
    invoke(event, at, its);
    return std::nullopt;
  }
  auto error = forbids_completion(event, its);
  if (!error) {
    complete(event, at, its);
  } else if (!tolerate(*error)) {
    return error;
  } else {
    its.open = kNever;  // whatever it was: nothing is known about its end
  }
  return std::nullopt;
}

bool HistoryBuilder::are_all_tuples() const {
  const ValueTable& values = history_.values;
  bool any_read = false;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const Event& event = events_[i];
    if (event.type != EventType::kInvoke) continue;
    if (event.has_key || values.kind(event.value) != ValueTable::Kind::kList) return false;
    const auto pair = values.as_list(event.value);
    if (pair.size() != 2) return false;
    if (event.function != kRead) continue;
    if (pair[1] != kNullValue) return false;
    any_read = true;
  }
  return any_read;
}

void HistoryBuilder::split_tuples() {
  if (!tuples_allowed_ || !are_all_tuples()) return;
  history_.keys.clear();
  history_.key_is_text.clear();
  for (auto& ids : key_ids_) ids.clear();
  invocations_.clear();
  for (std::size_t i = 0; i < events_.size(); ++i) {
    Event& event = events_[i];
    const bool is_list = history_.values.kind(event.value) == ValueTable::Kind::kList;
    if (!is_list || history_.values.as_list(event.value).size() != 2) continue;
    const ValueId its_key = history_.values.as_list(event.value)[0];
    event.value = history_.values.as_list(event.value)[1];
    const bool text = history_.values.kind(its_key) == ValueTable::Kind::kText;
    event.key =
        text ? key(history_.values.as_text(its_key)) : key(history_.values.json(its_key), false);
    event.has_key = true;
    if (event.type != EventType::kInvoke) continue;
    invocations_.resize(history_.keys.size());
    ++invocations_[event.key];
  }
}

HistoryBuilder::Process& HistoryBuilder::process(std::int64_t number) {
  Process* found = nullptr;
  if (number >= kDenseProcesses || number < 0) {
    found = &other_processes_[number];
  } else {
    const auto place = static_cast<std::size_t>(number);
    if (place >= dense_processes_.size()) dense_processes_.resize(2 * place + 16);
    found = &dense_processes_[place];
  }
  if (!found->known) ++history_.counts.processes;
  found->known = true;
  return *found;
}

// Each operation goes to where its key's part of the history is, in order of invocation.
void HistoryBuilder::find_places() {
  auto& begin = history_.key_begin;
  begin.assign(history_.keys.size() + 1, 0);
  invocations_.resize(history_.keys.size());
  for (std::size_t key = 0; key < invocations_.size(); ++key) {
    begin[key + 1] = begin[key] + invocations_[key];
    invocations_[key] = begin[key];
  }
  history_.operations.resize(begin.back());
}

std::optional<std::variant<Malformed, LimitReached>> HistoryBuilder::pair_events(
    const Budget& budget) {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (i % Chunked<Event>::kChunk == 0) {
      if (budget.time_is_up()) return LimitReached{"the time bound ended the pairing of events"};
      events_.release_before(i);
    }
    if (auto error = pair(events_[i], static_cast<Position>(i))) return *std::move(error);
  }
  return std::nullopt;
}

std::variant<History, Malformed, LimitReached> HistoryBuilder::finish(const Budget& budget) {
  if (!intervals_.empty()) {
    const auto ask = [this](const Malformed& malformed) { return tolerate(malformed); };
    if (auto error = intervals_.place(options_.clock_error, ask, history_)) {
      return *std::move(error);
    }
    history_.count_outcomes();
    return std::move(history_);
  }
  if (ordered_by_index_ && !is_dense_) {
    if (auto error = sort_by_index()) return *std::move(error);
  }
  split_tuples();
  find_places();
  if (auto failed = pair_events(budget)) {
    if (auto* error = std::get_if<Malformed>(&*failed)) return std::move(*error);
    return std::get<LimitReached>(std::move(*failed));
  }
  events_ = {};
  history_.count_outcomes();
  return std::move(history_);
}

}  // namespace capsize::checker
