// The public functions: options and results are translated, and the checker does the work.
#include "checker/facade/checker.h"

#include <array>

#include "checker/check/check.h"
#include "checker/facade/own_model.h"
#include "checker/history/format.h"

namespace capsize {
namespace {

// The names of the internal verdicts and outcomes are those of the public ones, in their order.
static_assert(static_cast<int>(Verdict::kUsageError) ==
              static_cast<int>(checker::Verdict::kUsageError));
static_assert(static_cast<int>(FailedCas::kObserves) ==
              static_cast<int>(checker::FailedCas::kObserves));
static_assert(static_cast<int>(Outcome::kInfo) == static_cast<int>(checker::Outcome::kInfo));

checker::Verdict internal(Verdict verdict) {
  return static_cast<checker::Verdict>(verdict);
}

std::optional<std::chrono::nanoseconds> time_of(std::int64_t nanoseconds) {
  if (nanoseconds == checker::kNoTime) return std::nullopt;
  return std::chrono::nanoseconds(nanoseconds);
}

Operation translate(checker::OperationView&& view) {
  return {.process = view.process,
          .process_name = std::move(view.process_name),
          .function = std::move(view.function),
          .value = std::move(view.value),
          .invoke_time = time_of(view.invoke_time),
          .complete_time = time_of(view.complete_time),
          .index = view.index,
          .outcome = static_cast<Outcome>(view.outcome)};
}

Violation translate(checker::Violation&& found) {
  Violation violation{.anomaly = std::string(checker::name(found.anomaly)),
                      .key = std::move(found.key),
                      .sentence = std::move(found.sentence),
                      .operations = {}};
  for (auto& view : found.operations) violation.operations.push_back(translate(std::move(view)));
  return violation;
}

Report translate(checker::Report&& found) {
  Report report;
  report.verdict = static_cast<Verdict>(found.verdict);
  report.reason = std::move(found.reason);
  report.model = std::move(found.model);
  report.format = std::move(found.format);
  for (auto& one : found.violations) report.violations.push_back(translate(std::move(one)));
  report.notes = std::move(found.notes);
  report.violating_keys = found.violating_keys;
  report.unknown_keys = found.unknown_keys;
  report.counts = {.operations = found.counts.operations,
                   .ok = found.counts.ok,
                   .fail = found.counts.fail,
                   .info = found.counts.info,
                   .keys = found.counts.keys,
                   .processes = found.counts.processes};
  return report;
}

Report usage_error(std::string reason) {
  Report report;
  report.reason = std::move(reason);
  return report;
}

// The internal options; what is wrong with the public ones goes to `error`.
checker::CheckOptions translate(const Options& options, std::optional<std::string>& error) {
  checker::CheckOptions internal;
  internal.model = options.model;
  internal.reading.format = options.format;
  internal.reading.key = options.key;
  internal.reading.clock_error = options.clock_error;
  internal.reading.independent = options.independent;
  internal.reading.sequence = options.sequence;
  if (options.time_unit) {
    internal.reading.time_unit = options.time_unit->count();
    if (options.time_unit->count() <= 0) error = "a time unit of 0, expected one above";
  }
  internal.reading.lenient = options.lenient;
  internal.initial_json = options.initial;
  internal.time_limit = options.time_limit;
  internal.memory_limit_bytes = options.memory_limit_bytes;
  if (options.failed_cas)
    internal.failed_cas = static_cast<checker::FailedCas>(*options.failed_cas);
  for (const std::string& rule : options.names) {
    if (!error) error = internal.reading.vocabulary.add(rule);
  }
  return internal;
}

// `load` takes internal options and returns a LoadResult.
template <class Load>
Report check(const Options& options, const std::string& name, const Load& load) {
  const Model* const own = options.own_model;
  std::optional<std::string> error;
  checker::CheckOptions internal = translate(options, error);
  if (!error && own != nullptr) error = checker::model_error(*own);
  if (error) return usage_error(*std::move(error));
  if (own != nullptr) {
    for (const Function& function : own->functions) {
      internal.reading.own_functions.push_back(function.name);
    }
  }
  checker::LoadResult loaded = load(internal);
  auto* const history = std::get_if<checker::History>(&loaded);
  if (history == nullptr) {
    return translate(checker::report_without_history(name, std::move(loaded)));
  }
  if (own == nullptr) return translate(checker::check_history(*history, internal));
  checker::intern_calls(*history);
  if (!history->initial) history->initial = checker::intern(history->values, own->initial);
  const checker::Model model = checker::internal_model(*own);
  internal.own_model = &model;
  return translate(checker::check_history(*history, internal));
}

template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  for (const auto* item : items) names.emplace_back(item->name);
  return names;
}

}  // namespace

std::string_view name(Verdict verdict) {
  return checker::name(internal(verdict));
}

int exit_code(Verdict verdict) {
  return checker::exit_code(internal(verdict));
}

std::string_view name(Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames = {"ok", "fail", "info"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Report check_file(const std::string& path, const Options& options) {
  return check(options, path, [&](const checker::CheckOptions& internal) {
    return checker::load_history(path, internal);
  });
}

Report check_text(std::string_view history, const Options& options) {
  return check(options, "(memory)", [&](const checker::CheckOptions& internal) {
    return checker::load_history_text(history, internal);
  });
}

std::vector<std::string> models() {
  return names_of(checker::list_models());
}

std::vector<std::string> formats() {
  return names_of(checker::list_formats());
}

}  // namespace capsize
