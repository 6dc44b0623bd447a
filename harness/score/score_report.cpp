#include "harness/score/score_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <sstream>
#include <vector>

#include "harness/score/cells.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kNameMax = 40;
constexpr std::size_t kCellWidth = 16;
constexpr std::size_t kTextBytesMax = 300;

std::string seconds_text(const std::optional<double>& seconds) {
  return seconds ? fmt::format("{:.1f} s", *seconds) : std::string();
}

/// "3/3"; blank without runs.
std::string share_text(const MatrixCell& cell) {
  return cell.runs() == 0 ? "" : fmt::format("{}/{}", cell.caught, cell.runs());
}

std::string percent(double share) {
  return fmt::format("{:.0f}", 100 * share);
}

std::string interval_text(const MatrixCell& cell) {
  const ShareInterval interval = cell.interval();
  return fmt::format("{}–{} %", percent(interval.low), percent(interval.high));
}

std::string reports_text(const std::map<std::string, std::uint64_t>& reports) {
  return counts_text({reports.begin(), reports.end()});
}

/// How many bugs a strategy caught, of those that it ran against: "5 of 7".
std::string caught_text(const Matrix& matrix, const std::string& strategy) {
  std::size_t caught = 0;
  std::size_t tried = 0;
  for (const auto& bug : matrix.bugs) {
    const MatrixCell& cell = matrix.at(bug.name, strategy);
    tried += cell.runs() > 0 ? 1 : 0;
    caught += cell.caught > 0 ? 1 : 0;
  }
  return tried == 0 ? "" : fmt::format("{} of {}", caught, tried);
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// Strategies that have run.
std::vector<std::string> columns_of(const Matrix& matrix) {
  std::vector<std::string> columns;
  for (const auto& [key, cell] : matrix.cells) {
    if (cell.runs() > 0 || !cell.uncounted.empty()) columns.push_back(key.second);
  }
  std::vector<std::string> ordered;
  for (const auto& strategy : matrix.strategies) {
    if (std::find(columns.begin(), columns.end(), strategy) != columns.end()) {
      ordered.push_back(strategy);
    }
  }
  return ordered;
}

std::string block(const Matrix& matrix, std::size_t width,
                  std::span<const std::string> strategies) {
  const auto row = [&](const std::string& name, auto cell_text) {
    std::string line = fmt::format("{:<{}}", name, width);
    for (const auto& strategy : strategies) {
      line += fmt::format("  {:<{}}", cell_text(strategy), kCellWidth - 2);
    }
    return trimmed(line);
  };
  std::string text = row("bug", [](const std::string& strategy) { return strategy; });
  for (const auto& bug : matrix.bugs) {
    text += row(bug.name + (bug.core ? " *" : ""), [&](const std::string& strategy) {
      const MatrixCell& cell = matrix.at(bug.name, strategy);
      return fmt::format("{:<6} {:>7}", share_text(cell), seconds_text(cell.detection_s));
    });
  }
  text += row("none (false alarms)", [&](const std::string& strategy) {
    return share_text(matrix.at(kCleanRow, strategy));
  });
  text += row("bugs caught",
              [&](const std::string& strategy) { return caught_text(matrix, strategy); });
  return text;
}

std::string alarms_text(const Matrix& matrix) {
  const MatrixCell clean = matrix.clean();
  if (clean.runs() == 0) return "false alarms: the clean node has not run yet\n";
  std::string text =
      fmt::format("false alarms: {} of {} of the clean node; 95 % upper bound {} %\n", clean.caught,
                  counted(clean.runs(), "run"), percent(upper_bound(clean.caught, clean.runs())));
  if (clean.caught > 0) text += "  reported: " + reports_text(clean.reports) + "\n";
  return text;
}

/// What saw each bug first, over all strategies.
std::string seen_by_text(const Matrix& matrix, std::size_t width) {
  std::string text;
  for (const auto& bug : matrix.bugs) {
    std::map<std::string, std::uint64_t> reports;
    for (const auto& strategy : matrix.strategies) {
      for (const auto& [report, count] : matrix.at(bug.name, strategy).reports) {
        reports[report] += count;
      }
    }
    if (reports.empty()) continue;
    text += trimmed(fmt::format("{:<{}}  {}", bug.name, width, reports_text(reports)));
  }
  return text.empty() ? text : "\nseen first by, and in how many runs:\n" + text;
}

/// Cells with runs that did not count or were invalid by something else, with the reasons.
std::string notes_text(const Matrix& matrix) {
  std::string text;
  for (const auto& [key, cell] : matrix.cells) {
    std::string what;
    if (cell.otherwise > 0) what = counted(cell.otherwise, "run") + " invalid otherwise";
    for (const auto& [verdict, count] : cell.uncounted) {
      what += fmt::format("{}{} not counted: {}", what.empty() ? "" : ", ", counted(count, "run"),
                          verdict);
    }
    if (!cell.impossible.empty()) what = "no run: " + cell.impossible;
    if (what.empty()) continue;
    text += fmt::format("{} under {}: {}\n", key.first, key.second, what);
    for (const auto& reason : cell.reasons) {
      text += "  " + one_line(reason, kColumnsMax - 2) + "\n";
    }
  }
  return text.empty() ? text : "\n" + text;
}

std::string revision_text(const Matrix& matrix) {
  std::string text =
      fmt::format("{} of {}", counted(matrix.runs(), "run"),
                  matrix.all_revisions ? "all revisions" : "revision " + matrix.revision);
  if (matrix.older > 0) {
    text += fmt::format("; {} of other revisions or settings not counted",
                        counted(matrix.older, "run"));
  }
  return text;
}

void add(MatrixCell& sum, const MatrixCell& cell) {
  sum.caught += cell.caught;
  sum.missed += cell.missed;
  sum.otherwise += cell.otherwise;
}

MatrixCell mixtures(const Matrix& matrix, const std::string& bug) {
  MatrixCell sum;
  for (const auto& strategy : matrix.strategies) {
    if (!is_mixture(strategy)) continue;
    const MatrixCell& cell = matrix.at(bug, strategy);
    add(sum, cell);
    for (const auto& [report, count] : cell.reports) sum.reports[report] += count;
    if (!sum.detection_s) sum.detection_s = cell.detection_s;
  }
  return sum;
}

/// The report that most runs had, of the directed scenario if that caught the bug.
std::string usual_report(const MatrixCell& directed, const MatrixCell& mixed) {
  const auto& reports = directed.reports.empty() ? mixed.reports : directed.reports;
  const auto most = std::max_element(reports.begin(), reports.end(), [](auto& left, auto& right) {
    return left.second < right.second;
  });
  return most == reports.end() ? "" : most->first;
}

std::string text_cell(std::string_view text) {
  return markdown_text(text, kTextBytesMax);
}

std::string code_cell(std::string_view text) {
  return text.empty() ? "" : markdown_code(text, kTextBytesMax);
}

}  // namespace

