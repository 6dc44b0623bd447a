#include "harness/doctor/machine_findings.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "harness/bench/bench.h"
#include "harness/process/crash_evidence.h"
#include "harness/process/descriptors.h"
#include "harness/process/kernel_files.h"
#include "harness/process/machine.h"
#include "harness/process/pressure.h"
#include "harness/store/stored_runs.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using base::Json;

constexpr double kGiB = std::uint64_t{1} << 30U;

/// Figures are for people: two digits after the point are enough.
Json rounded(double value) {
  return std::round(value * 100) / 100;
}

Json limit_value(rlim_t limit) {
  return limit == RLIM_INFINITY ? Json("unlimited") : Json(static_cast<std::uint64_t>(limit));
}

rlimit limit_of(int resource) {
  rlimit limit{};
  ::getrlimit(static_cast<decltype(RLIMIT_CORE)>(resource), &limit);
  return limit;
}

/// The nearest directory that exists: the store, or what it would be created in.
fs::path existing_part(const fs::path& store) {
  std::error_code ignored;
  fs::path path = fs::absolute(store);
  while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path;
}

std::string first_line(const std::string& path) {
  const std::string text = kernel_file(path);
  return text.substr(0, text.find('\n'));
}

double milliseconds_of(base::Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

ScratchDirectory::ScratchDirectory(const fs::path& store) {
  std::string pattern = (existing_part(store) / ".capsize-doctor-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    error_ = fmt::format("{}: {}", existing_part(store).string(), std::strerror(errno));
    return;
  }
  path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

std::vector<Finding> program_findings(const fs::path& binaries) {
  std::vector<Finding> found;
  for (const std::string program : {"capsize-node", "capsize-proxy", "capsize-node-with-bugs"}) {
    const bool usable = ::access((binaries / program).c_str(), X_OK) == 0;
    Finding line = finding(program, usable ? "there" : "missing", "", !usable,
                           fmt::format("{} is not beside capsize: build or install it",
                                       (binaries / program).string()));
    // Only --bug and --control need the node with bugs.
    if (!usable && program != "capsize-node-with-bugs") line.state = FindingState::kImpossible;
    found.push_back(std::move(line));
  }
  return found;
}

std::vector<Finding> kernel_findings() {
  constexpr double kMemoryLow = 1;
  const Machine machine = this_machine();
  utsname system{};
  ::uname(&system);
  const double memory = static_cast<double>(machine.memory_bytes) / kGiB;
  std::vector<Finding> found;
  found.push_back(finding("cores", machine.cores, "", machine.cores < 2,
                          "a run of five nodes on one core is slow: use a lower --rate"));
  found.push_back(finding("memory-available", rounded(memory), "GiB", memory < kMemoryLow,
                          "less than 1 GiB: end other programs, or raise the container's limit"));
  found.push_back(finding("kernel", std::string(system.release), "", false, ""));
  const auto clock = first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  const bool slow = clock == "hpet" || clock == "acpi_pm" || clock.ends_with("jiffies");
  if (!clock.empty()) {
    found.push_back(finding("clock-source", clock, "", slow,
                            "reading the clock is slow: the kernel distrusts the processor's"));
  }
  const auto averages = pressure_now();
  if (averages.empty()) {
    found.push_back(finding("pressure", "unknown", "", true,
                            "no /proc/pressure: an overload shows only in the timers"));
  }
  for (const auto& [resource, percent] : averages) {
    found.push_back(finding("pressure-" + resource, rounded(percent), "%",
                            percent > (resource == "memory" ? 5 : 30),
                            "other programs already use it: wait until other work has ended"));
  }
  return found;
}

std::vector<Finding> limit_findings() {
  constexpr std::uint64_t kFilesLow = 1024, kProcessesLow = 256;
  std::vector<Finding> found;
  const std::uint64_t files = raise_descriptor_limit();
  found.push_back(finding("open-files", files, "", files < kFilesLow,
                          "runs with many clients need more: ulimit -Hn"));
  const rlimit processes = limit_of(RLIMIT_NPROC);
  found.push_back(finding("processes", limit_value(processes.rlim_cur), "",
                          processes.rlim_cur < kProcessesLow,
                          "a run has up to twenty processes and threads a node: ulimit -u"));
  const rlimit core = limit_of(RLIMIT_CORE);
  found.push_back(finding("core-size", limit_value(core.rlim_max), "", core.rlim_max == 0,
                          "a node that crashes leaves no core dump: ulimit -Hc unlimited"));
  const std::string pattern = core_pattern();
  found.push_back(finding("core-pattern", pattern.empty() ? "none" : pattern, "",
                          !is_core_in_working_directory(pattern),
                          "core dumps do not land in the run directory: sysctl "
                          "kernel.core_pattern=core"));
  return found;
}

std::vector<Finding> store_findings(const fs::path& store) {
  constexpr double kSpaceLow = 2, kSyncSlow = 50;
  const ScratchDirectory scratch(store);
  if (scratch.path().empty()) {
    return {{.name = "store",
             .value = store.string(),
             .state = FindingState::kImpossible,
             .advice = scratch.error() + ": expected a directory that can be written: --store"}};
  }
  std::vector<Finding> found = {{.name = "store", .value = store.string()}};
  std::error_code ignored;
  const double space = static_cast<double>(fs::space(scratch.path(), ignored).available) / kGiB;
  found.push_back(finding("free-space", rounded(space), "GiB", space < kSpaceLow,
                          "a night of runs needs more: capsize prune, or another --store"));
  const auto syncs = disk_syncs(scratch.path());
  if (!syncs) {
    found.push_back({.name = "disk-sync",
                     .value = "failed",
                     .state = FindingState::kImpossible,
                     .advice = syncs.error().message});
    return found;
  }
  for (const auto& [label, q] : {std::pair{"disk-sync-p50", 0.5}, {"disk-sync-p99", 0.99}}) {
    const double time = milliseconds_of(syncs.value().quantile(q));
    found.push_back(finding(label, rounded(time), "ms", time > kSyncSlow,
                            "nodes sync each write: use a faster disk or a tmpfs for --store"));
  }
  return found;
}

std::uint64_t parent_of_capsize_process(std::string_view arguments) {
  std::vector<std::string_view> words;
  while (!arguments.empty()) {
    const std::size_t end = std::min(arguments.find('\0'), arguments.size());
    words.push_back(arguments.substr(0, end));
    arguments.remove_prefix(std::min(end + 1, arguments.size()));
  }
  if (words.empty()) return 0;
  const std::string_view program = words[0].substr(words[0].rfind('/') + 1);
  if (!program.starts_with("capsize-node") && program != "capsize-proxy") return 0;
  const auto option = std::find(words.begin(), words.end(), "--parent");
  if (option == words.end() || std::next(option) == words.end()) return 0;
  return number_of(*std::next(option), "");
}

std::vector<Finding> leftover_findings(const fs::path& store) {
  std::string pids;
  std::uint64_t orphans = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto parent = parent_of_capsize_process(kernel_file(entry.path() / "cmdline"));
    const auto real = number_of(kernel_file(entry.path() / "status"), "PPid");
    if (parent == 0 || parent == real) continue;
    pids += " " + pid;
    ++orphans;
  }
  std::uint64_t without_results = 0;
  if (const auto runs = list_runs(store)) {
    for (const auto& run : runs.value()) without_results += run.verdict.empty() && !run.running;
  }
  return {finding("leftover-processes", orphans, "", orphans > 0,
                  "nodes whose harness is gone: kill" + pids),
          finding("runs-without-results", without_results, "", without_results > 0,
                  "they were killed; what they recorded can be checked, and capsize prune "
                  "--with-failures removes them")};
}

}  // namespace capsize::harness
