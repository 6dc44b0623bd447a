#include "harness/cli/reading_options.h"

#include <fmt/core.h>

#include "base/units.h"
#include "checker/history/format.h"

namespace capsize::harness {

void ReadingOptions::add_to(base::CommandLine& line) {
  line.option("--format", format_, "how it is written (capsize list formats) [recognised]");
  line.option("--map", rules_,
              "key=k: the field key is called k there; f.put=write: its put is a write")
      .one_value_each()
      .without_ellipsis();
  line.option("--key", key_, "only the operations of this key");
  line.option("--clock-error", clock_error_,
              "clocks differ by at most so much; widens intervals of start and end")
      .show_default();
  line.flag("--lenient", lenient_, "skip and count what is malformed");
}

std::variant<checker::ReadOptions, std::string> ReadingOptions::resolve() const {
  if (!format_.empty() && checker::find_format(format_) == nullptr) {
    std::string names;
    for (const auto* format : checker::list_formats()) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", format->name);
    }
    return fmt::format("--format: found '{}', expected one of: {}", format_, names);
  }
  checker::ReadOptions options{.format = format_, .key = key_, .lenient = lenient_};
  for (const std::string& rule : rules_) {
    if (const auto problem = options.vocabulary.add(rule)) return "--map: " + *problem;
  }
  const auto clock_error = base::parse_duration(clock_error_);
  if (!clock_error) return "--clock-error: " + clock_error.error().message;
  options.clock_error = clock_error.value();
  return options;
}

}  // namespace capsize::harness
