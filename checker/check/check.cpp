#include "checker/check/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/harness_bug.h"
#include "checker/check/choose_model.h"
#include "checker/check/key_checker.h"
#include "checker/check/prepare_history.h"
#include "checker/consistency/sequential_all_keys.h"
#include "checker/history/byte_source.h"
#include "checker/history/json.h"
#include "checker/history/load.h"
#include "checker/history/record_source.h"
#include "checker/history_checks/history_check.h"

namespace capsize::checker {
namespace {

// The verdict is certain by now; other keys are searched only for further violations.
constexpr std::chrono::nanoseconds kSearchAfterViolation = std::chrono::milliseconds(20);

// Information in addition to the verdict, for each key that is explained, and for all keys
// together.
constexpr std::chrono::nanoseconds kWeakerTime = std::chrono::milliseconds(100);
constexpr std::chrono::nanoseconds kWeakerTimeAllKeys = std::chrono::milliseconds(400);

/// The verdict where a bound ended the check: never valid.
Verdict at_limit() {
  return HARNESS_BUG("checker-gives-up-valid") ? Verdict::kValid : Verdict::kUnknown;
}

constexpr std::string_view kNothingJudged =
    "no operation completed in a way that says anything: all failed or are indeterminate";

// The memory of the program itself, and the overhead of the allocator.
constexpr std::uint64_t kUncountedBytes = std::uint64_t{12} << 20;

Budget budget_of(const CheckOptions& options) {
  return {options.time_limit, options.memory_limit_bytes};
}

// The functions that any model or check knows, so that the reader can distinguish clients with
// names from other named processes, such as the nemesis.
ReadOptions with_known_functions(const CheckOptions& options) {
  ReadOptions reading = options.reading;
  const auto add = [&reading](const std::vector<std::string_view>& functions) {
    reading.known_functions.insert(reading.known_functions.end(), functions.begin(),
                                   functions.end());
  };
  for (const Model* model : list_models()) add(model->functions);
  for (const HistoryCheck* check : list_history_checks()) add(check->functions);
  return reading;
}

LoadResult with_initial(LoadResult loaded, const CheckOptions& options) {
  History* const history = std::get_if<History>(&loaded);
  if (history == nullptr || !options.initial_json) return loaded;
  history->initial = parse_json_value(history->values, *options.initial_json);
  if (history->initial) return loaded;
  return Malformed{history->file, 0, 0,
                   fmt::format("initial value \"{}\"", excerpt(*options.initial_json)), "JSON"};
}

// Checks the keys of one history and collects their results.
class KeyByKeyCheck {
 public:
  KeyByKeyCheck(const History& history, const Model& model, const CheckOptions& options,
                const Budget& budget, Report& report, Linearization* linearization)
      : history_(history),
        options_(options),
        model_(model),
        decode_options_(decode_options(history, options)),
        budget_(budget),
        checker_(history, model, decode_options_, linearization != nullptr, budget),
        report_(report),
        linearization_(linearization) {
    if (!options.on_verdict) return;
    checker_.on_violation([this] {
      options_.on_verdict(history_.may_lack_operations ? Verdict::kUnknown : Verdict::kInvalid);
    });
  }

  void run() {
    if (!run_fast()) return;
    run_searches();
    if (report_.violating_keys > 0) {
      report_.verdict = Verdict::kInvalid;
      if (history_.keys.size() > 1) {
        report_.sequential_of_all_keys = check_sequential_of_all_keys(
            history_, model_, decode_options_, weaker_budget(kWeakerTimeAllKeys));
      }
      // A lost acknowledged write is worse than a stale read.
      std::stable_partition(report_.violations.begin(), report_.violations.end(),
                            [](const Violation& violation) {
                              return violation.anomaly == Anomaly::kLostWrite ||
                                     violation.anomaly == Anomaly::kLostAppend;
                            });
      mark_repeated(report_.violations);
      report_.reason = report_.violations.front().sentence;
    } else if (report_.unknown_keys > 0) {
      report_.verdict = at_limit();
    } else if (!judged_) {
      report_.verdict = Verdict::kVacuous;
      report_.reason = kNothingJudged;
    } else {
      report_.verdict = Verdict::kValid;
    }
  }

 private:
  bool explain_more() const { return report_.violations.size() < kViolationsMax; }

