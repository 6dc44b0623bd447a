#include "node/simulator/options.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "base/command_line.h"
#include "base/units.h"
#include "node/bugs/registry.h"

namespace capsize::simulator {
namespace {

constexpr const char* kDescription =
    "Whole clusters of Raft replicas in virtual time, one for each seed: loss, duplication,\n"
    "reordering, partitions, crashes that lose what was not synced, slow disks, wrong clocks.\n"
    "Invariants hold after every step; then everything heals, and the cluster must converge.";
constexpr const char* kExamples =
    "Examples:\n"
    "  capsize-sim --seeds 1..100000 --jobs 2\n"
    "  capsize-sim --seeds 4711 --history h.jsonl --trace t.jsonl   # one seed again, exactly\n"
    "  capsize-sim-with-bugs --bug ack-before-commit --seeds 1..400 # must end with 1\n"
    "Exit codes: 0 every seed holds, 1 a violation, 254 usage error, 255 the simulator itself "
    "failed, 130 interrupted.";

constexpr unsigned kJobsMax = 1024;
constexpr base::Duration kChaosMax = std::chrono::hours(1);

/// As the parser fills it in; text is checked afterwards.
struct Raw {
  Options options;
  std::string seeds = "1..1000";
  std::string chaos = "5s";
  bool list_bugs = false;
};

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

base::Status read_seeds(Raw& raw) {
  const std::string_view text = raw.seeds;
  const std::size_t dots = text.find("..");
  Options& options = raw.options;
  const bool read = read_number(text.substr(0, dots), options.first) &&
                    read_number(dots == text.npos ? text : text.substr(dots + 2), options.last);
  if (!read || options.first > options.last) {
    return base::Error{fmt::format("--seeds: found '{}', expected 1..1000 or 4711", raw.seeds)};
  }
  if (options.first != options.last && !(options.history.empty() && options.trace.empty())) {
    return base::Error{"--history and --trace are of one seed: give --seeds one number"};
  }
  return {};
}

base::Status read_chaos(Raw& raw) {
  const auto chaos = base::parse_duration(raw.chaos);
  if (!chaos) return base::Error{"--chaos: " + chaos.error().message};
  if (chaos.value() > kChaosMax) return base::Error{"--chaos: expected at most 1h"};
  raw.options.chaos = chaos.value();
  return {};
}

base::Status check_bug(const Raw& raw) {
  if (raw.options.bug.empty() || bugs::find_bug(raw.options.bug) != nullptr) return {};
  return base::Error{fmt::format("--bug: this binary holds no bug named '{}' ", raw.options.bug)};
}

std::string list_bugs() {
  std::string lines;
  for (const bugs::BugInfo& bug : bugs::seeded_bugs())
    lines += fmt::format("{:<22} {}\n", bug.name, bug.what);
  return lines;
}

}  // namespace

base::Result<std::variant<Options, PrintText>> parse_options(std::span<char* const> arguments) {
  using Parsed = std::variant<Options, PrintText>;
  Raw raw;
  Options& options = raw.options;
  options.jobs = std::max(1U, std::thread::hardware_concurrency());
  base::CommandLine line("capsize-sim", kDescription);
  line.set_binary(bugs::seeded_bugs().empty() ? "capsize-sim" : "capsize-sim-with-bugs");
  line.set_footer(kExamples);
  line.option("--seeds", raw.seeds, "FIRST..LAST, or one").show_default();
  line.option("--jobs", options.jobs, "processes").range(1, kJobsMax).show_default();
  line.option("--chaos", raw.chaos, "simulated time under faults, for each seed").show_default();
  line.option("--history", options.history, "file for what the clients saw, as JSON lines");
  line.option("--trace", options.trace, "file for what the nodes did, as JSON lines");
  line.option("--bug", options.bug, "make this seeded bug (capsize-sim-with-bugs only)");
  line.flag("--list-bugs", raw.list_bugs, "print the seeded bugs this binary holds");
  const auto outcome = line.parse(arguments);
  if (const auto* print = std::get_if<base::CommandLine::Print>(&outcome)) {
    return Parsed(PrintText{print->text});
  }
  if (const auto* failure = std::get_if<base::CommandLine::Failure>(&outcome)) {
    return base::Error{failure->message};
  }
  if (raw.list_bugs) return Parsed(PrintText{list_bugs()});
  for (const auto& step : {read_seeds(raw), read_chaos(raw), check_bug(raw)}) {
    if (!step) return step.error();
  }
  return Parsed(std::move(options));
}

}  // namespace capsize::simulator
