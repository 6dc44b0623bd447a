#include "harness/suite_report/text_report.h"

#include <fmt/core.h>

#include <iterator>

#include "harness/report/terminal.h"
#include "harness/suite_report/rates.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

using checker::Verdict;
using TextOut = std::back_insert_iterator<std::string>;

constexpr std::size_t kGroupsShown = 20;
constexpr std::size_t kLinesShown = 10;
constexpr std::size_t kTextBytesMax = 300;

std::string shown(std::string_view text) {
  return one_line(text, kTextBytesMax);
}

/// "known", or "muted"; padded before it is coloured, because colour codes have no width.
std::string status_word(const Group& group, bool colours) {
  const bool muted = group.mute && group.status != GroupStatus::kGone;
  const std::string word = fmt::format("{:<6}", muted ? "muted" : name(group.status));
  if (group.status == GroupStatus::kGone) return coloured(word, Verdict::kValid, colours);
  return coloured(word, muted ? Verdict::kUnknown : Verdict::kInvalid, colours);
}

void one_group(TextOut out, const Assessment& assessment, const Group& group, bool colours) {
  const std::string before =
      assessment.baseline
          ? fmt::format(", {} of {} before", group.runs_before, assessment.baseline->runs)
          : std::string();
  fmt::format_to(out, "  {} {:<16}  {}: {} of {}{}\n", status_word(group, colours),
                 shown(group.signature), shown(group.title()), group.runs,
                 counted(assessment.runs, "run"), before);
  if (group.rate) fmt::format_to(out, "         {}\n", rate_sentence(*group.rate));
  if (group.status == GroupStatus::kGone) return;
  const LedgerRun& run = group.shown;
  fmt::format_to(out, "         {}\n", shown(group.sentence));
  if (group.mute) {
    fmt::format_to(out, "         muted until {} by {}: {}\n", shown(group.mute->expires),
                   shown(group.mute->owner), shown(group.mute->reason));
  }
  fmt::format_to(out, "         first seen {}, revision {}; faults active: {}\n",
                 shown(group.first.started), shown(group.first.revision),
                 group.faults.empty() ? "none" : shown(counts_text(group.faults)));
  fmt::format_to(out, "         shortest   {}, seed {}, {}{}\n", shown(run.case_name), run.seed,
                 rounded_seconds(run.seconds),
                 group.shown_shard.empty() ? "" : ", shard " + shown(group.shown_shard));
  if (!run.path.empty()) {
    fmt::format_to(out, "         run        {}\n",
                   shown((std::filesystem::path(assessment.store) / run.path).string()));
  }
  if (!run.reproduce.empty()) {
    fmt::format_to(out, "         reproduce  {}\n", one_line(run.reproduce, 2'000));
  }
}

void groups_section(TextOut out, const Assessment& assessment, bool colours) {
  if (assessment.groups.empty()) return;
  fmt::format_to(out, "\n  failures\n");
  for (std::size_t i = 0; i < assessment.groups.size(); ++i) {
    if (i == kGroupsShown) {
      fmt::format_to(out, "  and {} in the JSON report\n",
                     counted(assessment.groups.size() - i, "more group"));
      break;
    }
    one_group(out, assessment, assessment.groups[i], colours);
  }
}

void controls_section(TextOut out, const Assessment& assessment, bool colours) {
  fmt::format_to(out, "\n  controls\n");
  if (assessment.controls.empty()) fmt::format_to(out, "  none\n");
  for (const Control& control : assessment.controls) {
    const char* result = control.healthy ? (control.passed() ? "valid" : "not valid")
                                         : (control.passed() ? "caught" : "missed");
    const std::string word = coloured(fmt::format("{:<9}", result), control.verdict, colours);
    fmt::format_to(
        out, "  {} {:<30} {}, {}; {}\n", word,
        shown(control.healthy ? std::string("healthy run") : "seeded bug " + control.bug),
        counted(control.attempts.size(), "run"), rounded_seconds(control.seconds),
        shown(control.found));
  }
}

void causes_section(TextOut out, std::string_view title, const std::vector<CauseGroup>& groups,
                    bool colours) {
  if (groups.empty()) return;
  fmt::format_to(out, "\n  {}\n", title);
  for (std::size_t i = 0; i < groups.size() && i < kLinesShown; ++i) {
    const CauseGroup& group = groups[i];
    const std::string cause =
        group.cause.empty() ? std::string(checker::name(group.verdict)) : shown(group.cause);
    fmt::format_to(out, "  {} {}: {}\n",
                   coloured(fmt::format("{:<14}", cause), Verdict::kUnknown, colours),
                   counted(group.runs, "run"), shown(group.reason));
  }
  if (groups.size() > kLinesShown) {
    fmt::format_to(out, "  and {}\n", counted(groups.size() - kLinesShown, "more cause"));
  }
}

void notes_section(TextOut out, const Assessment& assessment) {
  if (!assessment.mutes_expired.empty() || !assessment.mutes_unused.empty()) {
    fmt::format_to(out, "\n  mutes\n");
  }
  for (const Mute& mute : assessment.mutes_expired) {
    fmt::format_to(out, "  expired        {} on {} ({}): {}\n", shown(mute.signature),
                   shown(mute.expires), shown(mute.owner), shown(mute.reason));
  }
  for (const Mute& mute : assessment.mutes_unused) {
    fmt::format_to(out, "  unused         {} ({})\n", shown(mute.signature), shown(mute.owner));
  }
  for (std::size_t i = 0; i < assessment.lost.size() && i < kLinesShown; ++i) {
    if (i == 0) fmt::format_to(out, "\n  lost runs\n");
    const ReportedLoss& loss = assessment.lost[i];
    fmt::format_to(out, "  {:<14} {}: {}\n", loss.repeated ? "repeated" : "lost",
                   shown(loss.run.id), shown(loss.run.path));
  }
}

void places(TextOut out, const Assessment& assessment, const ReportPaths& paths) {
  fmt::format_to(out, "\n");
  const auto line = [&](std::string_view label, const std::filesystem::path& path) {
    if (!path.empty()) fmt::format_to(out, "  {:<14} {}\n", label, shown(path.string()));
  };
  line("store", assessment.ledger_store);
  line("summary", paths.markdown);
  line("JUnit", paths.junit);
  line("JSON", paths.json);
  line("issues", paths.issues);
}

}  // namespace

std::string text_report(const Assessment& assessment, const ReportPaths& paths, bool colours) {
  std::string text = coloured(assessment.first_line, assessment.verdict, colours) + "\n";
  const TextOut out(text);
  groups_section(out, assessment, colours);
  controls_section(out, assessment, colours);
  causes_section(out, "infrastructure (says nothing about the system under test)",
                 assessment.harness_errors, colours);
  causes_section(out, "undecided", assessment.undecided, colours);
  notes_section(out, assessment);
  places(out, assessment, paths);
  return text;
}

}  // namespace capsize::harness
