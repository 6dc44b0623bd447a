#include "serve/live_runs.h"

#include <algorithm>

namespace capsize::serve {
namespace {

// Two browsers that show the same run share what one of them has read a moment ago.
constexpr auto kSharedFor = std::chrono::milliseconds(200);
constexpr auto kUnusedFor = std::chrono::minutes(1);

}  // namespace

void LiveRuns::forget_unused(base::Instant now) {
  std::erase_if(watched_, [now](const Watched& each) { return now - each.asked > kUnusedFor; });
}

std::optional<base::Json> LiveRuns::snapshot(const RunName& run, base::Instant now) {
  auto found = std::find_if(watched_.begin(), watched_.end(),
                            [&run](const Watched& each) { return each.run == run; });
  if (found == watched_.end()) {
    const auto directory = open_run(store_, run);
    if (!directory) return std::nullopt;
    auto watch = harness::RunWatch::open(directory->stable_path());
    if (!watch) return std::nullopt;
    watched_.push_front({run, std::move(watch).value(), now, std::nullopt});
    if (watched_.size() > kRunsMax) watched_.pop_back();
    found = watched_.begin();
  }
  watched_.splice(watched_.begin(), watched_, found);
  Watched& chosen = watched_.front();
  chosen.asked = now;
  if (!chosen.polled || now - *chosen.polled > kSharedFor) {
    chosen.watch.poll(now);
    chosen.polled = now;
  }
  return to_json(chosen.watch.snapshot());
}

}  // namespace capsize::serve