  // Returns false if the model cannot decode the history.
  bool run_fast() {
    auto results =
        decide_all_fast(history_, model_, decode_options_, linearization_ != nullptr, budget_);
    for (KeyId key = 0; key < history_.keys.size(); ++key) {
      KeyResult& result = results[key];
      if (result.malformed) {
        report_.verdict = Verdict::kUsageError;
        report_.reason = result.malformed->message();
        report_.malformed = std::move(result.malformed);
        return false;
      }
      if (history_.of_key(key).empty()) continue;
      if (result.kind == Decision::Kind::kNotApplicable) {
        to_search_.push_back(key);
        continue;
      }
      // Decides the key again, now with an explanation.
      if (result.kind == Decision::Kind::kViolation && explain_more()) {
        result = checker_.decide_fast(key, true);
      }
      note(key, std::move(result));
    }
    return true;
  }

  // Short keys first; each gets an even share of the time that is left, so that one hard key does
  // not starve the others, and time that an easy one does not use goes to the others.
  void run_searches() {
    std::stable_sort(to_search_.begin(), to_search_.end(), [this](KeyId a, KeyId b) {
      return history_.of_key(a).size() < history_.of_key(b).size();
    });
    const std::uint64_t uncounted = std::min(kUncountedBytes, options_.memory_limit_bytes / 16);
    const std::uint64_t held = history_.memory_bytes() + uncounted;
    const std::uint64_t memory =
        options_.memory_limit_bytes > held ? options_.memory_limit_bytes - held : std::uint64_t{0};
    for (std::size_t i = 0; i < to_search_.size(); ++i) {
      auto share = budget_.left() / static_cast<std::int64_t>(to_search_.size() - i);
      if (report_.violating_keys > 0) share = std::min(share, kSearchAfterViolation);
      note(to_search_[i], checker_.search(to_search_[i], explain_more(), {share, memory}, memory));
    }
  }

  void note(KeyId key, KeyResult result) {
    judged_ = judged_ || result.judged;
    if (!result.algorithm.empty()) ++report_.algorithms[std::string(result.algorithm)];
    if (result.kind == Decision::Kind::kUnknown) {
      note_unknown(key, result.reason);
    } else if (result.kind == Decision::Kind::kLegal) {
      if (linearization_ != nullptr) add_to_linearization(key, result.order);
    } else if (result.kind == Decision::Kind::kViolation) {
      ++report_.violating_keys;
      if (!result.violation) return;
      report_.violations.push_back(*std::move(result.violation));
      report_.weaker.push_back(checker_.check_weaker_models(key, weaker_budget(kWeakerTime)));
    }
  }

  Budget weaker_budget(std::chrono::nanoseconds most) const {
    return {std::min(most, budget_.left() / 4), budget_.memory_limit_bytes()};
  }

  void add_to_linearization(KeyId key, const std::vector<std::uint32_t>& order) {
    const auto all = history_.of_key(key);
    for (const std::uint32_t source : order) {
      const Operation& operation = all[source];
      std::uint32_t part = 0;
      while (part < source && all[source - part - 1].invoke == operation.invoke &&
             all[source - part - 1].process == operation.process) {
        ++part;
      }
      linearization_->operations.push_back({operation.invoke, operation.process, part});
    }
  }

  void note_unknown(KeyId key, const std::string& reason) {
    ++report_.unknown_keys;
    if (!report_.reason.empty()) return;
    const std::string& text = history_.keys[key];
    report_.reason = text.empty() ? reason : fmt::format("key {}: {}", text, reason);
  }

