#include "harness/suite_report/markdown.h"

#include <fmt/core.h>

#include <vector>

#include "base/check.h"
#include "harness/scenario/key_values.h"
#include "harness/store/run_directory.h"
#include "harness/suite_report/controls.h"
#include "harness/suite_report/rates.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

// An escaped byte takes up to eight bytes.
constexpr std::size_t kCellBytesMax = 200;
constexpr std::size_t kFirstLineBytesMax = 1'000;
constexpr std::size_t kCommandBytesMax = 1'500;

// The parts of kMarkdownBytesMax. The rest is for headings.
constexpr std::size_t kGroupsBytesMax = 11'000;
constexpr std::size_t kShownBytesMax = 13'000;
constexpr std::size_t kControlsBytesMax = 5'000;
constexpr std::size_t kCausesBytesMax = 4'000;
constexpr std::size_t kCasesBytesMax = 4'000;
constexpr std::size_t kNotesBytesMax = 4'000;

std::string cell(std::string_view text) {
  return markdown_text(text, kCellBytesMax);
}

std::string code(std::string_view text) {
  return text.empty() ? "–" : markdown_code(text, kCellBytesMax);
}

/// A part of the summary with a bound: what does not fit is counted.
class BoundedPart {
 public:
  explicit BoundedPart(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void add(const std::string& piece) {
    if (left_out_ > 0 || text_.size() + piece.size() > bytes_max_) {
      ++left_out_;
    } else {
      text_ += piece;
    }
  }
  /// Empty if nothing was added.
  [[nodiscard]] std::string text(const std::string& head, std::string_view noun) const {
    if (text_.empty() && left_out_ == 0) return "";
    if (left_out_ == 0) return head + text_ + "\n";
    return fmt::format("{}{}\n{} not shown here; the JSON report has all of them.\n\n", head, text_,
                       counted(left_out_, noun));
  }

 private:
  std::size_t bytes_max_;
  std::string text_;
  std::size_t left_out_ = 0;
};

std::string group_status(const Group& group) {
  const std::string status(name(group.status));
  if (group.status == GroupStatus::kGone) {
    return group.cases_ran ? status : status + " (its cases did not run)";
  }
  return group.mute ? fmt::format("muted until {}", cell(group.mute->expires))
                    : fmt::format("**{}**", status);
}

std::string groups_table(const Assessment& assessment) {
  BoundedPart rows(kGroupsBytesMax);
  for (const Group& group : assessment.groups) {
    rows.add(fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", group_status(group),
                         cell(group.title()), group.runs,
                         assessment.baseline ? fmt::format("{}", group.runs_before) : "–",
                         cell(counts_text(group.cases)), cell(counts_text(group.faults)),
                         cell(fmt::format("{} ({})", group.first.started, group.first.revision)),
                         code(group.signature)));
  }
  return rows.text(
      "### Failures\n\n"
      "| status | failure | runs | before | cases | faults active | first seen | signature |\n"
      "| --- | --- | ---: | ---: | --- | --- | --- | --- |\n",
      "group");
}

/// Commands as a block that no text can end.
std::string command_block(const std::vector<std::string>& commands) {
  std::string lines;
  std::string fence = "```";
  for (const std::string& command : commands) {
    const std::string line = one_line(command, kCommandBytesMax);
    while (line.find(fence) != std::string::npos) fence += '`';
    lines += line + "\n";
  }
  return fmt::format("{}text\n{}{}\n\n", fence, lines, fence);
}

std::string suite_command(const Assessment& assessment, const Group& group) {
  const std::string file =
      assessment.executions.empty() ? "SUITE.json" : assessment.executions.front().file;
  std::vector<std::string> words = {"capsize", "suite", file};
  if (!assessment.ledger_store.empty() && assessment.ledger_store != kStoreDefault) {
    words.insert(words.end(), {"--store", assessment.ledger_store});
  }
  words.insert(words.end(), {"--only", group.signature});
  return shell_line(words);
}

std::vector<std::string> commands_of(const Assessment& assessment, const Group& group) {
  std::vector<std::string> commands;
  const LedgerRun& run = group.shown;
  if (!run.reproduce.empty()) commands.push_back(run.reproduce);
  if (!run.path.empty()) {
    commands.push_back(command_on_run("replay", assessment.store, run.path));
    commands.push_back(command_on_run("bundle", assessment.store, run.path));
  }
  if (!group.signature.empty()) commands.push_back(suite_command(assessment, group));
  return commands;
}

/// ", shard 2/4 on `host`": which of several stores has the run.
std::string place_of(const Group& group) {
  if (group.shown_shard.empty()) return "";
  return fmt::format(", shard {} on {}", cell(group.shown_shard), code(group.shown_host));
}

/// "; evidence: `store/a/7/evidence.json`".
std::string evidence_text(const Assessment& assessment, const LedgerRun& run) {
  const std::string path = evidence_of(assessment.store, run.path);
  return path.empty() ? "" : "; evidence: " + markdown_code(path, kCommandBytesMax);
}

