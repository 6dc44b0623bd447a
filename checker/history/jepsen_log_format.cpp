// Jepsen's console log: "INFO  jepsen.util - 4\t:invoke\t:cas\t[1 0]", as in the etcd logs of 2014.
//
// Lines of other loggers and of the nemesis are skipped. There is one key, and no time. A
// completion with a keyword in place of a value (:timed-out) only says that it is indeterminate. A
// failed cas in these logs did see another value, and counts as an observation of that.
#include <fmt/core.h>

#include <vector>

#include "checker/history/edn.h"
#include "checker/history/format.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kMarker = "jepsen.util - ";

bool recognises(std::string_view first_line, const Vocabulary&) {
  return first_line.starts_with("INFO") && first_line.find("jepsen.") != std::string_view::npos;
}

class JepsenLogParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    const std::size_t marker = line.text.find(kMarker);
    if (marker == std::string_view::npos) return std::nullopt;
    EdnReader reader(line.text, marker + kMarker.size());
    const auto wrong = [&](std::string expected) {
      return LineError{{builder.history().file, line.number, reader.column(), reader.found(),
                        std::move(expected)},
                       true};
    };
    const auto process = reader.integer();
    if (!process || *process < 0) {
      if (reader.starts_with(":nemesis")) return std::nullopt;
      return wrong("a process number or :nemesis");
    }
    Event event;
    event.process = *process;
    event.line = static_cast<std::uint32_t>(line.number);
    const auto type = reader.keyword();
    if (!type || !builder.type(*type)) return wrong(":invoke, :ok, :fail or :info");
    event.type = *builder.type(*type);
    const auto function = reader.keyword();
    if (!function || !builder.function(*function)) return wrong("a function such as :read");
    event.function = *builder.function(*function);
    event.key = builder.key("", false);
    event.mismatch = event.type == EventType::kFail && event.function == kCas;
    if (!reader.starts_with(":")) {
      const auto value = reader.value(builder.values());
      if (!value) return wrong("a value such as nil, 3 or [1 2]");
      event.value = *value;
    }
    builder.add(event);
    return std::nullopt;
  }
};

const FormatRegistrar kRegistrar(
    {"jepsen-log", "the console log of Jepsen, one register", &recognises,
     []() -> std::unique_ptr<LineParser> { return std::make_unique<JepsenLogParser>(); }, nullptr,
     true});

}  // namespace
}  // namespace capsize::checker
