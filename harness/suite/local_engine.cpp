#include "harness/suite/local_engine.h"

#include <utility>

#include "harness/suite/run_result.h"

namespace capsize::harness {

Engine::~Engine() = default;

LocalEngine::LocalEngine(std::filesystem::path program, std::filesystem::path store,
                         std::size_t jobs)
    : program_(std::move(program)), store_(std::move(store)), jobs_(jobs) {}

void LocalEngine::submit(RunJob job) {
  auto process = RunProcess::start(job.planned, {.program = program_,
                                                 .store = store_,
                                                 .directory = job.directory,
                                                 .path = job.path,
                                                 .deadline = job.deadline});
  if (process) {
    running_.push_back(std::move(process).value());
    return;
  }
  LedgerRun broken = without_result(job.planned, "start", process.error().message);
  broken.path = job.path;
  not_started_.push_back({job.planned.id, std::move(broken)});
}

EngineNews LocalEngine::completed() {
  EngineNews news{.ends = std::exchange(not_started_, {}), .notes = {}, .broken = {}};
  for (std::size_t i = 0; i < running_.size();) {
    auto ended = running_[i].poll();
    if (!ended) {
      ++i;
      continue;
    }
    RunEnd end{.id = running_[i].planned().id, .run = {}};
    if (!ended->interrupted) end.run = std::move(ended->run);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    news.ends.push_back(std::move(end));
  }
  return news;
}

void LocalEngine::cancel(bool at_once) {
  for (auto& run : running_) at_once ? run.kill() : run.interrupt();
}

}  // namespace capsize::harness