/// For each group the run that is shown, with the commands that lead further.
std::string shown_runs(const Assessment& assessment) {
  BoundedPart parts(kShownBytesMax);
  for (const Group& group : assessment.groups) {
    if (group.status == GroupStatus::kGone) continue;
    const LedgerRun& run = group.shown;
    parts.add(fmt::format(
        "**{}** ({}): {}\n\n{}Shortest of {}: {}, seed {}, {}, {}{}{}\n\n{}", cell(group.title()),
        group.mute ? "muted" : name(group.status), markdown_text(group.sentence, 2 * kCellBytesMax),
        group.rate ? "Rate: " + rate_sentence(*group.rate) + ".\n\n" : std::string(),
        counted(group.runs, "failing run"), code(run.case_name), run.seed,
        rounded_seconds(run.seconds), counted(run.faults, "fault"), place_of(group),
        evidence_text(assessment, run), command_block(commands_of(assessment, group))));
  }
  return parts.text("", "failure");
}

std::string controls_table(const Assessment& assessment) {
  BoundedPart rows(kControlsBytesMax);
  for (const Control& control : assessment.controls) {
    const char* result = control.healthy ? (control.passed() ? "valid" : "**not valid**")
                                         : (control.passed() ? "caught" : "**missed**");
    rows.add(fmt::format(
        "| {} | {} | {} | {} | {} |\n",
        control.healthy ? std::string("healthy run") : "seeded bug " + code(control.bug),
        control.attempts.empty() ? "**not run**" : result, control.attempts.size(),
        control.attempts.empty() ? "–" : rounded_seconds(control.seconds), cell(control.found)));
  }
  return rows.text(
      "### Controls\n\n| control | result | runs | time | what it showed |\n"
      "| --- | --- | ---: | ---: | --- |\n",
      "control");
}

std::string causes_table(const std::vector<CauseGroup>& groups, const std::string& heading) {
  BoundedPart rows(kCausesBytesMax);
  for (const CauseGroup& group : groups) {
    const std::string cause =
        group.cause.empty() ? std::string(checker::name(group.verdict)) : group.cause;
    rows.add(fmt::format("| {} | {} | {} | {} | {} |\n", cell(cause), group.runs,
                         cell(group.reason), cell(counts_text(group.cases)),
                         code(group.shown.path)));
  }
  return rows.text(heading +
                       "| cause | runs | reason | cases | one run |\n"
                       "| --- | ---: | --- | --- | --- |\n",
                   "cause");
}

std::string case_verdicts(const CaseCounts& counts) {
  std::map<std::string, std::size_t> words;
  for (const auto& [verdict, count] : counts.verdicts) {
    words[std::string(checker::name(verdict))] = count;
  }
  if (counts.muted > 0) words["muted"] = counts.muted;
  return counts_text(words);
}

std::string cases_table(const Assessment& assessment) {
  BoundedPart rows(kCasesBytesMax);
  for (const auto& [name, counts] : assessment.cases) {
    rows.add(fmt::format("| {} | {} | {} | {} |\n", cell(name), counts.runs, case_verdicts(counts),
                         rounded_seconds(counts.seconds)));
  }
  for (const std::string& name : assessment.cases_without_run) {
    rows.add(fmt::format("| {} | 0 | **did not run** | – |\n", cell(name)));
  }
  return rows.text("### Cases\n\n| case | runs | verdicts | time |\n| --- | ---: | --- | ---: |\n",
                   "case");
}

std::string mutes_and_losses(const Assessment& assessment) {
  BoundedPart lines(kNotesBytesMax);
  for (const Mute& mute : assessment.mutes_expired) {
    lines.add(fmt::format("- **Expired** mute {} of {} ({}): {}\n", code(mute.signature),
                          cell(mute.owner), cell(mute.expires), cell(mute.reason)));
  }
  for (const Mute& mute : assessment.mutes_unused) {
    lines.add(fmt::format("- Unused mute {} of {}: no run failed so.\n", code(mute.signature),
                          cell(mute.owner)));
  }
  for (const ReportedLoss& loss : assessment.lost) {
    lines.add(fmt::format("- Lost run {}{}: its directory {} has what it recorded.\n",
                          code(loss.run.id), loss.repeated ? ", repeated since" : "",
                          code(loss.run.path)));
  }
  return lines.text("### Mutes and lost runs\n\n", "line");
}

std::string reasons_list(const Assessment& assessment) {
  BoundedPart lines(kNotesBytesMax);
  for (const Reason& reason : assessment.reasons) {
    lines.add(fmt::format("- {}: {}\n", checker::name(reason.verdict),
                          markdown_text(reason.text, 2 * kCellBytesMax)));
  }
  return assessment.reasons.size() < 2 ? "" : lines.text("Why it is not valid:\n\n", "reason");
}

}  // namespace

std::string markdown_summary(const Assessment& assessment) {
  std::string text =
      fmt::format("## {}: {}\n\n{}\n\n", cell(assessment.suite), checker::name(assessment.verdict),
                  markdown_text(assessment.first_line, kFirstLineBytesMax));
  text += reasons_list(assessment);
  text += groups_table(assessment);
  text += shown_runs(assessment);
  text += controls_table(assessment);
  text +=
      causes_table(assessment.harness_errors,
                   "### Infrastructure\n\nThese runs say nothing about the system under test.\n\n");
  text += causes_table(assessment.undecided, "### Undecided runs\n\n");
  text += cases_table(assessment);
  text += mutes_and_losses(assessment);
  CHECK(text.size() <= kMarkdownBytesMax, "the parts of the summary stay below its bound");
  return text;
}

}  // namespace capsize::harness
