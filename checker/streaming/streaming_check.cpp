#include "checker/streaming/streaming_check.h"

#include <fmt/core.h>

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/check.h"
#include "checker/history/format.h"
#include "checker/history/load.h"
#include "checker/streaming/explain_clash.h"
#include "checker/streaming/streamed_register.h"

namespace capsize::checker {
namespace {

// The number of lines that are read into one builder before it is discarded.
constexpr std::size_t kLinesAtATime = 512;
constexpr std::uint64_t kBytesPerValue = 2048;  // of one remembered value, with its operations

}  // namespace

// Not in the anonymous namespace, because a class that the header declares holds one.
class HistoryFollower {
 public:
  HistoryFollower(std::string file, const FollowOptions& options, const HistoryFormat& format)
      : options_(options), parser_(format.make_parser()) {
    report_.file = std::move(file);
    report_.format = format.name;
    report_.model = "register";
    report_.reason = "the history is empty";
  }

  /// Until the lines end or the verdict is final.
  void read(LineReader& lines) {
    while (!is_final() && read_some(lines)) {
    }
  }

  [[nodiscard]] bool is_final() const { return report_.verdict != Verdict::kVacuous; }

  /// The report if the history ends here.
  [[nodiscard]] Report report() const {
    Report report = report_;
    report.counts.info += open_.size();
    report.counts.keys = keys_.size();
    if (report.verdict == Verdict::kVacuous && report.counts.ok > 0) {
      report.verdict = Verdict::kValid;
      report.reason.clear();
    } else if (report.verdict == Verdict::kVacuous && report.counts.operations > 0) {
      report.reason = "no operation was acknowledged";
    }
    if (!keys_.empty()) report.algorithms["streamed-register"] = keys_.size();
    return report;
  }

 private:
  struct Key {
    std::string name;
    StreamedRegister values;
  };
  struct Open {
    StreamedOperation operation;
    Key* key = nullptr;
  };

  bool usage_error(const Malformed& malformed) {
    report_.verdict = Verdict::kUsageError;
    report_.malformed = malformed;
    report_.reason = malformed.message();
    return false;
  }

  // Into a builder of its own, so that no table of values grows with the history. Events of the
  // lines before an error count, an error comes after them.
  bool read_some(LineReader& lines) {
    HistoryBuilder builder(report_.file, options_.reading);
    std::optional<Malformed> error;
    bool more = false;
    for (std::size_t i = 0; i < kLinesAtATime && !error; ++i) {
      const auto line = lines.next();
      more = line.has_value();
      if (!more) break;
      if (auto found = parser_->parse(*line, builder)) {
        if (!line->terminated && found->may_be_cut_off) {
          report_.cut_off = true;
        } else if (!builder.tolerate(found->malformed)) {
          error = std::move(found->malformed);
        }
      }
      // Judges the lines that have arrived before waiting for more.
      if (lines.would_wait()) break;
    }
    if (!more && !error) error = lines.failure(report_.file);
    if (builder.history().initial && !initial_) {
      initial_ = builder.values().json(*builder.history().initial);
    }
    const auto& events = builder.raw_events();
    for (std::size_t i = 0; i < events.size(); ++i) {
      Event event = events[i];
      if (event.process < 0) {
        event.process = number_of(builder.history().process_text(event.process));
        if (!is_client(builder.history().functions[event.function])) continue;
      }
      if (!step(builder, event)) return false;
    }
    if (builder.has_intervals()) {
      error = Malformed{report_.file, 0, 0, fmt::format("format {}", report_.format),
                        "a format that can be followed: jsonl, edn or jepsen-log"};
    }
    report_.skipped.count += builder.history().skipped.count;
    if (report_.skipped.first.empty()) report_.skipped.first = builder.history().skipped.first;
    return error ? usage_error(*error) : more;
  }

  // Each batch of lines numbers the names of clients anew.
  std::int64_t number_of(const std::string& name) {
    const auto next = -1 - static_cast<std::int64_t>(process_numbers_.size());
    const auto [known, added] = process_numbers_.try_emplace(name, next);
    if (added) process_names_.push_back(name);
    return known->second;
  }