std::string score_text(const Matrix& matrix) {
  std::size_t width = 19;
  for (const auto& bug : matrix.bugs) width = std::max(width, bug.name.size() + 2);
  width = std::min(width, kNameMax);
  const std::size_t columns = std::max<std::size_t>(1, (kColumnsMax - width) / kCellWidth);
  std::string text =
      fmt::format("score: {}, {}\n\n", counted(matrix.bugs.size(), "bug"), revision_text(matrix));
  const std::vector<std::string> strategies = columns_of(matrix);
  for (std::size_t first = 0; first < strategies.size(); first += columns) {
    const std::size_t count = std::min(columns, strategies.size() - first);
    text += block(matrix, width, std::span(strategies).subspan(first, count)) + "\n";
  }
  text +=
      "k/n: caught in k of n runs; then the median time from the start of the load to the "
      "violation\n";
  text += alarms_text(matrix);
  return text + seen_by_text(matrix, width) + notes_text(matrix);
}

std::string comparison_text(const Comparison& comparison) {
  std::string text;
  for (const auto& line : comparison.regressions) text += "no longer caught: " + line + "\n";
  for (const auto& line : comparison.undecided) text += "undecided: " + line + "\n";
  if (text.empty()) {
    text = fmt::format("baseline: {} compared, all caught again\n",
                       counted(comparison.compared, "cell"));
  }
  return text;
}

std::string score_markdown(const Matrix& matrix) {
  std::string text =
      fmt::format("# Score\n\n{}, {}.\n\n| bug |", counted(matrix.bugs.size(), "bug"),
                  text_cell(revision_text(matrix)));
  std::string line = "\n| --- |";
  const std::vector<std::string> strategies = columns_of(matrix);
  for (const auto& strategy : strategies) {
    text += fmt::format(" {} |", text_cell(strategy));
    line += " --- |";
  }
  text += line + "\n";
  const auto row = [&](const std::string& name, const std::string& shown) {
    text += "| " + shown + " |";
    for (const auto& strategy : strategies) {
      const MatrixCell& cell = matrix.at(name, strategy);
      std::string what = share_text(cell);
      if (!what.empty()) what += fmt::format(" ({})", interval_text(cell));
      if (cell.detection_s) what += ", " + seconds_text(cell.detection_s);
      if (!cell.reports.empty()) what += ", " + text_cell(reports_text(cell.reports));
      text += fmt::format(" {} |", what);
    }
    text += "\n";
  };
  for (const auto& bug : matrix.bugs) row(bug.name, code_cell(bug.name));
  row(kCleanRow, "none (false alarms)");
  text +=
      "\nEach cell: caught runs of all runs, the 95 % interval of that share, the median time "
      "from the start of the load to the violation, and what saw it first.\n\n";
  std::istringstream notes(alarms_text(matrix) + notes_text(matrix));
  for (std::string note; std::getline(notes, note);) {
    if (!note.empty()) text += "- " + text_cell(note) + "\n";
  }
  return text;
}

