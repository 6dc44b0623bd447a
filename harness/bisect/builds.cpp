#include "harness/bisect/builds.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/mismatch.h"
#include "harness/process/infrastructure.h"
#include "harness/store/beneath.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

/// Whether it is a file, or a link to one, that this user can execute.
bool is_executable(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

base::Status check_inside(const std::string& path) {
  const fs::path parsed(path);
  const bool leads_out =
      parsed.is_absolute() || std::any_of(parsed.begin(), parsed.end(), [](const fs::path& part) {
        return part == ".." || part == ".git";
      });
  if (!path.empty() && !leads_out) return {};
  return base::Error{base::mismatch(path, "a path inside the working tree, without \"..\"")};
}

bool Builds::has(const std::string& commit) const {
  std::error_code ignored;
  return fs::is_directory(kept(commit), ignored);
}

fs::path Builds::program(const std::string& commit) const {
  return kept(commit) / options_.program;
}

void Builds::remove(const std::string& commit) const {
  std::error_code ignored;
  fs::remove_all(kept(commit), ignored);
}

base::Result<Builds::Built> Builds::build(const std::string& commit) {
  std::error_code error;
  for (const auto& folder : {log(commit).parent_path(), kept(commit).parent_path()}) {
    fs::create_directories(folder, error);
    if (error) return base::Error{folder.string() + ": cannot be created: " + error.message()};
  }
  if (auto done = repository_.check_out(tree(), commit); !done) return done.error();
  auto built = execute(commit);
  if (!built) return built;
  if (!built.value().ok || commands_.interrupted()) {
    // A full disk fails every build: none of them says anything about its revision.
    if (!commands_.interrupted() && disk_is_full(options_.directory)) {
      return base::Error{options_.directory.string() + ": the disk is full"};
    }
    return built;
  }
  if (auto copied = keep(commit); !copied) {
    if (disk_is_full(options_.directory)) return copied.error();
    built.value().ok = false;
    built.value().reason = copied.error().message;
  }
  return built;
}

base::Result<Builds::Built> Builds::execute(const std::string& commit) {
  const OwnedDescriptor output(
      ::open(log(commit).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (!output) {
    return base::Error{
        fmt::format("{}: cannot be opened: {}", log(commit).string(), std::strerror(errno))};
  }
  const auto done = commands_.run({.arguments = {"/bin/sh", "-c", options_.command},
                                   .working_directory = tree(),
                                   .output = output.get(),
                                   .errors = output.get(),
                                   .environment = {},
                                   .removed_variables = git_variables()},
                                  options_.bound);
  if (!done) return done.error();
  Built built{.ok = done.value().exit_code == 0 && !done.value().late,
              .reason = {},
              .seconds = done.value().seconds};
  if (done.value().late) {
    built.reason = fmt::format("did not end within {} s", options_.bound.count());
  } else if (!built.ok) {
    const std::string last = last_line(log(commit));
    built.reason =
        fmt::format("exit code {}{}{}", done.value().exit_code, last.empty() ? "" : ": ", last);
  }
  return built;
}

base::Status Builds::keep(const std::string& commit) const {
  const fs::path from = tree() / options_.keep;
  std::error_code error;
  if (!fs::is_directory(from, error)) {
    return base::Error{fmt::format("the build made no directory {}", options_.keep)};
  }
  if (!is_executable(from / options_.program)) {
    return base::Error{
        fmt::format("the build made no program {}/{}", options_.keep, options_.program)};
  }
  // By rename: what has the name of a commit is complete, whenever this process is killed.
  const fs::path part = kept(commit).parent_path() / "incomplete";
  fs::remove_all(part, error);
  fs::copy(from, part, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  if (error) return base::Error{from.string() + ": cannot be copied: " + error.message()};
  const OwnedDescriptor folder(::open(part.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::syncfs(folder.get());
  fs::remove_all(kept(commit), error);
  fs::rename(part, kept(commit), error);
  if (error) return base::Error{part.string() + ": cannot be renamed: " + error.message()};
  return {};
}

}  // namespace capsize::harness
