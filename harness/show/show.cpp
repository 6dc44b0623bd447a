#include "harness/show/show.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "base/json.h"
#include "base/mismatch.h"
#include "base/printable.h"
#include "harness/evidence/role_history.h"
#include "harness/report/summary.h"
#include "harness/show/cluster_table.h"
#include "harness/show/key_operations.h"

namespace capsize::harness {
namespace {

constexpr base::Duration kBefore = std::chrono::milliseconds(150);
constexpr base::Duration kAfter = std::chrono::milliseconds(50);
// How long before the failure its leader may have been elected, to be shown with it.
constexpr base::Duration kElectionBefore = std::chrono::seconds(3);
constexpr base::Duration kElectionLead = std::chrono::milliseconds(30);
constexpr base::Duration kLengthDefault = std::chrono::milliseconds(500);

/// The time around the main failure, or the one that was asked for. Nothing: there is no failure,
/// and nothing was asked for.
std::optional<ShownTime> shown_time(const RecordedOutcome& run, const ShowOptions& options) {
  const auto& failures = run.outcome.failures;
  if (options.around) {
    const base::Duration half = options.length.value_or(kLengthDefault) / 2;
    return ShownTime{std::max(*options.around - half, base::Duration::zero()),
                     *options.around + half, *options.around};
  }
  if (failures.empty()) return std::nullopt;
  const Failure& failure = failures.front();
  if (options.length) {
    const base::Duration middle = failure.begin + (failure.end - failure.begin) / 2;
    return ShownTime{middle - *options.length / 2, middle + *options.length / 2, failure.end};
  }
  return ShownTime{failure.begin - kBefore, failure.end + kAfter, failure.end};
}

/// Begins with the last election before the failure, if that is not long before it: who led, and
/// since when, explains most failures.
ShownTime with_election(const RecordedOutcome& run, ShownTime time) {
  const RoleHistory roles = roles_of(run.outcome);
  const auto leader = roles.leader_at(base::nanoseconds(run.outcome.start + time.focus));
  if (!leader) return time;
  const auto since = roles.led_since(leader->term);
  const base::Duration elected =
      base::Duration(since.value_or(0) - base::nanoseconds(run.outcome.start));
  if (since && elected >= time.focus - kElectionBefore) {
    time.begin = std::min(time.begin, elected - kElectionLead);
  }
  return time;
}

std::string some_keys(const checker::History& history) {
  constexpr std::size_t kKeysMax = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(history.keys.size(), kKeysMax); ++i) {
    text += (text.empty() ? "" : ", ") + base::excerpt(history.keys[i]);
  }
  return history.keys.size() > kKeysMax ? text + ", …" : text;
}

/// The summary that the run ended with. Evidence of an unknown form is left out of it.
std::string summary_of(const RecordedOutcome& run, bool colours) {
  try {
    return recorded_summary(run.outcome, run.reproduce, colours);
  } catch (const base::JsonTypeError&) {
    Outcome without = run.outcome;
    for (auto& fault : without.faults) fault.evidence = base::Json::object();
    return recorded_summary(without, run.reproduce, colours) +
           "    (the evidence of the faults has an unknown form and is not shown)\n";
  }
}

/// Of a run that was killed: there is nothing to summarise, but what was recorded can be looked at.
std::string unjudged(const RecordedOutcome& run) {
  std::string text = "\n  verdict       none: the run was killed, or is not over\n";
  if (!run.history) return text;
  const auto& counts = run.history->counts;
  text +=
      fmt::format("  operations    {} ok, {} fail, {} info\n", counts.ok, counts.fail, counts.info);
  text += fmt::format("  faults        {} took effect\n", run.outcome.faults_installed());
  return text + fmt::format("  check it      capsize check {}\n",
                            (run.outcome.directory / "history.jsonl").string());
}

std::string missing_text(const RecordedOutcome& run) {
  std::string text;
  for (const auto& what : run.missing) {
    text += fmt::format("  {:<13} {}\n", "missing", base::printable(what));
  }
  if (run.start_is_estimated) {
    text += "  note          the start of the load is estimated from a fault, to about 0.1 ms\n";
  }
  return text;
}

}  // namespace

base::Result<std::string> shown_run(const RecordedOutcome& run, const ShowOptions& options) {
  const Outcome& outcome = run.outcome;
  std::string text = run.is_judged() ? summary_of(run, options.colours) : unjudged(run);
  text += missing_text(run);
  const auto time = shown_time(run, options);
  std::string key = options.key.value_or("");
  const bool names_violation = !outcome.failures.empty() && outcome.failures.front().violation;
  if (!options.key && names_violation) {
    key = outcome.linearizable->violations[*outcome.failures.front().violation].key;
  }
  if (run.history && (options.key || names_violation)) {
    const ShownTime all{base::Duration::zero(), base::Duration::max(), base::Duration::zero()};
    const std::string shown = key_operations(run, key, time.value_or(all), options.columns);
    if (shown.empty() && options.key) {
      return base::Error{fmt::format("--key: found {}, expected a key of the history: {}",
                                     base::excerpt(key), some_keys(*run.history))};
    }
    text += shown;
  }
  if (!time) return text;
  if (!run.has_start()) {
    return text +
           "\n  the cluster: not shown, because the start of the load is unknown: traces and\n"
           "  operations have times of different clocks (results.json has it as start-ns)\n";
  }
  const bool asked = options.around || options.length;
  return text + cluster_table(run, asked ? *time : with_election(run, *time), options);
}

}  // namespace capsize::harness
