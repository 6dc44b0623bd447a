#include "harness/campaign/job_directory.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "harness/store/beneath.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPidFile = "pid";

base::Error failed_at(const fs::path& path, const char* what) {
  return {fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno))};
}

/// Opens the directory of all jobs, creating it if it is missing, and locks it: between the
/// creation of a job's directory and its lock, no other job may take it for one of a dead job.
base::Result<OwnedDescriptor> lock_jobs(const fs::path& jobs) {
  std::error_code error;
  fs::create_directories(jobs.parent_path(), error);
  if (::mkdir(jobs.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed_at(jobs, "cannot be created");
  }
  OwnedDescriptor directory(::open(jobs.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!directory || ::fstat(directory.get(), &status) != 0) {
    return failed_at(jobs, "cannot be opened");
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & 0077U) != 0) {
    return base::Error{jobs.string() + ": found a directory that others can enter, expected mode " +
                       "0700 and this user as its owner"};
  }
  if (::flock(directory.get(), LOCK_EX) != 0) return failed_at(jobs, "cannot be locked");
  return directory;
}

void remove_dead(const fs::path& jobs) {
  std::error_code error;
  for (fs::directory_iterator each(jobs, error), end; !error && each != end;
       each.increment(error)) {
    std::error_code ignored;
    const bool is_job = each->symlink_status(ignored).type() == fs::file_type::directory &&
                        fs::is_regular_file(fs::symlink_status(each->path() / kPidFile, ignored));
    if (is_job && !is_running(each->path())) fs::remove_all(each->path(), ignored);
  }
}

}  // namespace

bool is_job_name(const std::string& name) {
  return !name.empty() && name.size() <= 128 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

fs::path jobs_directory(const fs::path& below) {
  const char* temporary = std::getenv("TMPDIR");
  const fs::path other = temporary != nullptr && *temporary != '\0' ? temporary : "/var/tmp";
  return (below.empty() ? other : fs::absolute(below)) /
         fmt::format("capsize-jobs-{}", ::geteuid());
}

base::Result<JobDirectory> JobDirectory::create(const fs::path& jobs, const std::string& name) {
  const auto locked = lock_jobs(jobs);
  if (!locked) return locked.error();
  remove_dead(jobs);
  const fs::path path = jobs / name;
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno != EEXIST) return failed_at(path, "cannot be created");
    return base::Error{path.string() + ": a job of this name is running"};
  }
  std::ofstream(path / kPidFile) << ::getpid() << '\n';
  auto lock = std::make_unique<RunLock>(path);
  return JobDirectory(path, std::move(lock));
}

JobDirectory::JobDirectory(fs::path path, std::unique_ptr<RunLock> lock)
    : path_(std::move(path)), lock_(std::move(lock)) {}

JobDirectory::~JobDirectory() {
  if (lock_ == nullptr) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void remove_dead_jobs(const fs::path& jobs) {
  std::error_code ignored;
  if (!fs::exists(jobs, ignored)) return;
  const auto locked = lock_jobs(jobs);
  if (locked) remove_dead(jobs);
}

bool stop_job(const fs::path& jobs, const std::string& name) {
  // While the lock is held, the process that wrote the file is alive, and its number is its own.
  if (!is_running(jobs / name)) return false;
  int pid = 0;
  std::ifstream(jobs / name / kPidFile) >> pid;
  return pid > 1 && ::kill(pid, SIGTERM) == 0;
}

}  // namespace capsize::harness
