#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include "base/json.h"

#include "checker/check/choose_model.h"
#include "checker/check/prepare_history.h"
#include "checker/linearization/linearization.h"
#include "checker/report/operation_view.h"
#include "checker/specification/key_problem.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {
namespace {

using base::Json;

constexpr std::uint64_t kStepsPerBudgetCheck = 256;

// A line of the linearization, found in the history.
struct Step {
  std::uint64_t line = 0;
  std::uint32_t source = 0;  // place in of_key()
};

class Verification {
 public:
  Verification(const History& history, const Model& model, const CheckOptions& options,
               std::string_view name, Report& report)
      : history_(history),
        model_(model),
        decode_options_(decode_options(history, options)),
        budget_(options.time_limit, options.memory_limit_bytes),
        name_(name),
        report_(report),
        taken_(history.operations.size(), false),
        steps_(history.keys.size()) {
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
      by_index_.emplace(history.index_of(history.operations[i].invoke), i);
    }
  }

  void run(LineReader& lines) {
    report_.verdict = Verdict::kValid;
    if (!read(lines)) return;
    for (KeyId key = 0; key < history_.keys.size(); ++key) {
      if (!replay(key)) return;
    }
  }

 private:
  bool fail(Verdict verdict, std::uint64_t line, std::string reason) {
    report_.verdict = verdict;
    report_.reason = line == 0 ? fmt::format("{}: {}", name_, reason)
                               : fmt::format("{}: line {}: {}", name_, line, reason);
    return false;
  }

  bool in_time(std::uint64_t count) {
    if (count % kStepsPerBudgetCheck != 0 || !budget_.time_is_up()) return true;
    return fail(Verdict::kUnknown, 0, "the time bound ended the replay");
  }

  bool read(LineReader& lines) {
    bool header = false;
    while (const auto line = lines.next()) {
      if (line->text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const Json parsed = Json::parse(line->text);
      // Earlier releases wrote "capsize-witness".
      const bool is_header =
          parsed.is_object() && (parsed.value("capsize-linearization", Json()) == 1 ||
                                 parsed.value("capsize-witness", Json()) == 1);
      if (is_header && !header) {
        header = true;
        continue;
      }
      if (!header || !parsed.is_object() || !parsed.contains("index") ||
          !parsed["index"].is_unsigned()) {
        return fail(Verdict::kUsageError, line->number,
                    fmt::format("found {}, expected {}", excerpt(line->text),
                                header ? "an operation with its index"
                                       : R"(the header {"capsize-linearization":1,...})"));
      }
      if (!add(line->number, parsed)) return false;
    }
    if (const auto failure = lines.failure(std::string(name_))) {
      report_.verdict = Verdict::kUsageError;
      report_.reason = failure->message();
      return false;
    }
    if (!header) return fail(Verdict::kUsageError, 0, "found no header, expected a linearization");
    return true;
  }

  bool add(std::uint64_t line, const Json& parsed) {
    const auto index = parsed["index"].get<std::uint64_t>();
    const auto [begin, end] = by_index_.equal_range(index);
    const bool several = begin != end && std::next(begin) != end;
    bool taken = false;
    for (auto place = begin; place != end; ++place) {
      const Operation& operation = history_.operations[place->second];
      if (!fits(operation, parsed) || (several && !has_value(operation, parsed))) continue;
      taken = taken || taken_[place->second];
      if (taken_[place->second]) continue;
      taken_[place->second] = true;
      const auto begin_of_key = static_cast<std::uint32_t>(history_.key_begin[operation.key]);
      steps_[operation.key].push_back({line, place->second - begin_of_key});
      return in_time(line);
    }
    return fail(Verdict::kInvalid, line,
                taken ? fmt::format("the operation with index {} takes effect a second time", index)
                      : fmt::format("no such operation has index {} in the history", index));
  }

  // Operations that one invocation stands for differ in nothing else.
  bool has_value(const Operation& operation, const Json& parsed) const {
    return !parsed.contains("value") ||
           parsed["value"] == Json::parse(view(history_, operation).value);
  }

  bool fits(const Operation& operation, const Json& parsed) const {
    return (!parsed.contains("process") || parsed["process"] == operation.process) &&
           (!parsed.contains("f") || parsed["f"] == history_.functions[operation.function]);
  }

  std::string described(const Operation& operation) const {
    return fmt::format("{} of process {} (index {})", history_.functions[operation.function],
                       operation.process, history_.index_of(operation.invoke));
  }

  bool replay(KeyId key) {
    KeyProblem problem{history_, model_, key, history_.initial.value_or(kNullValue)};
    if (const auto malformed = decode_key(problem, decode_options_)) {
      return fail(Verdict::kUsageError, 0, malformed->message());
    }
    const auto sources = history_.of_key(key);
    std::vector<const KeyOperation*> by_source(sources.size(), nullptr);
    for (const KeyOperation& operation : problem.operations) {
      by_source[operation.source] = &operation;
    }
    StateTable states(history_.values);
    State state = model_.initial(states, problem.initial);
    Position latest_invoke = 0;
    std::uint64_t count = 0;
    for (const Step& step : steps_[key]) {
      if (!in_time(++count)) return false;
      const KeyOperation* operation = std::exchange(by_source[step.source], nullptr);
      const std::string what = described(sources[step.source]);
      if (operation == nullptr) {
        return fail(Verdict::kInvalid, step.line,
                    fmt::format("{} had no effect that could be replayed", what));
      }
      if (operation->complete < latest_invoke) {
        return fail(Verdict::kInvalid, step.line,
                    fmt::format("{} comes after an operation that was invoked after it had "
                                "completed",
                                what));
      }
      latest_invoke = std::max(latest_invoke, operation->invoke);
      const auto after = model_.step(states, state, *operation);
      if (!after) {
        return fail(Verdict::kInvalid, step.line,
                    fmt::format("{} cannot take effect here, the model says", what));
      }
      state = *after;
    }
    for (const KeyOperation* operation : by_source) {
      if (operation == nullptr || !operation->required) continue;
      return fail(
          Verdict::kInvalid, 0,
          fmt::format("{} was acknowledged but is missing", described(problem.source(*operation))));
    }
    return true;
  }

  const History& history_;
  const Model& model_;
  DecodeOptions decode_options_;
  Budget budget_;
  std::string_view name_;
  Report& report_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> by_index_;
  std::vector<bool> taken_;
  std::vector<std::vector<Step>> steps_;  // by key
};

}  // namespace

Report verify_linearization(const History& history, LineReader& linearization,
                            std::string_view linearization_name, const CheckOptions& options) {
  Report report;
  report.file = history.file;
  report.format = history.format;
  report.counts = history.counts;
  std::string message;
  const Model* model = choose_model(history, options.model, message);
  if (model == nullptr) {
    report.verdict = Verdict::kUsageError;
    report.reason = std::move(message);
    return report;
  }
  report.model = model->name;
  const PreparedHistory prepared(history, *model);
  if (prepared.refusal()) {
    report.verdict = Verdict::kUsageError;
    report.reason = *prepared.refusal();
    return report;
  }
  Verification(prepared.history(), prepared.model(), options, linearization_name, report)
      .run(linearization);
  return report;
}

}  // namespace capsize::checker
