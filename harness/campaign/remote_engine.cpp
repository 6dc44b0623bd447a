#include "harness/campaign/remote_engine.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "harness/campaign/job_directory.h"
#include "harness/campaign/receive_run.h"
#include "harness/store/run_directory.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

/// How often an engine may end one time after the other, without completing a job in between.
constexpr std::uint64_t kEndsMax = 5;
constexpr auto kRestartDelay = 500ms;  // doubles with each end in a row
constexpr auto kIdleNote = 15s;
constexpr auto kIdleBound = 10min;
/// A stopped run heals, judges what it has, and its files come back.
constexpr auto kCancelBound = 60s;
constexpr auto kStopBound = 20s;
constexpr auto kCancelledStopBound = 5s;
/// After its deadline a run has half a minute to stop; then its files come back. Other users of a
/// cluster may have their turn before it begins.
constexpr auto kAnswerBound = 15min;
/// Of one look: an engine that only chatters must not hide the rest.
constexpr std::size_t kNotesMax = 20;

}  // namespace

RemoteEngine::RemoteEngine(EngineProgram program)
    : program_(std::move(program)),
      name_prefix_(fmt::format("{}-{}", RunDirectory::time_name(), ::getpid())) {}

RemoteEngine::~RemoteEngine() {
  // After an interruption its jobs have ended, and a person waits.
  if (process_) process_->stop(cancelled_ ? kCancelledStopBound : kStopBound);
  // Left by workers of this machine that were killed: only a later job would remove them.
  remove_dead_jobs(jobs_directory(program_.work));
}

void RemoteEngine::submit(RunJob job) {
  const std::string id = job.planned.id;
  if (process_) {
    process_->send(submit_line(job, fmt::format("{}-{}", name_prefix_, ++names_), program_.keep));
  }
  running_.emplace(id, Submitted{std::move(job), Clock::now()});
}

void RemoteEngine::start(EngineNews& news) {
  auto process =
      EngineProcess::start(program_.program, program_.arguments, program_.log, kEventBytesMax);
  if (!process) {
    broken_ = true;
    news.broken = process.error().message;
    return;
  }
  process_.emplace(std::move(process).value());
  if (started_) news.notes.push_back("the engine is started again");
  started_ = true;
  greeted_ = false;
  failure_.clear();
  failed_finally_ = false;
  idle_since_ = Clock::now();
  idle_noted_ = false;
}

EngineNews RemoteEngine::completed() {
  EngineNews news;
  if (broken_) {
    lose_all(news);
    return news;
  }
  if (!process_) {
    lose_all(news);  // submitted while there was no engine
    if (!cancelled_ && Clock::now() >= start_at_) start(news);
    return news;
  }
  for (const auto& line : process_->receive()) {
    const auto event = parse_event(line);
    if (event) {
      handle(event.value(), news);
    } else {
      news.notes.push_back("engine: " + event.error().message);
    }
  }
  if (news.notes.size() > kNotesMax) news.notes.resize(kNotesMax);
  if (!process_->ended().empty()) engine_ended(process_->ended(), news);
  if (cancelled_ && Clock::now() - *cancelled_ > kCancelBound) lose_all(news);
  watch_deadlines(news);
  watch_capacity(news);
  return news;
}

void RemoteEngine::handle(const EngineEvent& event, EngineNews& news) {
  switch (event.kind) {
    case Kind::kHello:
      greeted_ = true;
      return;
    case Kind::kCapacity:
      // An engine that speaks another version would not understand what it is sent.
      if (greeted_) slots_ = event.slots;
      slots_seen_ = std::max(slots_seen_, slots_);
      return;
    case Kind::kCompleted:
      complete(event, news);
      return;
    case Kind::kLost: {
      const RunJob* job = find(event);
      if (job == nullptr) return;
      news.notes.push_back(
          fmt::format("run {} was lost: {}", job->planned.id,
                      event.text.empty() ? "the engine does not say why" : event.text));
      news.ends.push_back({job->planned.id, std::nullopt});
      running_.erase(event.id);
      return;
    }
    case Kind::kNote:
      news.notes.push_back("engine: " + event.text);
      return;
    case Kind::kFailed:
      failure_ = event.text;
      failed_finally_ = event.final;
      return;
  }
}

const RunJob* RemoteEngine::find(const EngineEvent& event) const {
  const auto found = running_.find(event.id);
  if (found == running_.end() || found->second.job.attempt != event.attempt) return nullptr;
  return &found->second.job;
}

void RemoteEngine::complete(const EngineEvent& event, EngineNews& news) {
  const RunJob* job = find(event);
  if (job == nullptr) return;  // of an attempt that was given up before
  auto received = receive_run(*job, event.text, program_.store);
  if (!received) {
    // An engine that answers nonsense is no verdict about the run, and may never answer better.
    LedgerRun run =
        without_result(job->planned, "engine", "the engine's answer: " + received.error().message);
    run.path = job->path;
    news.ends.push_back({job->planned.id, std::move(run)});
  } else {
    if (!received.value().note.empty()) news.notes.push_back(received.value().note);
    news.ends.push_back({job->planned.id, std::move(received.value().run)});
    ends_in_a_row_ = 0;
  }
  running_.erase(event.id);
}

void RemoteEngine::lose_all(EngineNews& news) {
  for (const auto& [id, submitted] : running_) news.ends.push_back({id, std::nullopt});
  running_.clear();
}

void RemoteEngine::engine_ended(const std::string& how, EngineNews& news) {
  const std::string reason = failure_.empty() ? how : failure_;
  process_.reset();
  slots_ = 0;
  lose_all(news);
  if (cancelled_) return;
  if (++ends_in_a_row_ >= kEndsMax || failed_finally_) {
    broken_ = true;
    news.broken =
        fmt::format("the engine has ended: {}; its log: {}", reason, program_.log.string());
    return;
  }
  news.notes.push_back("the engine has ended: " + reason);
  start_at_ = Clock::now() + kRestartDelay * (1U << (ends_in_a_row_ - 1));
}

void RemoteEngine::watch_deadlines(EngineNews& news) {
  for (auto each = running_.begin(); each != running_.end();) {
    const auto& [id, submitted] = *each;
    if (Clock::now() - submitted.since < submitted.job.deadline + kAnswerBound) {
      ++each;
      continue;
    }
    news.notes.push_back(fmt::format("run {} was lost: no answer came for a long time", id));
    news.ends.push_back({id, std::nullopt});
    if (process_) process_->send(cancel_line(id, submitted.job.attempt));
    each = running_.erase(each);
  }
}

void RemoteEngine::watch_capacity(EngineNews& news) {
  if (slots_ > 0 || broken_ || cancelled_) {
    idle_since_ = Clock::now();
    idle_noted_ = false;
    return;
  }
  const auto idle = Clock::now() - idle_since_;
  if (idle > kIdleNote && !idle_noted_) {
    idle_noted_ = true;
    news.notes.push_back("waiting for workers");
  }
  if (idle > kIdleBound) {
    broken_ = true;
    news.broken = "the engine has had no worker for 10 minutes";
  }
}

void RemoteEngine::cancel(bool at_once) {
  if (!cancelled_) cancelled_ = Clock::now();
  if (!process_) return;
  if (at_once) {
    process_->stop(2s);
    return;  // completed() notices the end
  }
  for (const auto& [id, submitted] : running_) {
    process_->send(cancel_line(id, submitted.job.attempt));
  }
}

}  // namespace capsize::harness
