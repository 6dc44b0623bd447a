#include "checker/history/builder.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "checker/history/times.h"
#include "checker/history/tuples.h"

namespace capsize::checker {

namespace {

// The number of names that a message lists.
constexpr std::size_t kNamesShown = 4;

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

HistoryBuilder::HistoryBuilder(std::string file, const ReadOptions& options) : options_(options) {
  history_.file = std::move(file);
  for (const char* known : {"read", "write", "cas", "append", "delete"}) function(known);
}

std::optional<std::int64_t> HistoryBuilder::time(double in_file) const {
  return scaled_time(in_file, options_.time_unit);
}

std::optional<std::int64_t> HistoryBuilder::time(std::string_view in_file) const {
  return parse_time(in_file, options_.time_unit);
}

std::string HistoryBuilder::time_expected() const {
  if (options_.time_unit) return "a time, as a number or as 2024-05-01T10:00:00.1Z";
  return "whole nanoseconds, a time such as 2024-05-01T10:00:00.1Z, or --time-unit to say what the "
         "numbers are";
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

bool HistoryBuilder::tolerate(const Malformed& malformed, MayHide may_hide) {
  if (!options_.lenient) return false;
  history_.may_lack_operations |= may_hide == MayHide::kOperations;
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
  // The functions that nearly all operations use, without hashing.
  for (FunctionId id = kRead; id <= kCas && id < history_.functions.size(); ++id) {
    if (history_.functions[id] == name) return id;
  }
  if (const auto found = function_ids_.find(name); found != function_ids_.end()) {
    return found->second;
  }
  const std::string found(name);
  const std::string meant = contains(options_.own_functions, name)
                                ? found
                                : std::string(usual_name(found, options_.known_functions));
  calls_get_and_put_ =
      calls_get_and_put_ || (meant != found && (meant == "read" || meant == "write"));
  if (const auto known = function_ids_.find(meant); known != function_ids_.end()) {
    function_ids_.emplace(found, known->second);
    return known->second;
  }
  if (history_.functions.size() >= kFunctionsMax) return std::nullopt;
  const auto id = static_cast<FunctionId>(history_.functions.size());
  history_.functions.push_back(meant);
  function_is_known_.push_back(options_.known_functions.empty() || is_step(meant) ||
                               contains(options_.known_functions, meant) ||
                               contains(options_.own_functions, meant));
  function_ids_.emplace(meant, id);
  function_ids_.emplace(found, id);
  return id;
}

std::int64_t HistoryBuilder::process(std::string_view name) {
  if (const auto found = process_ids_.find(name); found != process_ids_.end()) return found->second;
  history_.process_names.emplace_back(name);
  skipped_events_.push_back(0);
  const auto id = -static_cast<std::int64_t>(history_.process_names.size());
  process_ids_.emplace(name, id);
  return id;
}

std::optional<Malformed> HistoryBuilder::holds_nothing(std::string expected) const {
  if (events() > 0 || skipped_lines_ == 0) return std::nullopt;
  return Malformed{history_.file, 0, 0,
                   fmt::format("{} lines and no operation in any of them", skipped_lines_),
                   std::move(expected)};
}

std::uint64_t HistoryBuilder::skipped_events() const {
  return std::accumulate(skipped_events_.begin(), skipped_events_.end(), std::uint64_t{0});
}

std::string HistoryBuilder::process_text(std::int64_t process) const {
  return excerpt(history_.process_text(process));
}

std::uint64_t HistoryBuilder::memory_bytes() const {
  // The operations exist in addition to the events.
  return events_.memory_bytes() + intervals_.memory_bytes() + operations_ * sizeof(Operation) +
         history_.values.memory_bytes_with_growth() +
         (history_.keys.size() + other_processes_.size() + process_ids_.size()) * 192;
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
  in_order_ = sorted;
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
  if (process.ended && event.process >= 0) {
    return wrong(event, fmt::format("process {} again", process_text(event.process)),
                 fmt::format("a new process number, since the operation of process {} was left "
                             "indeterminate on line {}",
                             process_text(event.process), process.ended_line));
  }
  if (process.open != kNever) {
    return wrong(event,
                 fmt::format("a second open operation of process {}", process_text(event.process)),
                 fmt::format("the completion of the one it invoked as event {}",
                             history_.index_of(history_.operations[process.open].invoke)));
  }
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::forbids_completion(const Event& event,
                                                            const Process& process) const {
  if (process.open == kNever) {
    return wrong(event, fmt::format("a completion of process {}", process_text(event.process)),
                 process.ended ? fmt::format("nothing more of it after line {}", process.ended_line)
                               : invocation_expected());
  }
  const Operation& operation = history_.operations[process.open];
  if (event.function != operation.function) {
    return wrong(event, fmt::format("a completion of \"{}\"", history_.functions[event.function]),
                 fmt::format("one of \"{}\", which process {} has open",
                             history_.functions[operation.function], process_text(event.process)));
  }
  if (event.has_key && event.key != operation.key) {
    return wrong(event, fmt::format("key {}", excerpt(history_.keys[event.key])),
                 fmt::format("key {}, as process {} invoked it",
                             excerpt(history_.keys[operation.key]), process_text(event.process)));
  }
  return std::nullopt;
}

// What to do if a completion has no invocation.
std::string HistoryBuilder::invocation_expected() const {
  if (!history_.operations.empty()) return "an invocation of it before";
  return "an invocation of it before; the file has none: --sequence takes each line as an "
         "operation "
         "that ended before the next began";
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
  Process& its = state_of(event.process);
  if (event.type == EventType::kInvoke) {
    auto error = forbids_invocation(event, its);
    if (error && !tolerate(*error, MayHide::kNothing)) return error;
    invoke(event, at, its);
    return std::nullopt;
  }
  // The nemesis reports what it did; it does not invoke operations.
  if (event.process < 0 && event.type == EventType::kInfo && its.open == kNever) {
    ++skipped_events_[static_cast<std::size_t>(-1 - event.process)];
    return std::nullopt;
  }
  auto error = forbids_completion(event, its);
  if (!error) {
    complete(event, at, its);
  } else if (!tolerate(*error, MayHide::kNothing)) {
    return error;
  } else {
    its.open = kNever;  // nothing is known about the end of the open operation
  }
  return std::nullopt;
}

std::optional<Malformed> HistoryBuilder::split_tuples() {
  if (options_.independent == false) return std::nullopt;
  const TupleShape shape = shape_of_tuples(events_, history_.values, history_.functions);
  if (!shape.are_tuples() && !options_.independent) return std::nullopt;
  if (!options_.independent && shape.tuples < shape.invocations) {
    return Malformed{history_.file, shape.first_other_line, 1,
                     fmt::format("a value that is no [key value] pair, as those of {} of {} "
                                 "invocations are",
                                 shape.tuples, shape.invocations),
                     "--independent to leave out what has no key, or --no-independent to take the "
                     "pairs as values"};
  }
  history_.keys.clear();
  history_.key_is_text.clear();
  for (auto& ids : key_ids_) ids.clear();
  invocations_.clear();
  operations_ = 0;
  Chunked<Event> all;
  std::swap(all, events_);
  std::uint64_t left_out = 0;
  std::vector<std::uint64_t> kept;  // their indexes in the file
  for (std::size_t i = 0; i < all.size(); ++i) {
    Event event = all[i];
    const auto pair = tuple_of(event, history_.values);
    if (!pair && event.type == EventType::kInvoke) {
      ++left_out;
      without_key_.insert(event.process);
      history_.may_lack_operations |= event.function != kRead;
      continue;
    }
    if (event.type != EventType::kInvoke && without_key_.erase(event.process) > 0) continue;
    if (!pair && event.type == EventType::kOk &&
        (event.function == kRead || event.value != kNullValue)) {
      return wrong(event, fmt::format("value {}", excerpt(history_.values.json(event.value))),
                   fmt::format("a pair [key value], as process {} was asked for",
                               process_text(event.process)));
    }
    if (pair) {
      const auto& [its_key, value] = *pair;
      const bool text = history_.values.kind(its_key) == ValueTable::Kind::kText;
      event.key =
          text ? key(history_.values.as_text(its_key)) : key(history_.values.json(its_key), false);
      event.value = value;
      event.has_key = true;
    }
    if (i % Chunked<Event>::kChunk == 0) all.release_before(i);
    if (options_.independent) kept.push_back(history_.index_of(static_cast<Position>(i)));
    add(event);
  }
  if (left_out > 0) history_.file_index = std::move(kept);
  if (left_out > 0) {
    history_.notes.push_back(
        fmt::format("{} operations without a key left out (--independent)", left_out));
  }
  history_.notes.push_back(
      fmt::format("values are [key value] pairs: {} keys (--no-independent takes them as values)",
                  history_.keys.size()));
  return std::nullopt;
}

HistoryBuilder::Process& HistoryBuilder::state_of(std::int64_t number) {
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

// Places each operation in its key's part of the history, in order of invocation.
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

// Makes each completion an operation of its own that ends before the next one begins.
std::optional<Malformed> HistoryBuilder::expand_sequence() {
  if (!options_.sequence) return std::nullopt;
  Chunked<Event> all;
  std::swap(all, events_);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Event event = all[i];
    if (event.type == EventType::kInvoke) {
      return wrong(event, "an invocation", "completions only, as --sequence says");
    }
    // The key may be on either event of an operation.
    if (!event.has_key) event.key = key("", false);
    Event invocation = event;
    invocation.type = EventType::kInvoke;
    add(invocation);
    add(event);
  }
  history_.file_index.clear();  // each event of the file became two
  return std::nullopt;
}

// inc and dec are additions of 1 and -1, or of their value.
void HistoryBuilder::translate_steps() {
  const auto id_of = [this](std::string_view name) -> std::optional<FunctionId> {
    const auto found = function_ids_.find(name);
    if (found == function_ids_.end() || contains(options_.own_functions, name)) return std::nullopt;
    return found->second;
  };
  const auto inc = id_of("inc");
  const auto dec = id_of("dec");
  const auto addition = inc || dec ? function("add") : std::nullopt;
  if (!addition) return;
  ValueTable& values = history_.values;
  for (Operation& operation : history_.operations) {
    if (operation.function != inc && operation.function != dec) continue;
    const bool up = operation.function == inc;
    operation.function = *addition;
    const bool by_one = operation.argument == kNullValue;
    if (!by_one && values.kind(operation.argument) != ValueTable::Kind::kInteger) continue;
    const std::int64_t amount = by_one ? 1 : values.as_integer(operation.argument);
    // Unsigned, because the smallest number cannot be negated.
    operation.argument = values.integer(
        up ? amount : static_cast<std::int64_t>(-static_cast<std::uint64_t>(amount)));
  }
}

// Many stores whose functions are get and put return "" for a key that was never written, others
// null. The values that were read show which one this store returns.
void HistoryBuilder::take_empty_text_as_initial() {
  if (!calls_get_and_put_ || history_.initial) return;
  const ValueId empty = history_.values.find_text("");
  if (empty == kNoValue) return;
  bool is_read = false;
  for (const Operation& operation : history_.operations) {
    if (operation.function == kWrite && operation.argument == empty) return;
    if (operation.function != kRead || operation.outcome != Outcome::kOk) continue;
    if (operation.result == kNullValue) return;
    is_read = is_read || operation.result == empty;
  }
  if (!is_read) return;
  history_.initial = empty;
  history_.notes.emplace_back(
      R"(a key that was never written reads as "" here, and is taken to hold that (--initial))");
}

void HistoryBuilder::note_what_was_skipped() {
  std::string names;
  std::uint64_t events = 0;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < skipped_events_.size(); ++i) {
    if (skipped_events_[i] == 0) continue;
    events += skipped_events_[i];
    if (shown == kNamesShown) names += ", ...";
    if (shown++ < kNamesShown) {
      names +=
          fmt::format("{}\"{}\"", names.empty() ? "" : ", ", excerpt(history_.process_names[i]));
    }
  }
  if (events > 0) {
    history_.notes.push_back(
        fmt::format("{} events of {} skipped: they are no operations of a client", events, names));
  }
  if (skipped_lines_ > 0) {
    history_.notes.push_back(
        fmt::format("{} lines skipped: they hold no operation of a client", skipped_lines_));
  }
}

// The remaining fields, once the operations are complete.
void HistoryBuilder::complete_history() {
  translate_steps();
  take_empty_text_as_initial();
  note_what_was_skipped();
  history_.count_outcomes();
}

std::variant<History, Malformed, LimitReached> HistoryBuilder::finish(const Budget& budget) {
  if (!intervals_.empty()) {
    const auto ask = [this](const Malformed& malformed) {
      return tolerate(malformed, MayHide::kNothing);
    };
    if (auto error =
            intervals_.place(options_.clock_error, options_.time_unit.has_value(), ask, history_)) {
      return *std::move(error);
    }
    history_.may_lack_operations |= history_.cut_off;
    complete_history();
    return std::move(history_);
  }
  if (ordered_by_index_ && !is_dense_) {
    if (auto error = sort_by_index()) return *std::move(error);
  }
  // A truncated file in the order of events is simply a shorter history.
  history_.may_lack_operations |= history_.cut_off && !in_order_;
  if (auto error = expand_sequence()) return *std::move(error);
  if (auto error = split_tuples()) return *std::move(error);
  find_places();
  if (auto failed = pair_events(budget)) {
    if (auto* error = std::get_if<Malformed>(&*failed)) return std::move(*error);
    return std::get<LimitReached>(std::move(*failed));
  }
  events_ = {};
  complete_history();
  return std::move(history_);
}

}  // namespace capsize::checker
