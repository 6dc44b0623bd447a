#include "harness/campaign/execute_job.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/mismatch.h"
#include "base/version.h"
#include "harness/evidence/archive_file.h"
#include "harness/evidence/bundle.h"
#include "harness/store/run_directory.h"
#include "harness/suite/retention.h"
#include "harness/suite/run_process.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kStep = 10ms;
/// Files of a run that are packed at all, and what is packed if they are too large for an answer:
/// its first files, which explain the failure (evidence/bundle.h).
constexpr std::uint64_t kPackedBytesMax = std::uint64_t{256} << 20U;
constexpr std::uint64_t kTellingBytesMax = std::uint64_t{32} << 20U;
/// The path of the run in its answer; the caller knows another one.
constexpr const char* kRunName = "run";

/// Packs the first files of the run whose bytes together stay below the bound.
base::Result<std::string> pack(const fs::path& run, const fs::path& file, std::uint64_t bytes_max) {
  const auto content = bundle_content(run, false);
  if (!content) return content.error();
  auto archive = ArchiveFile::create(file);
  if (!archive) return archive.error();
  std::uint64_t bytes = 0;
  for (const auto& member : content.value().members) {
    bytes += member.bytes;
    if (bytes > bytes_max) break;
    auto left_out = archive.value().add_file(member.name, run / member.name, nullptr);
    if (!left_out) return left_out.error();
  }
  if (auto done = archive.value().finish(); !done) return done.error();
  std::ifstream packed(file, std::ios::binary);
  std::ostringstream text;
  text << packed.rdbuf();
  if (!packed || !text) return base::Error{file.string() + ": cannot be read"};
  return std::move(text).str();
}

base::Result<std::string> pack_run(const fs::path& run, const fs::path& file) {
  auto archive = pack(run, file, kPackedBytesMax);
  if (archive && archive.value().size() <= kArchiveBytesMax) return archive;
  archive = pack(run, file, kTellingBytesMax);
  if (archive && archive.value().size() > kArchiveBytesMax) archive.value().clear();
  return archive;
}

/// Whether the process that reads the answer has ended.
bool reader_is_gone() {
  pollfd output{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/// Waits for the end of a run; nothing if a signal stopped it before it had a verdict.
std::optional<LedgerRun> wait_for(RunProcess& process, SignalGuard& signals) {
  bool asked = false;
  while (true) {
    if (signals.wait(kStep)) {
      asked ? process.kill() : process.interrupt();
      asked = true;
    }
    if (reader_is_gone()) process.kill();
    auto ended = process.poll();
    if (!ended) continue;
    if (ended->interrupted) return std::nullopt;
    return std::move(ended->run);
  }
}

}  // namespace

base::Result<JobAnswer> execute_job(const Job& job, const JobPlace& place, SignalGuard& signals) {
  // The layout of a store, as programs that execute runs know it: STORE/CASE/RUN.
  const fs::path directory = place.directory / job.of.scenario.name / kRunName;
  JobAnswer answer;
  const PlannedRun planned{.of = &job.of, .id = job.id, .seed = job.seed};
  if (job.revision != base::revision()) {
    answer.run = without_result(
        planned, "revision",
        "this worker has another Capsize: " + base::mismatch(base::revision(), job.revision));
    answer.run->path = kRunName;
    return answer;
  }
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return base::Error{directory.string() + ": cannot be created: " + error.message()};
  }
  fs::permissions(directory, fs::perms::owner_all, error);
  auto process = RunProcess::start(planned, {.program = place.program,
                                             .store = place.directory,
                                             .directory = directory,
                                             .path = kRunName,
                                             .deadline = job.deadline});
  if (process) {
    answer.run = wait_for(process.value(), signals);
  } else {
    answer.run = without_result(planned, "start", process.error().message);
    answer.run->path = kRunName;
  }
  if (!answer.run || (has_passed(*answer.run) && job.keep != Keep::kAll)) return answer;
  auto archive = pack_run(directory, place.directory / "run.tar.zst");
  // Without its files the verdict of the run stands all the same.
  if (archive) answer.archive = std::move(archive).value();
  return answer;
}

}  // namespace capsize::harness
