// Operations of the checker Porcupine, as Go's encoding/json writes them: a list, or one per line.
//
//     {"ClientId":0,"Input":{"Op":1,"Key":"x","Value":"a"},"Call":1,
//      "Output":{"Value":""},"Return":2}
//
// Porcupine's users define Input and Output. Two kinds are known here: those of its own key-value
// tests (Op 0 or "get", 1 or "put", 2 or "append"; field names in any case), and the requests and
// responses of etcd's robustness tests (etcd_operations.h). Any other field of Input may change
// what the operation means, and is refused.
//
// As in Porcupine, operations of one client may overlap. One that never returned (no Return, or the
// largest number) and one whose Output has an error are indeterminate.
#include <fmt/core.h>
#include <simdjson.h>

#include <limits>

#include "checker/history/etcd_operations.h"
#include "checker/history/format.h"
#include "checker/history/json.h"
#include "checker/history/json_line.h"

namespace capsize::checker {
namespace {

using simdjson::dom::object;
using Found = std::optional<JsonLine::Element>;

bool recognises(std::string_view first_line, const Vocabulary& vocabulary) {
  if (vocabulary.renames_fields()) return false;
  const std::size_t brace = first_line.find_first_not_of(" \t");
  if (brace == std::string_view::npos || first_line[brace] != '{') return false;
  const std::string plain = lower_case(first_line.substr(0, LineReader::kLineBytesMax));
  for (const char* field : {"input", "call", "return"}) {
    if (column_of(plain, field) <= 1) return false;
  }
  return true;
}

Found member_of(const object& of, std::string_view name) {
  JsonLine::Element found;
  if (of.at_key_case_insensitive(name).get(found) != simdjson::SUCCESS || found.is_null())
    return {};
  return found;
}

Found member_of(const Found& of, std::string_view name) {
  object inner;
  if (!of || of->get(inner) != simdjson::SUCCESS) return {};
  return member_of(inner, name);
}

// A field of the input that may change what an operation means.
std::optional<std::string> unknown_field(const object& input) {
  for (const auto field : input) {
    const std::string name = lower_case(field.key);
    if (name != "op" && name != "key" && name != "value") return std::string(field.key);
  }
  return std::nullopt;
}

class PorcupineParser final : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) return std::nullopt;
    object fields;
    if (auto error = json_.parse(line, builder, fields)) return error;
    builder.allow_overlap();
    const Found input = member_of(fields, "Input");
    if (!input) return json_.wrong("Input", input, "what was asked");
    Interval interval;
    interval.line = static_cast<std::uint32_t>(line.number);
    if (auto error = read_times(fields, builder, interval)) return error;
    if (const Found client = member_of(fields, "ClientId")) {
      interval.process = json_process(builder, *client);
      if (!interval.process) return json_.wrong("ClientId", client, "the number of a client");
    }
    const Found output = member_of(fields, "Output");
    if (EtcdOperations::recognises(*input)) {
      auto problem = etcd_.add(*input, output, interval, builder);
      if (!problem) return std::nullopt;
      return json_.wrong(1, std::move(problem->found), std::move(problem->expected));
    }
    return operation(*input, output, interval, builder);
  }

  std::optional<Malformed> finish(HistoryBuilder& builder) override {
    etcd_.finish(builder);
    if (errors_ > 0) {
      builder.history().notes.push_back(
          fmt::format("{} operations with an error are taken as indeterminate", errors_));
    }
    return std::nullopt;
  }

  std::uint64_t memory_bytes() const override { return etcd_.memory_bytes(); }

 private:
  std::optional<LineError> read_times(const object& fields, const HistoryBuilder& builder,
                                      Interval& interval) {
    const Found call = member_of(fields, "Call");
    const auto start = call ? json_time(builder, *call) : std::nullopt;
    if (!start || *start < 0) return json_.wrong("Call", call, builder.time_expected());
    interval.start = *start;
    // etcd's tests write 0 for an operation that never returned.
    const Found back = member_of(fields, "Return");
    std::int64_t raw = 0;
    const bool never = !back || (back->get(raw) == simdjson::SUCCESS &&
                                 (raw == 0 || raw == std::numeric_limits<std::int64_t>::max()));
    if (never && (raw != 0 || *start > 0 || !back)) return std::nullopt;
    interval.end = json_time(builder, *back);
    if (!interval.end || *interval.end < *start) {
      return json_.wrong("Return", back, fmt::format("a time not before the call, {}", *start));
    }
    return std::nullopt;
  }

  std::optional<LineError> operation(const JsonLine::Element& input, const Found& output,
                                     Interval& interval, HistoryBuilder& builder) {
    object fields;
    if (input.get(fields) != simdjson::SUCCESS) {
      return json_.wrong("Input", input, "an object with Op, Key and Value, or a request of etcd");
    }
    if (const auto field = unknown_field(fields)) {
      return json_.wrong(1, fmt::format("\"{}\" in \"Input\"", excerpt(*field)),
                         "Op, Key and Value only, as what else an operation means is not known "
                         "(--format intervals --map f=Input.Op --map start=Call ... says it)");
    }
    const Found op = member_of(fields, "Op");
    const auto function = op ? function_of(*op, builder) : std::nullopt;
    if (!function) return json_.wrong("Op", op, "0 or get, 1 or put, 2 or append");
    interval.function = *function;
    const Found key = member_of(fields, "Key");
    interval.key = key ? json_key(builder, *key) : builder.key("", false);
    const Found asked = member_of(fields, "Value");
    if (asked) interval.value = intern_json(builder.values(), *asked);
    if (interval.function == kRead) interval.value = kNullValue;
    read_output(output, interval, builder);
    builder.add_interval(interval);
    return std::nullopt;
  }

  static std::optional<FunctionId> function_of(const JsonLine::Element& op,
                                               HistoryBuilder& builder) {
    constexpr std::string_view kNames[] = {"get", "put", "append"};
    std::string_view name;
    if (op.get(name) == simdjson::SUCCESS) return builder.function(name);
    std::uint64_t number = 0;
    if (op.get(number) != simdjson::SUCCESS || number >= std::size(kNames)) return std::nullopt;
    return builder.function(kNames[number]);
  }

  // The value, or an object that contains it; an error makes the operation indeterminate.
  void read_output(const Found& output, Interval& interval, HistoryBuilder& builder) {
    for (const char* name : {"Err", "Error"}) {
      const Found error = member_of(output, name);
      std::string_view text;
      if (!error) continue;
      const bool is_text = error->get(text) == simdjson::SUCCESS;
      // A read of a missing key has an answer: null.
      const bool is_answer = is_text && (text.empty() || text == "OK" ||
                                         (text == "ErrNoKey" && interval.function == kRead));
      if (is_answer) continue;
      interval.outcome = Outcome::kInfo;
      ++errors_;
      return;
    }
    const bool is_object = output && output->is_object();
    const Found value = is_object ? member_of(output, "Value") : output;
    interval.result = value ? intern_json(builder.values(), *value) : kNullValue;
  }

  JsonLine json_;
  EtcdOperations etcd_;
  std::uint64_t errors_ = 0;
};

const FormatRegistrar kRegistrar(
    {"porcupine", "operations of Porcupine as JSON, etcd's robustness tests among them",
     &recognises,
     []() -> std::unique_ptr<LineParser> { return std::make_unique<PorcupineParser>(); }});

}  // namespace
}  // namespace capsize::checker
