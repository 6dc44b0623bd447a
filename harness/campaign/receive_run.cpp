#include "harness/campaign/receive_run.h"

#include <fmt/core.h>

#include <system_error>
#include <utility>

#include "harness/campaign/job.h"
#include "harness/evidence/unpack_archive.h"
#include "harness/suite/retention.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

/// Twice what a worker packs (execute_job.cpp).
constexpr UnpackLimits kLimits{.bytes = std::uint64_t{512} << 20U, .entries = 10'000};
constexpr const char* kIncoming = ".incoming";
constexpr const char* kResults = "results.json";

base::Error cannot_move(const fs::path& path, const std::error_code& error) {
  return {fmt::format("{}: cannot be moved: {}", path.string(), error.message())};
}

/// Unpacks beside the place of the files, and moves them to it; results.json last, because a run
/// that has it is finished.
base::Status place_files(const std::string& archive, const fs::path& directory) {
  const fs::path incoming = directory / kIncoming;
  std::error_code error;
  fs::remove_all(incoming, error);
  if (!fs::create_directory(incoming, error)) {
    return base::Error{incoming.string() + ": cannot be created: " + error.message()};
  }
  if (auto unpacked = unpack_archive(archive, incoming, kLimits); !unpacked) {
    fs::remove_all(incoming, error);
    return unpacked;
  }
  for (fs::directory_iterator each(incoming, error), end; !error && each != end;
       each.increment(error)) {
    if (each->path().filename() == kResults) continue;
    fs::rename(each->path(), directory / each->path().filename(), error);
    if (error) break;
  }
  if (error) return cannot_move(incoming, error);
  if (fs::exists(incoming / kResults, error)) {
    fs::rename(incoming / kResults, directory / kResults, error);
    if (error) return cannot_move(incoming / kResults, error);
  }
  fs::remove_all(incoming, error);
  return {};
}

}  // namespace

base::Result<ReceivedRun> receive_run(const RunJob& job, std::string_view answer,
                                      const fs::path& store) {
  auto parsed = parse_answer(answer);
  if (!parsed) return parsed.error();
  JobAnswer& found = parsed.value();
  ReceivedRun received;
  if (found.run) received.run = answered_run(job, std::move(*found.run), store);
  if (!found.archive.empty()) {
    if (const auto placed = place_files(found.archive, job.directory); !placed) {
      if (!received.run) return placed.error();
      received.note = fmt::format("the files of run {} could not be stored: {}", job.planned.id,
                                  placed.error().message);
    }
  } else if (!received.run || has_passed(*received.run)) {
    std::error_code ignored;
    fs::remove_all(job.directory, ignored);
  }
  return received;
}

}  // namespace capsize::harness