std::string track_record(const Matrix& matrix) {
  std::string text =
      "| seeded bug | what the node does | seen in | report | directed | mixtures | median time to "
      "detection |\n| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const auto& bug : matrix.bugs) {
    const MatrixCell& directed = matrix.at(bug.name, kDirected);
    const MatrixCell mixed = mixtures(matrix, bug.name);
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} |\n", code_cell(bug.name), text_cell(bug.what),
        text_cell(bug.seen_in), code_cell(usual_report(directed, mixed)), share_text(directed),
        share_text(mixed),
        seconds_text(directed.detection_s ? directed.detection_s : mixed.detection_s));
  }
  const MatrixCell clean = matrix.clean();
  if (clean.runs() > 0) {
    text += fmt::format(
        "\nThe clean node under the same scenarios: {} false alarms in {} (95 % upper bound {} "
        "%).\n",
        clean.caught, counted(clean.runs(), "run"),
        percent(upper_bound(clean.caught, clean.runs())));
  }
  return text;
}

std::string track_summary(const Matrix& matrix) {
  std::uint64_t directed = 0, mixed = 0, core = 0, core_mixed = 0;
  MatrixCell by_scenario, by_mixture;
  for (const auto& bug : matrix.bugs) {
    const MatrixCell& scenario = matrix.at(bug.name, kDirected);
    const MatrixCell mixture = mixtures(matrix, bug.name);
    add(by_scenario, scenario);
    add(by_mixture, mixture);
    directed += scenario.caught > 0 ? 1 : 0;
    mixed += mixture.caught > 0 ? 1 : 0;
    core += bug.core ? 1 : 0;
    core_mixed += bug.core && mixture.caught > 0 ? 1 : 0;
  }
  const MatrixCell clean = matrix.clean();
  return fmt::format(
      "Of {} seeded bugs, {} were caught by the scenarios written for them ({} of {} runs), and {} "
      "by mixtures of faults that know nothing of them ({} of {} runs), {} of the {} core bugs "
      "among them. The clean node under the same scenarios: {} false alarms in {} runs.\n",
      matrix.bugs.size(), directed, by_scenario.caught, by_scenario.runs(), mixed,
      by_mixture.caught, by_mixture.runs(), core_mixed, core, clean.caught, clean.runs());
}

namespace {

/// Replaces the block between two lines. Nothing if the text has neither of them. Error: it has one
/// without the other, one twice, or both in the wrong order.
base::Result<std::optional<std::string>> with_block(const std::string& text, const char* first,
                                                    const char* last, const std::string& block) {
  const std::string begin_line = std::string(first) + "\n";
  const auto begin = text.find(begin_line);
  const auto end = text.find(last);
  if (begin == std::string::npos && end == std::string::npos) return std::optional<std::string>();
  const bool once = begin != std::string::npos && end != std::string::npos && begin < end &&
                    text.find(begin_line, begin + 1) == std::string::npos &&
                    text.find(last, end + 1) == std::string::npos;
  if (!once) {
    return base::Error{
        fmt::format("expected one line '{}', and after it a line '{}'", first, last)};
  }
  return std::optional(text.substr(0, begin + begin_line.size()) + block + text.substr(end));
}

}  // namespace

base::Result<std::string> with_track_record(const std::string& text, const Matrix& matrix) {
  const auto table = with_block(text, kTableBegin, kTableEnd, track_record(matrix));
  if (!table) return table.error();
  const auto both =
      with_block(table.value().value_or(text), kSummaryBegin, kSummaryEnd, track_summary(matrix));
  if (!both) return both.error();
  if (both.value()) return *both.value();
  if (table.value()) return *table.value();
  return base::Error{fmt::format("found no block, expected a line '{}' and after it a line '{}'",
                                 kTableBegin, kTableEnd)};
}

}  // namespace capsize::harness
