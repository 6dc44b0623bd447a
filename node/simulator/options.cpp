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
    "Simulates clusters of Raft replicas in virtual time, one cluster per seed, under faults:\n"
    "message loss, duplication and reordering, partitions, crashes that lose unsynced writes,\n"
    "slow disks, drifting clocks. Checks the invariants after every step; then all faults are\n"
    "healed, and the cluster must converge.";
constexpr const char* kExamples =
    "Examples:\n"
    "  capsize-sim --seeds 1..100000 --jobs 2\n"
    "  capsize-sim --seeds 4711 --history h.jsonl --trace t.jsonl   # replays one seed exactly\n"
    "  capsize-sim-with-bugs --bug ack-before-commit --seeds 1..400 # must exit with 1\n"
    "Exit codes: 0 no violation, 1 a violation, 254 usage error, 255 internal error of the "
    "simulator, 130 interrupted.";

constexpr unsigned kJobsMax = 1024;
constexpr base::Duration kChaosMax = std::chrono::hours(1);

/// The values as parsed; text values are checked afterwards.
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
    return base::Error{"--history and --trace need a single seed: give --seeds one number"};
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
  return base::Error{
      fmt::format("--bug: this binary has no seeded bug named '{}' ", raw.options.bug)};
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
  line.option("--seeds", raw.seeds, "FIRST..LAST, or one seed").show_default();
  line.option("--jobs", options.jobs, "number of processes").range(1, kJobsMax).show_default();
  line.option("--chaos", raw.chaos, "simulated time under faults per seed").show_default();
  line.option("--history", options.history, "write the clients' history to this file (JSON lines)");
  line.option("--trace", options.trace, "write the nodes' trace to this file (JSON lines)");
  line.option("--bug", options.bug, "enable this seeded bug (capsize-sim-with-bugs only)");
  line.flag("--list-bugs", raw.list_bugs, "print the seeded bugs of this binary");
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
