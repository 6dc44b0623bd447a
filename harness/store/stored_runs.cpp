#include "harness/store/stored_runs.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <map>
#include <utility>

#include "base/json.h"
#include "harness/store/results_file.h"
#include "harness/store/run_lock.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kRemoving = ".removing-";
constexpr const char* kLatest = "latest";

/// Whether it is a directory, not a link to one.
bool is_own_directory(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() == fs::file_type::directory;
}

bool is_own_file(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() == fs::file_type::regular;
}

std::vector<fs::path> own_directories(const fs::path& parent) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (is_own_directory(entry.path())) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string verdict_of(const fs::path& run) {
  const fs::path path = run / "results.json";
  if (!is_own_file(path)) return {};
  const auto results = read_results(run);
  if (!results) return {};
  const auto* verdict = results.value().find("verdict");
  const bool named = verdict != results.value().end() && verdict->is_string();
  return named ? verdict->text() : std::string();
}

std::vector<fs::path> run_directories(const fs::path& scenario) {
  auto found = own_directories(scenario);
  std::erase_if(found, [](const fs::path& path) { return !begin_of(path.filename().string()); });
  return found;
}

/// Points a dangling link to `newest`, or removes it.
void repair_link(const fs::path& link, const std::optional<fs::path>& newest) {
  std::error_code ignored;
  if (!fs::is_symlink(fs::symlink_status(link, ignored)) || fs::exists(link, ignored)) return;
  fs::remove(link, ignored);
  if (newest) fs::create_directory_symlink(*newest, link, ignored);
}

}  // namespace

std::optional<std::int64_t> begin_of(const std::string& name) {
  // 20260131T120000.000Z-7, with ".1" for a second run in the same millisecond.
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0, length = 0;
  if (std::sscanf(name.c_str(), "%4d%2d%2dT%2d%2d%2d.%3dZ-%n", &year, &month, &day, &hour, &minute,
                  &second, &millisecond, &length) != 7 ||
      length != 21) {
    return std::nullopt;
  }
  const std::string rest = name.substr(static_cast<std::size_t>(length));
  const bool numbers = !rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0])) != 0 &&
                       rest.find_first_not_of("0123456789.") == std::string::npos;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!numbers || !date.ok()) return std::nullopt;
  const auto midnight = std::chrono::sys_days(date).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(midnight).count() + hour * 3600 +
         minute * 60 + second;
}

std::uint64_t bytes_on_disk(const fs::path& directory) {
  constexpr std::uint64_t kBlock = 512;  // the unit of st_blocks on every file system
  std::uint64_t bytes = 0;
  std::error_code ignored;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(directory, options, ignored), end; at != end;
       at.increment(ignored)) {
    struct stat entry {};
    if (::lstat(at->path().c_str(), &entry) == 0) {
      bytes += static_cast<std::uint64_t>(entry.st_blocks) * kBlock;
    }
    if (ignored) break;
  }
  return bytes;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kKiB = 1024, kMiB = kKiB * 1024, kGiB = kMiB * 1024;
  const auto in = [bytes](std::uint64_t unit) {
    return static_cast<double>(bytes) / static_cast<double>(unit);
  };
  if (bytes >= kGiB) return fmt::format("{:.1f} GiB", in(kGiB));
  if (bytes >= kMiB) return fmt::format("{:.1f} MiB", in(kMiB));
  return fmt::format("{:.0f} KiB", in(kKiB));
}

base::Result<std::vector<StoredRun>> list_runs(const fs::path& store) {
  std::error_code error;
  if (!fs::is_directory(store, error)) {
    return base::Error{store.string() + ": found no directory, expected a store of runs"};
  }
  std::vector<StoredRun> runs;
  bool is_store = false;
  for (const auto& scenario : own_directories(store)) {
    for (const auto& path : run_directories(scenario)) {
      is_store = is_store || is_own_file(path / "scenario.json");
      runs.push_back({.scenario = scenario.filename().string(),
                      .name = path.filename().string(),
                      .path = path,
                      .verdict = verdict_of(path),
                      .bytes = bytes_on_disk(path),
                      .running = is_running(path)});
    }
  }
  if (!is_store) {
    return base::Error{store.string() +
                       ": found no run SCENARIO/TIME-SEED/scenario.json, expected a store of runs"};
  }
  return runs;
}

std::vector<StoredRun> runs_to_remove(const std::vector<StoredRun>& runs, const PruneRule& rule) {
  std::vector<StoredRun> chosen;
  std::map<std::string, std::uint64_t> kept;                   // by scenario
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {  // the newest of a scenario first
    if (run->running || (run->failed() && !rule.with_failures)) continue;
    if (rule.keep && kept[run->scenario]++ < *rule.keep) continue;
    if (rule.before && begin_of(run->name).value_or(*rule.before) >= *rule.before) continue;
    chosen.push_back(*run);
  }
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

base::Status remove_run(const StoredRun& run) {
  std::error_code error;
  const fs::path renamed = run.path.parent_path() / (std::string(kRemoving) + run.name);
  fs::rename(run.path, renamed, error);
  if (!error) fs::remove_all(renamed, error);  // does not follow links
  if (error) return base::Error{run.path.string() + ": cannot be removed: " + error.message()};
  return {};
}

void finish_removals(const fs::path& store) {
  std::optional<fs::path> newest;
  std::error_code ignored;
  for (const auto& scenario : own_directories(store)) {
    for (const auto& left : own_directories(scenario)) {
      if (left.filename().string().starts_with(kRemoving)) fs::remove_all(left, ignored);
    }
    const auto runs = run_directories(scenario);
    const auto last = runs.empty() ? std::nullopt : std::optional(runs.back().filename());
    const bool had_runs = fs::is_symlink(fs::symlink_status(scenario / kLatest, ignored));
    repair_link(scenario / kLatest, last);
    if (!last && had_runs) fs::remove(scenario, ignored);  // only if it is empty
    if (!last) continue;
    if (!newest || *last > newest->filename()) newest = scenario.filename() / *last;
  }
  repair_link(store / kLatest, newest);
}

}  // namespace capsize::harness
