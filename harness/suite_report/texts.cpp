#include "harness/suite_report/texts.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "base/utf8.h"
#include "harness/scenario/key_values.h"

namespace capsize::harness {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kNoBreak = "&#8203;";           // zero width space
constexpr std::string_view kCut = " \xE2\x80\xA6";         // " …"
constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kSecondsMax = 1e9;

struct XmlCharacter {
  std::size_t bytes = 1;  // 1 for a byte that is not UTF-8
  bool permitted = false;
};

/// The character that a non-empty text begins with, and whether XML 1.0 permits it.
XmlCharacter xml_character(std::string_view text) {
  const auto [character, bytes] = base::decode_utf8(text);
  if (bytes == 0) return {};
  const bool control =
      character < 0x20 && character != '\t' && character != '\n' && character != '\r';
  return {bytes, !control && character != 0xFFFE && character != 0xFFFF};
}

/// The reference that replaces a character of markup; empty if the character stays.
std::string_view xml_reference(char c, bool attribute) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";  // also in the middle of "]]>", which text must not contain
    case '\r':
      return "&#13;";
    case '"':
      return attribute ? "&quot;" : "";
    case '\n':
      return attribute ? "&#10;" : "";
    case '\t':
      return attribute ? "&#9;" : "";
    default:
      return "";
  }
}

std::string xml_escaped(std::string_view text, bool attribute) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const auto [bytes, permitted] = xml_character(text);
    const std::string_view reference = xml_reference(text.front(), attribute);
    if (!permitted) {
      escaped += kReplacement;
    } else if (!reference.empty()) {
      escaped += reference;
    } else {
      escaped += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return escaped;
}

/// The longest sequence of backticks.
std::size_t backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t current = 0;
  for (const char c : text) {
    current = c == '`' ? current + 1 : 0;
    longest = std::max(longest, current);
  }
  return longest;
}

}  // namespace

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string rounded_seconds(double seconds) {
  if (!(seconds > 0)) return "0 s";  // also what is not a number
  seconds = std::min(seconds, kSecondsMax);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  if (seconds < kMinute - 0.5) return fmt::format("{:.0f} s", seconds);
  const bool hours = seconds >= kHour - 0.5;
  const double small = hours ? kMinute : 1;
  const auto total = static_cast<std::uint64_t>(std::llround(seconds / small));
  if (hours) return fmt::format("{} h {} min", total / 60, total % 60);
  return fmt::format("{} min {} s", total / 60, total % 60);
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  // An escape is at most six times as long as its character: what is beyond cannot be shown.
  std::string line = base::printable(text.substr(0, bytes_max + 4));
  if (line.size() <= bytes_max && text.size() <= bytes_max + 4) return line;
  std::size_t end = std::min(line.size(), bytes_max - std::min(bytes_max, kCut.size()));
  while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return line.substr(0, end).append(kCut);
}

std::string counts_text(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [what, count] : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, count);
  }
  return text;
}

std::string command_on_run(std::string_view verb, const std::filesystem::path& store,
                           const std::string& run_path) {
  return shell_line({"capsize", std::string(verb), (store / run_path).string()});
}

std::string evidence_of(const std::filesystem::path& store, const std::string& run_path) {
  return run_path.empty() ? "" : (store / run_path / "evidence.json").string();
}

std::string xml_text(std::string_view text) {
  return xml_escaped(text, false);
}

std::string xml_attribute(std::string_view text) {
  return xml_escaped(text, true);
}

std::string markdown_text(std::string_view text, std::size_t bytes_max) {
  std::string escaped;
  const std::string line = one_line(text, bytes_max);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '<' || c == '>' || c == '&') {
      escaped += xml_reference(c, false);
    } else if (std::string_view("\\`*_[]|~$").find(c) != std::string_view::npos) {
      escaped += '\\';
      escaped += c;
    } else {
      escaped += c;
    }
    // A mention, a reference to an issue ("#12", "GH-12") and a link need the next character.
    const bool link = line.compare(i, 3, "://") == 0 || c == '@' || c == '#';
    const bool www = i >= 3 && c == '.' &&
                     (line.compare(i - 3, 3, "www") == 0 || line.compare(i - 3, 3, "WWW") == 0);
    const bool reference = c == '-' && i >= 2 && line.compare(i - 2, 2, "GH") == 0;
    if (link || www || reference) escaped += kNoBreak;
  }
  return escaped;
}

std::string markdown_code(std::string_view text, std::size_t bytes_max) {
  const std::string line = one_line(text, bytes_max);
  const std::string fence(backticks(line) + 1, '`');
  std::string code;
  for (const char c : line) code += c == '|' ? std::string("\\|") : std::string(1, c);
  const bool pad = code.empty() || code.front() == '`' || code.back() == '`';
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad ? " " : "", code);
}

}  // namespace capsize::harness