  const History& history_;
  const CheckOptions& options_;
  const Model& model_;
  DecodeOptions decode_options_;
  const Budget& budget_;
  KeyChecker checker_;
  Report& report_;
  Linearization* linearization_;  // where to put it, if requested
  std::vector<KeyId> to_search_;
  bool judged_ = false;  // any operation has to be in the order
};

Report usage_error(Report report, std::string reason) {
  report.verdict = Verdict::kUsageError;
  report.reason = std::move(reason);
  return report;
}

// Returns nullptr, and a message for the user, if there is no model or it does not know the
// functions of the history.
const Model* model_for(const History& history, const CheckOptions& options, std::string& message) {
  const Model* own = options.own_model;
  if (own == nullptr) return choose_model(history, options.model, message);
  auto foreign = foreign_function(history, fmt::format("model {}", own->name), own->functions);
  if (!foreign) return own;
  message = *std::move(foreign);
  return nullptr;
}

const HistoryCheck* history_check_for(const History& history, const CheckOptions& options) {
  if (options.own_model != nullptr) return nullptr;
  return find_history_check(options.model.empty() ? history.header_model : options.model);
}

// A client may have observed one of the skipped operations.
void doubt_violations(const History& history, Report& report) {
  if (report.verdict != Verdict::kInvalid || !history.may_lack_operations) return;
  report.verdict = Verdict::kUnknown;
  report.reason =
      "a violation, unless operations that could not be read explain it: " + report.reason;
}

void judge(const History& history, const CheckOptions& options, const Budget& budget,
           Report& report, Linearization* linearization) {
  if (const HistoryCheck* check = history_check_for(history, options)) {
    report.model = check->name;
    if (auto foreign = foreign_function(history, check->name, check->functions)) {
      report = usage_error(std::move(report), *std::move(foreign));
    } else {
      check->run(history, budget, report);
    }
    return;
  }
  std::string message;
  const Model* model = model_for(history, options, message);
  if (model == nullptr) {
    report = usage_error(std::move(report), std::move(message));
    return;
  }
  report.model = model->name;
  if (linearization != nullptr) linearization->model = model->name;
  const PreparedHistory prepared(history, *model);
  if (prepared.refusal()) {
    report = usage_error(std::move(report), *prepared.refusal());
    return;
  }
  report.counts.keys = prepared.history().counts.keys;
  KeyByKeyCheck(prepared.history(), prepared.model(), options, budget, report, linearization).run();
}

Report check_within(const History& history, const CheckOptions& options, const Budget& budget,
                    Linearization* linearization) {
  Report report;
  report.file = history.file;
  report.format = history.format;
  report.counts = history.counts;
  report.cut_off = history.cut_off;
  report.skipped = history.skipped;
  report.notes = history.notes;
  report.seconds_load = history.seconds_load;
  if (history.operations.empty()) {
    report.reason = "the history is empty";
    return report;
  }
  judge(history, options, budget, report, linearization);
  doubt_violations(history, report);
  report.seconds_check = budget.seconds();
  return report;
}

// Without any order between operations nearly every history is valid, so nothing was tested.
void refuse_lost_order(const History& history, const CheckOptions& options, Report& report) {
  if (report.verdict != Verdict::kValid || !history.order_lost_to_clock_error) return;
  report.verdict = Verdict::kVacuous;
  report.reason = fmt::format(
      "--clock-error {} ns makes all operations concurrent that their times put in order",
      options.reading.clock_error.count());
  if (!history.likely_time_unit.empty()) {
    report.reason +=
        fmt::format("; the times look like {0}: --time-unit {0}", history.likely_time_unit);
  }
}

}  // namespace

DecodeOptions decode_options(const History& history, const CheckOptions& options) {
  const FailedCas usual = history.failed_cas_observes ? FailedCas::kMismatch : FailedCas::kIgnored;
  return {.failed_cas = options.failed_cas.value_or(usual)};
}

LoadResult load_history(const std::filesystem::path& path, const CheckOptions& options) {
  return with_initial(read_history_file(path, with_known_functions(options), budget_of(options)),
                      options);
}

LoadResult load_history_text(std::string_view text, const CheckOptions& options,
                             std::string_view name) {
  LineReader lines(one_record_a_line(unpack(text_source(text))));
  return with_initial(
      read_history(lines, std::string(name), with_known_functions(options), budget_of(options)),
      options);
}

Report check_history(const History& history, const CheckOptions& options,
                     Linearization* linearization) {
  const auto loading = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(history.seconds_load));
  const Budget budget(std::max(std::chrono::nanoseconds(0), options.time_limit - loading),
                      options.memory_limit_bytes);
  Report report = check_within(history, options, budget, linearization);
  refuse_lost_order(history, options, report);
  return report;
}

Report report_without_history(const std::filesystem::path& path, LoadResult loaded) {
  CHECK(!std::holds_alternative<History>(loaded), "there is no history to check");
  Report report;
  report.file = path.string();
  if (auto* malformed = std::get_if<Malformed>(&loaded)) {
    // Before the move: compilers differ in which argument they evaluate first.
    std::string reason = malformed->message();
    report.malformed = std::move(*malformed);
    return usage_error(std::move(report), std::move(reason));
  }
  report.verdict = at_limit();
  report.reason = std::move(std::get<LimitReached>(loaded).reason);
  return report;
}

Report check_file(const std::filesystem::path& path, const CheckOptions& options) {
  const auto begun = Budget::Clock::now();
  LoadResult loaded = load_history(path, options);
  if (const auto* history = std::get_if<History>(&loaded)) return check_history(*history, options);
  Report report = report_without_history(path, std::move(loaded));
  report.seconds_load = std::chrono::duration<double>(Budget::Clock::now() - begun).count();
  return report;
}

}  // namespace capsize::checker
