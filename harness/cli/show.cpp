// capsize show: a run as text, from the files of its directory.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "base/units.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/report/terminal.h"
#include "harness/show/show.h"
#include "harness/store/run_directory.h"
#include "harness/store/run_lock.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kColumnsDefault = 100;
constexpr std::size_t kColumnsMin = 60;

/// An option with a duration: "1.2s".
base::Result<std::optional<base::Duration>> duration(const char* option,
                                                     const std::optional<std::string>& text) {
  if (!text) return std::optional<base::Duration>();
  const auto parsed = base::parse_duration(*text);
  if (!parsed) return base::Error{std::string(option) + ": " + parsed.error().message};
  if (parsed.value() < base::Duration::zero() || parsed.value() > std::chrono::hours(24 * 366)) {
    return base::Error{std::string(option) + ": found " + *text + ", expected a year at most"};
  }
  return std::optional(parsed.value());
}

class Show final : public Verb {
 public:
  std::string_view name() const override { return "show"; }
  std::string_view summary() const override {
    return "Shows a run: summary, explanation, the failing key, the cluster around the failure";
  }
  std::string_view examples() const override {
    return "Reads only the files of the run directory; says what is missing there.\n\n"
           "Examples:\n"
           "  capsize show                                   the latest run, store/latest\n"
           "  capsize show RUN_DIR | less -R\n"
           "  capsize show --around 1.2s --for 500ms         the cluster at another time\n"
           "  capsize show --key r1 --messages               one key; every message\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("run-directory", run_, "directory of the run [store/latest]").type_name("RUN_DIR");
    line.option("--key", key_, "the operations of this key [that of the failure]").type_name("KEY");
    line.option("--around", around_, "time that is shown, since the start of the load: 1.2s")
        .type_name("TIME");
    line.option("--for", length_, "length of the time that is shown: 500ms").type_name("TIME");
    line.flag("--messages", messages_,
              "every message between the nodes, not only elections and what was stopped");
  }

  int run() override {
    survive_closed_readers();
    const auto around = duration("--around", around_);
    if (!around) return usage_error(around.error().message);
    const auto length = duration("--for", length_);
    if (!length) return usage_error(length.error().message);
    std::error_code error;
    const fs::path directory = fs::canonical(run_, error);
    if (error) return usage_error(fmt::format("{}: {}", run_, error.message()));
    const auto read = read_outcome(directory);
    if (!read) return usage_error(read.error().message);
    if (is_running(directory)) {
      std::fputs("show: the run is not over: what is recorded by now is shown\n", stderr);
    }
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    const auto text = shown_run(
        read.value(), {.key = key_,
                       .around = around.value(),
                       .length = length.value(),
                       .messages = messages_,
                       .columns = terminal ? std::max(terminal_width(STDOUT_FILENO), kColumnsMin)
                                           : kColumnsDefault,
                       .colours = wants_colours(STDOUT_FILENO)});
    if (!text) return usage_error(text.error().message);
    fmt::print("{}", text.value());
    return 0;
  }

 private:
  std::string run_ = std::string(kStoreDefault) + "/latest";
  std::optional<std::string> key_;
  std::optional<std::string> around_;
  std::optional<std::string> length_;
  bool messages_ = false;
};

const base::Registered<Verb, Show> registered;

}  // namespace
}  // namespace capsize::harness
