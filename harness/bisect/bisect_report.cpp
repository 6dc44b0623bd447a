#include "harness/bisect/bisect_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "base/printable.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kLeadingMax = 3;
constexpr std::size_t kCandidatesMax = 8;
constexpr std::size_t kPathsMax = 10;

/// Rounded down, so that 99.97 % never reads as certainty.
std::string percent(double share) {
  return fmt::format("{:.1f} %", std::floor(std::min(share, 0.9999) * 1000) / 10);
}

/// "3f9a…", or "3f9a… to 77c0…" for revisions that no run tells apart.
std::string range_text(const RevisionRange& range, const RevisionList& revisions) {
  const std::string first = short_commit(revisions.revisions.at(range.first).commit);
  if (range.first == range.last) return first;
  return first + " to " + short_commit(revisions.revisions.at(range.last).commit);
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::uint64_t count_of(const BisectEnd& end, RunOutcome outcome) {
  return static_cast<std::uint64_t>(
      std::count_if(end.state.runs.begin(), end.state.runs.end(),
                    [&](const BisectRun& run) { return run.outcome == outcome; }));
}

std::vector<RevisionRange> candidates(const BisectEnd& end, double share) {
  const Posterior posterior = end.search.posterior();
  return smallest_set(end.search.ranges(posterior), share);
}

bool claims(const BisectEnd& end) {
  return end.decision.step == Search::Step::kClaim;
}

std::string field_text(std::string_view label, const std::string& value) {
  return fmt::format("{:<16}{}\n", label, value);
}

/// The claimed revision, or each of the range that no run tells apart.
std::string culprit_text(const BisectEnd& end) {
  const RevisionRange& range = end.decision.range;
  std::string text;
  if (range.first != range.last) {
    text += fmt::format(
        "culprit: one of {} adjacent revisions, since those between cannot be "
        "tested\n",
        range.last - range.first + 1);
  }
  for (std::size_t i = range.first; i <= range.last; ++i) {
    const Revision& revision = end.revisions.revisions.at(i);
    const auto skipped = end.state.skipped.find(i);
    text += fmt::format("culprit: {} {}{}\n", revision.commit, revision.subject,
                        skipped == end.state.skipped.end()
                            ? ""
                            : " (not tested: " + base::printable(skipped->second.reason) + ")");
  }
  return text + field_text("confidence:", percent(range.probability));
}

std::string unknown_text(const BisectEnd& end) {
  const double share = end.search.bounds().confidence;
  const auto set = candidates(end, share);
  std::string text = fmt::format("culprit: unknown: {}\n", end.why);
  text += fmt::format("{} are in:\n", percent(share));
  for (std::size_t i = 0; i < set.size() && i < kCandidatesMax; ++i) {
    text += fmt::format("  {:>7} {} {}\n", percent(set[i].probability),
                        range_text(set[i], end.revisions),
                        end.revisions.revisions.at(set[i].first).subject);
  }
  if (set.size() > kCandidatesMax)
    text += fmt::format("  and {} more\n", set.size() - kCandidatesMax);
  return text;
}

std::string runner_up_text(const BisectEnd& end) {
  for (const auto& range : candidates(end, 1)) {
    if (range.first == end.decision.range.first) continue;
    return field_text("runner-up:", fmt::format("{} {} {}", percent(range.probability),
                                                range_text(range, end.revisions),
                                                end.revisions.revisions.at(range.first).subject));
  }
  return {};
}

std::string counts_text(const BisectEnd& end) {
  const std::uint64_t others = count_of(end, RunOutcome::kOther);
  const std::uint64_t nothing = count_of(end, RunOutcome::kNothing);
  std::string text =
      fmt::format("{}: {} failed, {} passed", end.state.runs.size(),
                  count_of(end, RunOutcome::kFailed), count_of(end, RunOutcome::kPassed) + others);
  if (nothing > 0) text += fmt::format(", {} gave no evidence", nothing);
  std::string lines = field_text("runs:", text);
  if (others > 0) {
    lines +=
        field_text("other failures:", fmt::format("in {} runs, which count as passed", others));
  }
  const auto of_runs = static_cast<std::uint64_t>(
      std::count_if(end.state.skipped.begin(), end.state.skipped.end(),
                    [](const auto& each) { return each.second.cause == SkipCause::kRuns; }));
  text = fmt::format("{} in {}", end.state.builds, duration_text(end.state.build_seconds));
  if (end.state.builds_failed > 0) text += fmt::format(", {} failed", end.state.builds_failed);
  lines += field_text("builds:", text);
  if (of_runs > 0) {
    lines += field_text("skipped:",
                        fmt::format("{} built revisions, whose runs gave no evidence", of_runs));
  }
  return lines + field_text("time:", duration_text(end.state.seconds));
}

/// The failed runs, those of the likeliest culprit first: they show what it broke.
std::vector<const BisectRun*> failing_runs(const BisectEnd& end) {
  std::vector<const BisectRun*> runs;
  for (const BisectRun& run : end.state.runs) {
    if (run.outcome == RunOutcome::kFailed) runs.push_back(&run);
  }
  const auto& range = end.decision.range;
  std::stable_sort(runs.begin(), runs.end(), [&](const BisectRun* a, const BisectRun* b) {
    const auto inside = [&](const BisectRun* run) {
      return run->revision >= range.first && run->revision <= range.last;
    };
    return inside(a) && !inside(b);
  });
  return runs;
}

base::Json range_json(const RevisionRange& range, const RevisionList& revisions) {
  base::Json list = base::Json::array();
  for (std::size_t i = range.first; i <= range.last; ++i) {
    list.push_back({{"commit", revisions.revisions.at(i).commit},
                    {"subject", revisions.revisions.at(i).subject}});
  }
  return {{"probability", range.probability}, {"revisions", list}};
}

base::Json revisions_json(const BisectEnd& end) {
  const Posterior posterior = end.search.posterior();
  base::Json list = base::Json::array();
  for (std::size_t i = 0; i < end.revisions.revisions.size(); ++i) {
    base::Json one = {{"commit", end.revisions.revisions[i].commit},
                      {"subject", end.revisions.revisions[i].subject},
                      {"probability", posterior.culprit()[i]},
                      {"failed", end.search.evidence()[i].failed},
                      {"passed", end.search.evidence()[i].passed}};
    const auto skipped = end.state.skipped.find(i);
    if (skipped != end.state.skipped.end()) one["skipped"] = skipped->second.reason;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string_view run_outcome_text(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kFailed:
      return "failed";
    case RunOutcome::kPassed:
      return "passed";
    case RunOutcome::kOther:
      return "failed in another way";
    case RunOutcome::kNothing:
      break;
  }
  return "gave no evidence";
}

std::string leading_text(const Search& search, const RevisionList& revisions) {
  const Posterior posterior = search.posterior();
  const auto all = smallest_set(search.ranges(posterior), 1);
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < kLeadingMax; ++i) {
    text += fmt::format("{} {} {}", i == 0 ? "leading:" : ",", range_text(all[i], revisions),
                        percent(all[i].probability));
  }
  return text;
}

std::string bisect_text(const BisectEnd& end) {
  std::string text = claims(end) ? culprit_text(end) : unknown_text(end);
  const RateEstimate rate = end.search.posterior().rate();
  text += field_text("failure rate:", fmt::format("{:.2f} (95 %: {:.2f} to {:.2f})", rate.mean,
                                                  rate.low, rate.high));
  if (claims(end)) text += runner_up_text(end);
  text += counts_text(end);
  const auto runs = failing_runs(end);
  for (std::size_t i = 0; i < runs.size() && i < kPathsMax; ++i) {
    text += field_text(
        i == 0 ? "failing runs:" : "",
        fmt::format("{} {}", short_commit(end.revisions.revisions.at(runs[i]->revision).commit),
                    (end.directory / runs[i]->path).string()));
  }
  if (runs.size() > kPathsMax) {
    text += field_text("", fmt::format("and {} more", runs.size() - kPathsMax));
  }
  return text;
}

base::Json bisect_json(const BisectEnd& end) {
  const RateEstimate rate = end.search.posterior().rate();
  base::Json set = base::Json::array();
  for (const auto& range : candidates(end, end.search.bounds().confidence)) {
    set.push_back(range_json(range, end.revisions));
  }
  base::Json paths = base::Json::array();
  for (const BisectRun* run : failing_runs(end)) {
    paths.push_back({{"commit", end.revisions.revisions.at(run->revision).commit},
                     {"seed", run->seed},
                     {"path", (end.directory / run->path).string()}});
  }
  base::Json report = {{kBisectReportFormat, kBisectReportVersion},
                       {"group", end.state.question.group},
                       {"suite", end.state.question.suite},
                       {"case", end.state.question.case_name},
                       {"good", end.state.question.good},
                       {"bad", end.revisions.revisions.back().commit},
                       {"claims", claims(end)},
                       {"confidence", end.search.bounds().confidence},
                       {"candidates", set},
                       {"rate", {{"mean", rate.mean}, {"low", rate.low}, {"high", rate.high}}},
                       {"runs",
                        {{"failed", count_of(end, RunOutcome::kFailed)},
                         {"passed", count_of(end, RunOutcome::kPassed)},
                         {"other", count_of(end, RunOutcome::kOther)},
                         {"nothing", count_of(end, RunOutcome::kNothing)}}},
                       {"builds", end.state.builds},
                       {"builds-failed", end.state.builds_failed},
                       {"build-seconds", end.state.build_seconds},
                       {"seconds", end.state.seconds},
                       {"seed", end.state.question.seed},
                       {"interrupted", end.interrupted},
                       {"revisions", revisions_json(end)},
                       {"failing-runs", paths}};
  if (claims(end)) report["culprit"] = range_json(end.decision.range, end.revisions);
  if (!claims(end)) report["why"] = end.why;
  return report;
}

}  // namespace capsize::harness
