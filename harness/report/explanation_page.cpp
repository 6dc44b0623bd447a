#include "harness/report/explanation_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "checker/explain/wording.h"
#include "checker/history/times.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

using checker::OperationView;
using checker::Report;
using checker::Violation;

// Everything in units of the drawing.
constexpr double kWidth = 1000;
constexpr double kRowHeight = 46;
constexpr double kLabelWidth = 110;
constexpr double kMargin = 20;
constexpr double kCharacterWidth = 7;        // of labels, on average
constexpr std::size_t kDrawnMax = 400;       // operations of one violation
constexpr std::size_t kBackgroundMax = 100;  // of more, background is left out

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Capsize: what cannot be</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em;
       color: #1c2733; background: #fff; }
h1 { font-size: 1.3em; } h2 { font-size: 1.1em; margin-top: 2em; }
.sentence { font-size: 1.1em; } .note { color: #5a6b7b; }
svg { width: 100%; border: 1px solid #d5dde5; touch-action: none; cursor: grab; }
svg text { font: 12px system-ui, sans-serif; fill: #1c2733; }
.row { stroke: #e3e9ef; } .ok rect { fill: #b7d8f2; stroke: #3b78a8; }
.info rect { fill: #f6dfae; stroke: #b98717; stroke-dasharray: 4 3; }
.fail rect { fill: #eec4c4; stroke: #a84343; }
.named rect { stroke-width: 2.5; } tr.named td { font-weight: 600; }
.background rect { fill: #e6e9ec; stroke: #aab4bd; }
tr.background td { color: #8a97a3; }
.background text { fill: #8a97a3; }
table { border-collapse: collapse; } td, th { padding: .2em .8em; text-align: left;
        border-bottom: 1px solid #e3e9ef; vertical-align: top; overflow-wrap: anywhere; }
button { font: inherit; margin-right: .5em; }
</style>
)";

// Bars carry their ends twice, by order (o) and by time (t), as numbers of the drawing.
constexpr std::string_view kScript = R"(<script>
for (const figure of document.querySelectorAll('figure')) {
  const svg = figure.querySelector('svg');
  const whole = svg.viewBox.baseVal;
  const home = [whole.x, whole.y, whole.width, whole.height];
  const show = box => svg.setAttribute('viewBox', box.join(' '));
  const box = () => { const b = svg.viewBox.baseVal; return [b.x, b.y, b.width, b.height]; };
  svg.addEventListener('wheel', event => {
    event.preventDefault();
    const [x, y, w, h] = box(), r = svg.getBoundingClientRect();
    const k = Math.min(Math.max(Math.exp(event.deltaY / 400), 0.2), 5);
    const px = x + w * (event.clientX - r.left) / r.width;
    const py = y + h * (event.clientY - r.top) / r.height;
    const width = Math.min(Math.max(w * k, home[2] / 200), home[2] * 4), f = width / w;
    show([px - (px - x) * f, py - (py - y) * f, width, h * f]);
  }, {passive: false});
  let from = null;
  svg.addEventListener('pointerdown', event => {
    from = [event.clientX, event.clientY, ...box()];
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener('pointermove', event => {
    if (!from) return;
    const r = svg.getBoundingClientRect();
    show([from[2] - (event.clientX - from[0]) * from[4] / r.width,
          from[3] - (event.clientY - from[1]) * from[5] / r.height, from[4], from[5]]);
  });
  svg.addEventListener('pointerup', () => { from = null; });
  const lay = by => {
    for (const bar of svg.querySelectorAll('g[data-o]')) {
      const [a, b] = bar.dataset[by].split(' ').map(Number);
      bar.querySelector('rect').setAttribute('x', a);
      bar.querySelector('rect').setAttribute('width', Math.max(b - a, 2));
      const text = bar.querySelector('text');
      text.setAttribute('x', a + 4);
      text.style.display = b - a < text.textContent.length * 7 + 8 ? 'none' : '';
    }
  };
  figure.querySelector('.home').onclick = () => show(home);
  figure.querySelector('.order').onclick = () => lay('o');
  const timed = figure.querySelector('.time');
  if (timed) timed.onclick = () => lay('t');
}
</script>
)";

std::string label(const OperationView& operation, const std::string& value) {
  return fmt::format("{} {}", operation.function, value);
}

// Whether the sentence names it, and whether it is there only for completeness.
std::string weight(const OperationView& operation) {
  return operation.named ? "named" : operation.background ? "background" : "";
}

std::string excerpt(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

class Drawing {
 public:
  explicit Drawing(const ShownOperations& shown)
      : operations_(shown.operations),
        values_(shown.values),
        intervals_(intervals_of(shown.operations)) {
    for (const auto& operation : operations_) {
      rows_.try_emplace(operation.process, 0);
      timed_ = timed_ && operation.invoke_time != checker::kNoTime;
      for (const std::int64_t time : {operation.invoke_time, operation.complete_time}) {
        if (time == checker::kNoTime) continue;
        first_ = first_ == checker::kNoTime ? time : std::min(first_, time);
        last_ = std::max(last_, time);
      }
    }
    std::size_t row = 0;
    for (auto& [process, place] : rows_) place = row++;
  }

  std::string html() const {
    std::string text =
        "<figure>\n<p><button class=\"home\">whole</button>"
        "<button class=\"order\">by order of events</button>";
    if (timed_) text += "<button class=\"time\">by time</button>";
    const double height = kRowHeight * static_cast<double>(rows_.size()) + 2 * kMargin;
    text += fmt::format("</p>\n<svg viewBox=\"0 0 {} {}\">\n", kWidth, height);
    for (const auto& [process, row] : rows_) {
      const double y = top(row) + kRowHeight / 2;
      text += fmt::format(
          "<line class=\"row\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>"
          "<text x=\"8\" y=\"{}\">process {}</text>\n",
          kLabelWidth, kWidth, y, y, y + 4, escape_html(name_of(process)));
    }
    for (std::size_t i = 0; i < operations_.size(); ++i) text += bar(i);
    return text + "</svg>\n</figure>\n";
  }

 private:
  std::string name_of(std::int64_t process) const {
    for (const auto& operation : operations_) {
      if (operation.process == process) return checker::client_text(operation);
    }
    return std::to_string(process);
  }
  static double top(std::size_t row) { return kMargin + kRowHeight * static_cast<double>(row); }
  static double scaled(double share) {
    return kLabelWidth + share * (kWidth - kLabelWidth - kMargin);
  }
  double by_order(std::size_t column) const {
    return scaled(static_cast<double>(column) / static_cast<double>(intervals_.columns + 1));
  }
  double by_time(std::int64_t time) const {
    return scaled(
        0.95 * static_cast<double>(checker::time_between(first_, time)) /
        static_cast<double>(std::max<std::int64_t>(1, checker::time_between(first_, last_))));
  }

  std::string bar(std::size_t i) const {
    const OperationView& operation = operations_[i];
    const auto& interval = intervals_.intervals[i];
    const double begin = by_order(interval.begin);
    const double end = interval.ends ? by_order(interval.end) : kWidth;
    std::string times;
    if (timed_) {
      const bool ends = interval.ends && operation.complete_time != checker::kNoTime;
      times = fmt::format(" data-t=\"{:.2f} {:.2f}\"", by_time(operation.invoke_time),
                          ends ? by_time(operation.complete_time) : kWidth);
    }
    const double y = top(rows_.at(operation.process)) + 8;
    // A label that does not fit would cover others, so it is left out; the title contains it
    // anyway.
    const std::string text = fmt::format("#{} {}", i + 1, label(operation, values_[i]));
    const bool fits = static_cast<double>(text.size()) * kCharacterWidth + 8 <= end - begin;
    return fmt::format(
        "<g class=\"{} {}\" data-o=\"{:.2f} {:.2f}\"{}><title>#{} {}</title>"
        "<rect x=\"{:.2f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\" rx=\"3\"/>"
        "<text x=\"{:.2f}\" y=\"{}\"{}>{}</text></g>\n",
        checker::name(operation.outcome), weight(operation), begin, end, times, i + 1,
        escape_html(label(operation, operation.value)), begin, y, std::max(2.0, end - begin),
        kRowHeight - 16, begin + 4, y + 19, fits ? "" : " style=\"display:none\"",
        escape_html(text));
  }

  const std::vector<OperationView>& operations_;
  const std::vector<std::string>& values_;
  Intervals intervals_;
  std::map<std::int64_t, std::size_t> rows_;  // by process
  std::int64_t first_ = checker::kNoTime;
  std::int64_t last_ = checker::kNoTime;
  bool timed_ = true;
};

std::string table(const ShownOperations& shown) {
  std::string text =
      "<table><tr><th>#<th>process<th>operation<th>outcome<th>invoked<th>completed<th>index\n";
  for (std::size_t i = 0; i < shown.operations.size(); ++i) {
    const OperationView& operation = shown.operations[i];
    text += fmt::format("<tr class=\"{}\"><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}\n",
                        weight(operation), i + 1, escape_html(checker::client_text(operation)),
                        escape_html(label(operation, shown.values[i])),
                        checker::name(operation.outcome),
                        time_since(shown.start_time, operation.invoke_time),
                        time_since(shown.start_time, operation.complete_time), operation.index);
  }
  return text + "</table>\n";
}

std::string section(const Violation& violation) {
  std::string text =
      fmt::format("<h2>{}{}</h2>\n<p class=\"sentence\">{}</p>\n", checker::name(violation.anomaly),
                  violation.key.empty() ? "" : ", key " + escape_html(excerpt(violation.key, 200)),
                  escape_html(violation.sentence));
  if (violation.staleness) {
    const auto& [nanoseconds, versions] = *violation.staleness;
    text += fmt::format(
        "<p class=\"note\">Behind by at least {}{} version(s).</p>\n",
        nanoseconds == checker::kNoTime ? "" : checker::duration_text(nanoseconds) + " and ",
        versions);
  }
  if (!violation.minimal) {
    text +=
        "<p class=\"note\">The time for shrinking ran out: some operations may be "
        "superfluous.</p>\n";
  }
  if (const std::string same = same_on_text(violation); !same.empty()) {
    text += fmt::format("<p class=\"note\">{}</p>\n", escape_html(same));
  }
  const ShownOperations shown = shown_operations(violation, kDrawnMax, kBackgroundMax);
  if (shown.background_left_out + shown.earlier_left_out > 0) {
    text += fmt::format(
        "<p class=\"note\">Left out: {} operations that the sentence speaks for, {} earlier "
        "ones.</p>\n",
        shown.background_left_out, shown.earlier_left_out);
  }
  return text + Drawing(shown).html() + table(shown);
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        // Control characters are no characters of a page.
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

std::string explanation_part(const Report& report) {
  std::string part =
      fmt::format("<h1>{}: {}</h1>\n", escape_html(report.file), checker::name(report.verdict));
  part += fmt::format(
      "<p class=\"note\">{} operations ({} ok, {} failed, {} indeterminate) on {} keys, model "
      "{}; {} violating, {} undecided.</p>\n",
      report.counts.operations, report.counts.ok, report.counts.fail, report.counts.info,
      report.counts.keys, escape_html(report.model), report.violating_keys, report.unknown_keys);
  if (report.violations.empty() && !report.reason.empty()) {
    part += fmt::format("<p>{}</p>\n", escape_html(report.reason));
  }
  for (const Violation& violation : report.violations) {
    if (!violation.repeated) part += section(violation);
  }
  return part;
}

std::string explanation_page_of(std::span<const std::string> parts) {
  std::string page(kHead);
  for (const std::string& part : parts) page += part;
  return page + std::string(kScript) + "</html>\n";
}

std::string explanation_page(std::span<const Report> reports) {
  std::vector<std::string> parts;
  for (const Report& report : reports) parts.push_back(explanation_part(report));
  return explanation_page_of(parts);
}

}  // namespace capsize::harness
