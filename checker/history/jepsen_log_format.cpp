// Jepsen's console log and its history.txt: one operation per line, in columns.
//
//     INFO  jepsen.util - 4\t:invoke\t:cas\t[1 0]                         as logged in 2014
//     2024-05-01 10:00:00,001{GMT}\tINFO\t[jepsen worker 4] jepsen.util: 4\t:invoke\t:cas\t[1 0]
//     4\t:invoke\t:cas\t[1 0]                                             history.txt
//
// The columns are process, type, function, value and, where there is one, the error. Lines of other
// loggers, stack traces and the nemesis are skipped. There are no times. A completion with a
// keyword in place of a value (:timed-out) is indeterminate. A cas that failed without an error has
// observed another value than the expected one.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "checker/history/edn.h"
#include "checker/history/format.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kMarkers[] = {"jepsen.util - ", "jepsen.util: "};

// Returns where the columns of an operation begin; npos for a line without one.
std::size_t begin_of_columns(std::string_view line) {
  for (const std::string_view marker : kMarkers) {
    const std::size_t at = line.find(marker);
    if (at != std::string_view::npos) return at + marker.size();
  }
  // history.txt: PROCESS\t:TYPE
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos || line.substr(tab + 1, 1) != ":")
    return std::string_view::npos;
  const std::string_view process = line.substr(0, tab);
  const bool is_process =
      process.find_first_not_of("0123456789") == std::string_view::npos || process.front() == ':';
  return is_process && !process.empty() ? 0 : std::string_view::npos;
}

bool recognises(std::string_view first_line, const Vocabulary&) {
  if (begin_of_columns(first_line) != std::string_view::npos) return true;
  constexpr std::string_view kLevels[] = {"INFO", "WARN", "DEBUG", "ERROR"};
  const bool has_level = std::any_of(std::begin(kLevels), std::end(kLevels), [&](auto level) {
    return first_line.find(level) != std::string_view::npos;
  });
  return has_level && first_line.find("jepsen") != std::string_view::npos;
}

class JepsenLogParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    if (first_line_.empty()) first_line_ = excerpt(line.text);
    const std::size_t begin = begin_of_columns(line.text);
    if (begin == std::string_view::npos) return std::nullopt;
    EdnReader reader(line.text, begin);
    const auto wrong = [&](std::string expected) {
      return LineError{{builder.history().file, line.number, reader.column(), reader.found(),
                        std::move(expected)},
                       true};
    };
    Event event;
    const auto number = reader.integer();
    const auto name = number ? std::nullopt : reader.keyword();
    if (!number && !name) return wrong("a process number or :nemesis");
    event.process = number && *number >= 0
                        ? *number
                        : builder.process(number ? std::to_string(*number) : std::string(*name));
    event.line = static_cast<std::uint32_t>(line.number);
    const auto type = reader.keyword();
    if (!type || !builder.type(*type)) return wrong(":invoke, :ok, :fail or :info");
    event.type = *builder.type(*type);
    const auto function = reader.keyword();
    if (!function || !builder.function(*function)) return wrong("a function such as :read");
    event.function = *builder.function(*function);
    ++operations_;
    if (!builder.is_client(event.process, event.function)) return std::nullopt;
    event.key = builder.key("", false);
    event.has_key = false;
    if (!reader.starts_with(":")) {
      const auto value = reader.value(builder.values());
      if (!value) return wrong("a value such as nil, 3 or [1 2]");
      event.value = *value;
      event.mismatch = event.type == EventType::kFail && event.function == kCas && reader.at_end();
    }
    builder.add(event);
    return std::nullopt;
  }

  std::optional<Malformed> finish(HistoryBuilder& builder) override {
    if (operations_ > 0 || first_line_.empty()) return std::nullopt;
    return Malformed{builder.history().file, 0, 0,
                     fmt::format("no operation in it (it begins with \"{}\")", first_line_),
                     "lines such as \"jepsen.util - 4\t:invoke\t:read\tnil\""};
  }

 private:
  std::string first_line_;
  std::uint64_t operations_ = 0;
};

const FormatRegistrar kRegistrar(
    {"jepsen-log", "Jepsen's console log (jepsen.log) and history.txt", &recognises,
     []() -> std::unique_ptr<LineParser> { return std::make_unique<JepsenLogParser>(); }, nullptr,
     true});

}  // namespace
}  // namespace capsize::checker