  static bool is_client(std::string_view function) {
    return function == "read" || function == "write" || function == "cas";
  }

  bool step(HistoryBuilder& builder, const Event& event) {
    ++now_;
    const auto wrong = [&](std::string found, std::string expected) {
      return usage_error({report_.file, event.line, 0, std::move(found), std::move(expected)});
    };
    indexed_ = indexed_ || builder.ordered_by_index();
    if (indexed_) {
      if (now_ > 1 && event.index <= index_) {
        return wrong(fmt::format("index {}", event.index),
                     fmt::format("more than {}, the one before", index_));
      }
      index_ = event.index;
    } else {
      index_ = now_ - 1;
    }
    const auto open = open_.find(event.process);
    if (event.type != EventType::kInvoke) {
      if (open == open_.end()) {
        return wrong(fmt::format("a completion of process {}", event.process),
                     "an invocation of it before");
      }
      return complete(builder, event, open);
    }
    if (open != open_.end()) {
      return wrong(fmt::format("an invocation of process {}", event.process),
                   "the completion of what it has open");
    }
    if (event.process >= 0 && ended_.contains(event.process)) {
      return wrong(fmt::format("an invocation of process {}", event.process),
                   "nothing more of it after its indeterminate operation");
    }
    return invoke(builder, event, wrong);
  }

  template <class Wrong>
  bool invoke(HistoryBuilder& builder, const Event& event, const Wrong& wrong) {
    const ValueTable& values = builder.values();
    StreamedOperation operation;
    operation.process = event.process;
    operation.invoke = now_;
    operation.invoke_index = index_;
    operation.invoke_time = event.time;
    switch (event.function) {
      case kRead:
        break;
      case kWrite:
        operation.function = kWrite;
        operation.written = values.json(event.value);
        break;
      case kCas:
        operation.function = kCas;
        if (values.kind(event.value) != ValueTable::Kind::kList ||
            values.as_list(event.value).size() != 2) {
          return wrong(excerpt(values.json(event.value)), "a pair [expected, new]");
        }
        operation.observed = values.json(values.as_list(event.value)[0]);
        operation.written = values.json(values.as_list(event.value)[1]);
        report_.model = "cas-register";
        break;
      default:
        return wrong(
            fmt::format("function \"{}\"", excerpt(builder.history().functions[event.function])),
            "read, write or cas: only registers can be followed");
    }
    ++report_.counts.operations;
    if (processes_.insert(event.process).second) ++report_.counts.processes;
    Key& key = key_of(builder.history().keys[event.key]);
    if (auto clash = key.values.invoke(operation)) return found(key, *clash);
    open_.emplace(event.process, Open{std::move(operation), &key});
    return within_memory();
  }

  using OpenIterator = std::unordered_map<std::int64_t, Open>::iterator;

  bool complete(HistoryBuilder& builder, const Event& event, OpenIterator place) {
    Open open = std::move(place->second);
    open_.erase(place);
    StreamedOperation& operation = open.operation;
    operation.complete = now_;
    operation.complete_index = index_;
    operation.complete_time = event.time;
    std::optional<StreamedClash> clash;
    if (event.type == EventType::kOk) {
      ++report_.counts.ok;
      if (operation.function == kRead) operation.observed = builder.values().json(event.value);
      operation.outcome = Outcome::kOk;
      clash = open.key->values.ok(operation);
    } else if (event.type == EventType::kFail) {
      ++report_.counts.fail;
      operation.outcome = Outcome::kFail;
      clash = open.key->values.fail(operation);
    } else {
      ++report_.counts.info;
      processes_.erase(event.process);
      ended_.insert(event.process);
      open.key->values.info(operation);
    }
    if (!clash) return true;
    clash->known_by = std::move(operation);
    return found(*open.key, *clash);
  }

  Key& key_of(const std::string& name) {
    auto& key = keys_[name];
    if (!key) {
      key.reset(new Key{name, StreamedRegister(initial())});
    }
    return *key;
  }

