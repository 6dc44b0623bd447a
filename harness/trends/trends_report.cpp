#include "harness/trends/trends_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/report/terminal.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

constexpr std::array<std::string_view, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::string_view kNoValue = "·";
constexpr std::size_t kNameBytesMax = 80;
constexpr std::size_t kShortBytesMax = 24;
constexpr std::size_t kMarkdownNightsMax = 60;
constexpr std::size_t kBarsMin = 10;

/// "2026-11-30" of the time at which a night began.
std::string day(const TrendNight& night) {
  return one_line(std::string_view(night.started).substr(0, 10), kShortBytesMax);
}

std::string revision(const TrendNight& night) {
  return night.revision.empty() ? "?" : one_line(night.revision, kShortBytesMax);
}

bool is_recovery(Quantity quantity) {
  return quantity == Quantity::kRecovery || quantity == Quantity::kSlowRecovery;
}

std::string title(const Series& series) {
  switch (series.quantity) {
    case Quantity::kPassRate:
      return "pass rate";
    case Quantity::kGroupRate:
      return fmt::format("{} ({})",
                         one_line(series.label.empty() ? "failure" : series.label, kNameBytesMax),
                         series.what.empty() ? "no signature" : one_line(series.what, 16));
    case Quantity::kRecovery:
      return "recovery after " + one_line(series.what, kNameBytesMax);
    case Quantity::kSlowRecovery:
      return "recovery after " + one_line(series.what, kNameBytesMax) + ", exceeded by one in ten";
    case Quantity::kThroughput:
      return "throughput without faults";
    case Quantity::kFaultRate:
      return "faults a minute";
    case Quantity::kNewBehaviours:
      return "new behaviours";
  }
  return "?";
}

std::string unit(Quantity quantity) {
  switch (quantity) {
    case Quantity::kRecovery:
    case Quantity::kSlowRecovery:
      return " ms";
    case Quantity::kThroughput:
      return "/s";
    default:
      return "";
  }
}

/// "81 %", "412 ms", "950/s", "27.1".
std::string value_text(Quantity quantity, double value) {
  if (is_rate(quantity)) {
    const bool small = value > 0 && value < 0.1;
    return fmt::format("{:.{}f} %", 100 * value, small ? 1 : 0);
  }
  return fmt::format("{:.{}f}{}", value, std::abs(value) < 100 && value != 0 ? 1 : 0,
                     unit(quantity));
}

/// What a value is made of: "13 of 16 runs", "40 faults".
std::string made_of(Quantity quantity, const TrendValue& value) {
  if (is_rate(quantity)) return fmt::format("{} of {}", value.count, counted(value.of, "run"));
  return counted(value.count, is_recovery(quantity) ? "fault" : "run");
}

const std::optional<TrendValue>* latest(const Series& series) {
  for (std::size_t night = series.values.size(); night-- > 0;) {
    if (series.values[night]) return &series.values[night];
  }
  return nullptr;
}

double largest(const Series& series) {
  double value = 0;
  for (const auto& each : series.values) {
    if (each) value = std::max(value, each->value);
  }
  return value;
}

/// One character for each night from `begin` on.
std::string bars(const Series& series, std::size_t begin) {
  const double top = largest(series);
  std::string text;
  for (std::size_t night = begin; night < series.values.size(); ++night) {
    const auto& value = series.values[night];
    if (!value) {
      text += kNoValue;
      continue;
    }
    const double share = top > 0 ? value->value / top : 0;
    text +=
        kBars[static_cast<std::size_t>(std::lround(share * static_cast<double>(kBars.size() - 1)))];
  }
  return text;
}

/// A "^" under the first night after each change; empty if no change is shown.
std::string marks(const Series& series, std::size_t begin) {
  std::string text;
  for (const auto& change : series.changes) {
    if (change.first < begin) continue;
    text.resize(change.first - begin, ' ');
    text += '^';
  }
  return text;
}

/// "412 ms -> 812 ms, p 0.0004".
std::string step_text(const Series& series, const TrendChange& change) {
  return fmt::format("{} -> {}, p {:.2g}", value_text(series.quantity, change.value_before),
                     value_text(series.quantity, change.value_after), change.p);
}

