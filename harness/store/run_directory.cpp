#include "harness/store/run_directory.h"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>

#include "base/mismatch.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

std::string utc_time() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(now);
  return fmt::format("{:%Y%m%dT%H%M%S}.{:03}Z", seconds, milliseconds);
}

/// Best effort, by rename: two concurrent runs leave an intact link.
void replace_link(const fs::path& link, const fs::path& target) {
  std::error_code ignored;
  const fs::path temporary = link.parent_path() / fmt::format(".latest-{}", ::getpid());
  fs::remove(temporary, ignored);
  fs::create_directory_symlink(target, temporary, ignored);
  if (!ignored) fs::rename(temporary, link, ignored);
  if (ignored) fs::remove(temporary, ignored);
}

InfrastructureCause not_created(const fs::path& path, int error) {
  return {kind_of_errno(error),
          fmt::format("{}: cannot be created: {}", path.string(), std::strerror(error))};
}

/// By a temporary file and a rename.
std::optional<InfrastructureCause> replace_file(const fs::path& path, const std::string& content) {
  const fs::path temporary = path.string() + ".new";
  {
    errno = 0;
    std::ofstream file(temporary, std::ios::binary);
    file << content;
    file.close();
    if (!file) {
      const int error = errno;
      return InfrastructureCause{
          kind_of_errno(error),
          fmt::format("{}: cannot be written: {}", temporary.string(), std::strerror(error))};
    }
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (!error) return std::nullopt;
  return InfrastructureCause{kind_of_errno(error.value()),
                             fmt::format("{}: {}", path.string(), error.message())};
}

}  // namespace

std::string RunDirectory::time_name() {
  return utc_time();
}

std::variant<RunDirectory, InfrastructureCause> RunDirectory::create(const fs::path& store,
                                                                     const std::string& scenario,
                                                                     std::uint64_t seed,
                                                                     bool move_latest) {
  std::error_code error;
  fs::create_directories(store / scenario, error);
  if (error) return not_created(store / scenario, error.value());
  const std::string name = fmt::format("{}-{}", utc_time(), seed);
  for (int attempt = 0; attempt < 100; ++attempt) {
    // Two runs with the same seed in the same millisecond: the second gets a suffix.
    const std::string unique = attempt == 0 ? name : fmt::format("{}.{}", name, attempt);
    const fs::path path = store / scenario / unique;
    // For the owner only: it contains keys, values and the nodes' control sockets.
    if (::mkdir(path.c_str(), 0700) != 0) {
      if (errno == EEXIST) continue;
      return not_created(path, errno);
    }
    replace_link(store / scenario / "latest", unique);
    if (move_latest) replace_link(store / "latest", fs::path(scenario) / unique);
    return RunDirectory(fs::absolute(path));
  }
  return InfrastructureCause{
      CauseKind::kHarness, fmt::format("{}: no free name for a run", (store / scenario).string())};
}

base::Result<RunDirectory> RunDirectory::adopt(const fs::path& directory) {
  const auto expected = [&directory](const std::string& found) {
    return base::Error{fmt::format(
        "{}: found {}, expected a directory of mode 0700 that is empty, or has only {} and {}",
        directory.string(), found, kScenarioFile, kOutputFile)};
  };
  struct stat entry {};
  if (::lstat(directory.c_str(), &entry) != 0) return expected(std::strerror(errno));
  if (!S_ISDIR(entry.st_mode)) return expected("no directory");
  if ((entry.st_mode & 0777) != 0700) {
    return expected(fmt::format("mode {:04o}", entry.st_mode & 0777));
  }
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    const std::string name = file.path().filename().string();
    if (name != kScenarioFile && name != kOutputFile) return expected(base::excerpt(name));
  }
  if (error) return expected(error.message());
  return RunDirectory(fs::absolute(directory));
}

base::Status write_file(const fs::path& path, const std::string& content) {
  auto failure = replace_file(path, content);
  return failure ? base::Error{std::move(failure->text)} : base::Status();
}

base::Status write_json(const fs::path& path, const base::Json& content) {
  return write_file(path, content.dump(2) + "\n");
}

std::optional<InfrastructureCause> store_json(const fs::path& path, const base::Json& content) {
  return replace_file(path, content.dump(2) + "\n");
}

}  // namespace capsize::harness
