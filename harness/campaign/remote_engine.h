// Runs wherever an engine program takes them: to the workers of a Dask cluster, for instance.
//
// Engines die: their scheduler is killed, a worker loses its power. Nothing of that is a verdict. A
// job without an answer is lost, and the caller runs it again; an engine that has ended is started
// again. What the ledger has stays as it is.
//
// The directory of a run that has passed is removed, as nothing is in it: the answer has only its
// line of the ledger. That of another run is the one that it had on its worker.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/campaign/engine_messages.h"
#include "harness/campaign/engine_process.h"
#include "harness/suite/engine.h"

namespace capsize::harness {

struct EngineProgram {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::filesystem::path work;   // its directory, where workers of this machine execute jobs
  std::filesystem::path log;    // of its standard error
  std::filesystem::path store;  // of the campaign
  Keep keep = Keep::kFailures;  // of the suite: whether passed runs come back, too
};

class RemoteEngine final : public Engine {
 public:
  /// Starts the program at the first call of completed().
  explicit RemoteEngine(EngineProgram program);
  /// Ends the engine, which stops its jobs.
  ~RemoteEngine() override;

  [[nodiscard]] std::size_t capacity() override { return slots_; }
  void submit(RunJob job) override;
  [[nodiscard]] EngineNews completed() override;
  void cancel(bool at_once) override;
  /// An engine gives up a worker after a few of them in a row; this is for one that does not.
  [[nodiscard]] std::size_t harness_errors_max() const override { return 5 + 4 * slots_seen_; }

 private:
  using Clock = std::chrono::steady_clock;

  void start(EngineNews& news);
  void handle(const EngineEvent& event, EngineNews& news);
  void complete(const EngineEvent& event, EngineNews& news);
  /// The job that an event is about; null if it is about none that is running.
  [[nodiscard]] const RunJob* find(const EngineEvent& event) const;
  void lose_all(EngineNews& news);
  /// Gives up jobs of which there should have been an answer long ago.
  void watch_deadlines(EngineNews& news);
  void engine_ended(const std::string& how, EngineNews& news);
  void watch_capacity(EngineNews& news);

  EngineProgram program_;
  std::optional<EngineProcess> process_;
  struct Submitted {
    RunJob job;
    Clock::time_point since;
  };
  std::map<std::string, Submitted> running_;  // by id
  std::size_t slots_ = 0;
  std::size_t slots_seen_ = 0;  // the most that there were
  bool greeted_ = false;        // the engine has said hello
  bool started_ = false;        // once at least
  std::string name_prefix_;     // of the jobs of this campaign
  std::uint64_t names_ = 0;     // jobs submitted
  std::string failure_;         // the reason that the engine gave
  bool failed_finally_ = false;
  std::uint64_t ends_in_a_row_ = 0;  // of the engine, without a job completed in between
  Clock::time_point start_at_ = Clock::now();
  Clock::time_point idle_since_ = Clock::now();  // since when there has been no worker
  bool idle_noted_ = false;
  std::optional<Clock::time_point> cancelled_;
  bool broken_ = false;
};

}  // namespace capsize::harness