std::string change_line(const Trends& trends, const Series& series, const TrendChange& change) {
  const TrendNight& before = trends.nights[change.before];
  const TrendNight& first = trends.nights[change.first];
  const std::string revisions = before.revision == first.revision
                                    ? "the same revision " + revision(first)
                                    : revision(before) + " -> " + revision(first);
  return fmt::format("  ^ {}: {}, {}\n", day(first), step_text(series, change), revisions);
}

std::string first_line(const Trends& trends) {
  std::string text = fmt::format("{}: {}", one_line(trends.suite, kNameBytesMax),
                                 counted(trends.nights.size(), "night"));
  if (trends.nights.empty()) return text;
  text += fmt::format(" from {} to {}, {}, ", day(trends.nights.front()), day(trends.nights.back()),
                      counted(trends.tests(), "test"));
  return text + (trends.changes() == 0 ? "no change" : counted(trends.changes(), "change"));
}

/// What is not in the series, and how changes were found.
std::vector<std::string> notes(const Trends& trends) {
  std::vector<std::string> notes;
  if (trends.nights.empty()) return notes;
  const ChangeOptions& options = trends.options;
  notes.push_back(fmt::format(
      "changes: at most {:g} % of series without one get a mark by chance; at least {} nights "
      "before and after; {} random orders from seed {}",
      100 * options.alpha, options.segment_min, options.permutations, options.seed));
  if (trends.unmeasured_tests > 0) {
    notes.push_back(fmt::format(
        "{} without recovery, throughput and faults a minute: the ledger has none (an older "
        "release, or a runner that does not report them)",
        counted(trends.unmeasured_tests, "test")));
  }
  const auto incomplete = static_cast<std::size_t>(
      std::count_if(trends.nights.begin(), trends.nights.end(),
                    [](const TrendNight& night) { return !night.complete; }));
  if (incomplete > 0) {
    notes.push_back(counted(incomplete, "night") + " incomplete: cut short, or a shard is missing");
  }
  const auto left_out = [&](std::size_t count, std::string_view noun, std::string_view why) {
    if (count > 0) notes.push_back(fmt::format("{} left out: {}", counted(count, noun), why));
  };
  left_out(trends.earlier_nights, "earlier night", "--nights");
  left_out(trends.only_executions, "execution", "--only repeats failed runs");
  left_out(trends.groups_left_out, "group", "the least frequent ones");
  left_out(trends.kinds_left_out, "kind of fault", "the least frequent ones");
  return notes;
}

base::Json night_json(const TrendNight& night) {
  return {{"night", night.number},
          {"started", night.started},
          {"revision", night.revision},
          {"executions", night.executions},
          {"complete", night.complete},
          {"tests", night.tests},
          {"valid", night.valid},
          {"invalid", night.invalid},
          {"without-verdict", night.without_verdict}};
}

base::Json series_json(const Trends& trends, const Series& series) {
  base::Json values = base::Json::array();
  base::Json counts = base::Json::array();
  for (const auto& value : series.values) {
    values.push_back(value ? base::Json(value->value) : base::Json());
    if (!value) {
      counts.push_back({});
    } else if (is_rate(series.quantity)) {
      counts.push_back(base::Json::array({value->count, value->of}));
    } else {
      counts.push_back(value->count);
    }
  }
  base::Json changes = base::Json::array();
  for (const auto& change : series.changes) {
    const TrendNight& first = trends.nights[change.first];
    const TrendNight& before = trends.nights[change.before];
    changes.push_back({{"night", first.number},
                       {"started", first.started},
                       {"revision", first.revision},
                       {"night-before", before.number},
                       {"revision-before", before.revision},
                       {"before", change.value_before},
                       {"after", change.value_after},
                       {"p", change.p}});
  }
  base::Json json = {{"quantity", name(series.quantity)},
                     {"values", std::move(values)},
                     {"counts", std::move(counts)},
                     {"changes", std::move(changes)}};
  if (is_recovery(series.quantity)) json["fault"] = series.what;
  if (series.quantity == Quantity::kGroupRate) {
    json["signature"] = series.what;
    json["label"] = series.label;
  }
  return json;
}

