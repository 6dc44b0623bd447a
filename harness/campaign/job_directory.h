// The directories in which this machine executes jobs: one for each, below one that only its owner
// can enter. A job removes its directory at its end; those of jobs that were killed are removed by
// the next one.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "harness/store/run_lock.h"

namespace capsize::harness {

/// Whether a text can name a job: 1 to 128 letters, digits, "-", "_" and "."; not "." and "..".
[[nodiscard]] bool is_job_name(const std::string& name);

/// The directory of the jobs of this user below a directory; empty: below $TMPDIR or /var/tmp. Its
/// name is one of our own, because what is in it and belongs to no live job is removed.
[[nodiscard]] std::filesystem::path jobs_directory(const std::filesystem::path& below);

class JobDirectory {
 public:
  /// Creates the directory of a job, and removes those of jobs that are not alive. Error: another
  /// user can enter `jobs`, a live job has this name, or it cannot be created.
  static base::Result<JobDirectory> create(const std::filesystem::path& jobs,
                                           const std::string& name);
  /// Removes the directory.
  ~JobDirectory();
  JobDirectory(JobDirectory&& other) noexcept = default;
  JobDirectory& operator=(JobDirectory&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  JobDirectory(std::filesystem::path path, std::unique_ptr<RunLock> lock);
  std::filesystem::path path_;
  std::unique_ptr<RunLock> lock_;  // null: moved from
};

/// Removes the directories of jobs that are not alive: what a killed worker left. Does nothing if
/// another user can enter `jobs`.
void remove_dead_jobs(const std::filesystem::path& jobs);

/// Sends SIGTERM to a live job. Returns whether there is one.
[[nodiscard]] bool stop_job(const std::filesystem::path& jobs, const std::string& name);

}  // namespace capsize::harness