  std::string initial() const { return options_.initial_json.value_or(initial_.value_or("null")); }

  bool within_memory() {
    if (report_.counts.operations % kLinesAtATime != 0) return true;
    std::uint64_t values = open_.size();
    for (const auto& [name, key] : keys_) values += key->values.size();
    if (values * kBytesPerValue <= options_.memory_limit_bytes) return true;
    report_.verdict = Verdict::kUnknown;
    report_.reason = fmt::format(
        "the memory bound of {} bytes ended the following after {} operations: {} values may still "
        "be read",
        options_.memory_limit_bytes, report_.counts.operations, values);
    return false;
  }

  bool found(const Key& key, const StreamedClash& clash) {
    if (clash.not_applicable) {
      report_.verdict = Verdict::kUnknown;
      report_.unknown_keys = 1;
      report_.reason = fmt::format(
          "{}value {} is written again at index {} while the one before may still be read: check "
          "the "
          "file without following it",
          key.name.empty() ? "" : fmt::format("key {}: ", key.name), excerpt(clash.late.written),
          clash.late.invoke_index);
      return false;
    }
    Violation violation =
        explain_clash({report_.file, report_.model, key.name, initial(), process_names_}, clash,
                      key.values.remembered());
    report_.verdict = Verdict::kInvalid;
    report_.violating_keys = 1;
    report_.reason = violation.sentence;
    report_.violations.push_back(std::move(violation));
    return false;
  }

  const FollowOptions& options_;
  std::unique_ptr<LineParser> parser_;
  Report report_;
  std::uint64_t now_ = 0;  // events so far
  std::uint64_t index_ = 0;
  bool indexed_ = false;
  std::optional<std::string> initial_;  // of the header
  std::unordered_map<std::string, std::unique_ptr<Key>> keys_;
  std::unordered_map<std::string, std::int64_t> process_numbers_;  // of clients with names
  std::vector<std::string> process_names_;                         // in the order of their numbers
  std::unordered_map<std::int64_t, Open> open_;
  std::unordered_set<std::int64_t> processes_,
      ended_;  // those that may continue, and those that may not
};

Report follow(LineReader& lines, const std::string& file, const FollowOptions& options) {
  auto choice = choose_format(lines, file, options.reading);
  auto failure = lines.failure(file);
  if (!failure && std::holds_alternative<Malformed>(choice)) failure = std::get<Malformed>(choice);
  if (failure) {
    Report report;
    report.file = file;
    report.verdict = Verdict::kUsageError;
    report.malformed = failure;
    report.reason = failure->message();
    return report;
  }
  HistoryFollower follower(file, options, *std::get<const HistoryFormat*>(choice));
  follower.read(lines);
  return follower.report();
}

struct StreamingCheck::State {
  FollowOptions options;
  HistoryFollower follower;  // refers to `options`
  std::uint64_t lines = 0;
  State(std::string file, FollowOptions chosen, const HistoryFormat& format)
      : options(std::move(chosen)), follower(std::move(file), options, format) {}
};

StreamingCheck::StreamingCheck(std::string file, std::string_view format, FollowOptions options) {
  const HistoryFormat* known = find_format(format);
  CHECK(known != nullptr, "the format of a streaming check exists");
  state_ = std::make_unique<State>(std::move(file), std::move(options), *known);
}

StreamingCheck::~StreamingCheck() = default;
StreamingCheck::StreamingCheck(StreamingCheck&&) noexcept = default;
StreamingCheck& StreamingCheck::operator=(StreamingCheck&&) noexcept = default;

bool StreamingCheck::take(std::string_view lines) {
  LineReader reader = LineReader::of_text(lines);
  reader.count_lines(state_->lines);  // so that errors name the line of the file
  state_->follower.read(reader);
  state_->lines = reader.line_number();
  return !state_->follower.is_final();
}

Report StreamingCheck::so_far() const {
  return state_->follower.report();
}

}  // namespace capsize::checker
