// capsize prune: removes old runs from a store.
#include <fmt/core.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/units.h"
#include "harness/cli/verb.h"
#include "harness/store/run_directory.h"
#include "harness/store/stored_runs.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kKeepDefault = 10;

struct Sum {
  std::uint64_t runs = 0;
  std::uint64_t bytes = 0;
  void add(const StoredRun& run) {
    ++runs;
    bytes += run.bytes;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("{} run{}, {}", runs, runs == 1 ? "" : "s", size_text(bytes));
  }
};

/// Accepts days in addition to the units of parse_duration().
base::Result<base::Duration> parse_age(const std::string& text) {
  if (!text.ends_with('d')) return base::parse_duration(text);
  auto hours = base::parse_duration(text.substr(0, text.size() - 1) + "h");
  if (!hours || hours.value() > base::Duration::max() / 24) {
    return base::Error{fmt::format("found '{}', expected an age such as 7d or 12h", text)};
  }
  return hours.value() * 24;
}

class Prune final : public Verb {
 public:
  std::string_view name() const override { return "prune"; }
  std::string_view summary() const override {
    return "Removes old runs, but no failed ones, from a store, and prints its size";
  }
  std::string_view examples() const override {
    return "Failures are runs that are neither valid nor vacuous, or have no verdict. A run whose\n"
           "process is alive is never removed.\n\n"
           "Examples:\n"
           "  capsize prune --dry-run              shows what would be removed, and its size\n"
           "  capsize prune --keep 3               keeps the three newest of each scenario\n"
           "  capsize prune --older-than 7d --store /var/tmp/runs\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("--keep", keep_, "how many of the newest runs of each scenario to keep [10]");
    line.option("--older-than", older_than_,
                "remove only runs that started longer ago than this: 7d, 12h")
        .type_name("AGE")
        .excludes("--keep");
    line.option("--store", store_, "directory of runs").show_default();
    line.flag("--with-failures", with_failures_, "remove failures too");
    line.flag("--dry-run", dry_run_, "print what would be removed, and remove nothing");
  }

  int run() override {
    PruneRule rule{.with_failures = with_failures_};
    if (older_than_) {
      const auto age = parse_age(*older_than_);
      if (!age) return usage_error("--older-than: " + age.error().message);
      const auto then = std::chrono::system_clock::now() -
                        std::chrono::duration_cast<std::chrono::microseconds>(age.value());
      rule.before =
          std::chrono::duration_cast<std::chrono::seconds>(then.time_since_epoch()).count();
    } else {
      rule.keep = keep_.value_or(kKeepDefault);
    }
    const auto runs = list_runs(store_);
    if (!runs) return usage_error(runs.error().message);
    return remove(runs.value(), runs_to_remove(runs.value(), rule));
  }

 private:
  int remove(const std::vector<StoredRun>& all, const std::vector<StoredRun>& chosen) const {
    Sum store, removed, failures, running;
    for (const auto& run : all) {
      store.add(run);
      if (run.running) running.add(run);
      if (run.failed() && !run.running) failures.add(run);
    }
    fmt::print("{:<12} {}\n", "store", store.text());
    int code = 0;
    for (const auto& run : chosen) {
      if (dry_run_) {
        fmt::print("  {:>10}  {:<14} {}\n", size_text(run.bytes),
                   run.verdict.empty() ? "no verdict" : run.verdict, run.path.string());
      } else if (const auto done = remove_run(run); !done) {
        code = usage_error(done.error().message);
        continue;
      }
      removed.add(run);
    }
    if (!dry_run_) finish_removals(store_);
    fmt::print("{:<12} {}\n", dry_run_ ? "would remove" : "removed", removed.text());
    if (failures.runs > 0 && !with_failures_) {
      fmt::print("{:<12} {} (--with-failures removes them too)\n", "failures", failures.text());
    }
    if (running.runs > 0) fmt::print("{:<12} {}\n", "running", running.text());
    return code;
  }

  std::optional<std::uint64_t> keep_;
  std::optional<std::string> older_than_;
  std::string store_ = kStoreDefault;
  bool with_failures_ = false;
  bool dry_run_ = false;
};

const base::Registered<Verb, Prune> registered;

}  // namespace
}  // namespace capsize::harness