base::Json suite_json(const Trends& trends) {
  base::Json nights = base::Json::array();
  for (const auto& night : trends.nights) nights.push_back(night_json(night));
  base::Json series = base::Json::array();
  for (const auto& each : trends.series) series.push_back(series_json(trends, each));
  return {{"suite", trends.suite},
          {"nights", std::move(nights)},
          {"series", std::move(series)},
          {"unmeasured-tests", trends.unmeasured_tests},
          {"left-out",
           {{"nights", trends.earlier_nights},
            {"only-executions", trends.only_executions},
            {"groups", trends.groups_left_out},
            {"fault-kinds", trends.kinds_left_out}}}};
}

}  // namespace

std::string trends_text(const Trends& trends, std::size_t columns, bool colours) {
  std::string text = painted(first_line(trends), Colour::kBold, colours) + "\n";
  const std::size_t width = std::max(columns, kBarsMin + 2) - 2;
  const std::size_t nights = trends.nights.size();
  const std::size_t begin = nights > width ? nights - width : 0;
  for (const Series& series : trends.series) {
    const auto* last = latest(series);
    if (last == nullptr) continue;
    text += fmt::format("\n{}: {} ({})", title(series), value_text(series.quantity, (*last)->value),
                        made_of(series.quantity, **last));
    if (const std::size_t missing = series.nights_without_value(); missing > 0) {
      text += fmt::format("; no value in {}", counted(missing, "night"));
    }
    text += "\n  " + bars(series, begin) + "\n";
    if (const std::string marked = marks(series, begin); !marked.empty()) {
      text += "  " + painted(marked, Colour::kYellow, colours) + "\n";
    }
    for (const auto& change : series.changes) text += change_line(trends, series, change);
  }
  if (trends.series.empty()) text += "no run of these nights has a verdict\n";
  text += "\n";
  for (const auto& note : notes(trends)) text += note + "\n";
  return text;
}

std::string trends_markdown(const Trends& trends) {
  std::string text = fmt::format("# Trends of {}\n\n", markdown_text(first_line(trends), 300));
  const std::size_t nights = trends.nights.size();
  const std::size_t begin = nights > kMarkdownNightsMax ? nights - kMarkdownNightsMax : 0;
  if (!trends.series.empty()) text += "| | last | nights |\n| --- | --- | --- |\n";
  std::string changes;
  for (const Series& series : trends.series) {
    const auto* last = latest(series);
    if (last == nullptr) continue;
    text += fmt::format("| {} | {} ({}) | {} |\n", markdown_text(title(series), 200),
                        value_text(series.quantity, (*last)->value),
                        made_of(series.quantity, **last), bars(series, begin));
    for (const auto& change : series.changes) {
      const TrendNight& first = trends.nights[change.first];
      changes += fmt::format(
          "| {} | {} | {} | {} | {} | {:.2g} |\n", markdown_text(title(series), 200),
          markdown_text(day(first), kShortBytesMax),
          markdown_text(revision(trends.nights[change.before]) + " → " + revision(first), 80),
          value_text(series.quantity, change.value_before),
          value_text(series.quantity, change.value_after), change.p);
    }
  }
  if (!changes.empty()) {
    text +=
        "\n## Changes\n\n| | from | revision | before | after | p |\n"
        "| --- | --- | --- | --- | --- | --- |\n" +
        changes;
  }
  text += "\n";
  for (const auto& note : notes(trends)) text += "- " + markdown_text(note, 300) + "\n";
  return text;
}

base::Json trends_json(const std::vector<Trends>& suites) {
  const ChangeOptions options = suites.empty() ? ChangeOptions{} : suites.front().options;
  base::Json list = base::Json::array();
  for (const auto& trends : suites) list.push_back(suite_json(trends));
  return {{"capsize-trends", 1},
          {"suites", std::move(list)},
          {"method",
           {{"alpha", options.alpha},
            {"segment-min", options.segment_min},
            {"permutations", options.permutations},
            {"seed", options.seed}}}};
}

}  // namespace capsize::harness
