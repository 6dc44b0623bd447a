#include "harness/bisect/revisions.h"

#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/mismatch.h"
#include "base/printable.h"
#include "harness/store/beneath.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kCommandStep = 5ms;
constexpr std::size_t kOutputBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kSubjectBytesMax = 200;
constexpr std::size_t kShortDigits = 10;
/// A checkout of a large repository takes minutes on a slow disk; more is a git that hangs.
constexpr std::chrono::seconds kGitBound = 900s;

/// A file in memory, for the output of a command.
OwnedDescriptor memory_file() {
  return OwnedDescriptor(::memfd_create("capsize-output", MFD_CLOEXEC));
}

std::string content_of(int descriptor) {
  struct stat file {};
  if (::fstat(descriptor, &file) != 0) return {};
  std::string text(std::min(static_cast<std::size_t>(file.st_size), kOutputBytesMax), '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

/// The last line that is not empty, which in git's case says what failed.
std::string last_line_of(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const auto feed = text.rfind('\n');
  return base::printable(feed == std::string::npos ? text : text.substr(feed + 1));
}

std::string first_line_of(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// At most kSubjectBytesMax bytes, not cut within a character.
std::string subject_of(std::string_view text) {
  std::size_t end = std::min(text.size(), kSubjectBytesMax);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return base::printable(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

}  // namespace

base::Result<CommandRunner::Outcome> CommandRunner::run(SupervisedCommand command,
                                                        std::chrono::seconds bound) {
  using Clock = std::chrono::steady_clock;
  command.held_descriptor = held_;
  const auto started = Clock::now();
  auto process = SupervisedProcess::start(command);
  if (!process) return process.error();
  Outcome outcome;
  while (true) {
    if (const auto ending = process.value().poll()) {
      outcome.exit_code = ending->exit_code;
      outcome.seconds = std::chrono::duration<double>(Clock::now() - started).count();
      return outcome;
    }
    if (signals_.wait(kCommandStep)) {
      interrupted_ = true;
      process.value().stop();
    }
    if (bound.count() > 0 && !outcome.late && Clock::now() - started > bound) {
      outcome.late = true;
      process.value().stop();
    }
  }
}

std::vector<std::string> git_variables() {
  return {"GIT_DIR",
          "GIT_WORK_TREE",
          "GIT_INDEX_FILE",
          "GIT_OBJECT_DIRECTORY",
          "GIT_COMMON_DIR",
          "GIT_PREFIX",
          "GIT_NAMESPACE",
          "GIT_ALTERNATE_OBJECT_DIRECTORIES",
          "GIT_CONFIG_PARAMETERS"};
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string short_commit(const std::string& commit) {
  return commit.substr(0, kShortDigits);
}

base::Result<std::vector<Revision>> parse_revisions(std::string_view text) {
  std::vector<Revision> revisions;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos || !is_commit(line.substr(0, tab))) {
      return base::Error{"git log: " + base::mismatch(line, "a commit and its subject")};
    }
    if (revisions.size() == kRevisionsMax) {
      return base::Error{
          fmt::format("found over {0} revisions, expected at most {0}", kRevisionsMax)};
    }
    revisions.push_back({std::string(line.substr(0, tab)), subject_of(line.substr(tab + 1))});
  }
  return revisions;
}

base::Result<std::pair<std::string, std::string>> parse_range(const std::string& range) {
  const auto dots = range.find("..");
  const bool is_range =
      dots != std::string::npos && range.find("..", dots + 1) == std::string::npos;
  const std::string good = is_range ? range.substr(0, dots) : "";
  const std::string bad = is_range ? range.substr(dots + 2) : "";
  const auto usable = [](const std::string& name) {
    return !name.empty() && name.front() != '-' && base::printable(name) == name;
  };
  if (!usable(good) || !usable(bad)) {
    return base::Error{base::mismatch(range, "GOOD..BAD, two revisions of the repository")};
  }
  return std::pair(good, bad);
}

base::Result<Repository> Repository::open(CommandRunner& commands, const fs::path& directory) {
  std::error_code error;
  const fs::path absolute = fs::canonical(directory, error);
  if (error) return base::Error{directory.string() + ": " + error.message()};
  Repository repository(commands, absolute);
  const auto found = repository.git(absolute, {"rev-parse", "--git-dir"});
  if (!found) return base::Error{directory.string() + ": " + found.error().message};
  return repository;
}

base::Result<std::string> Repository::git(const fs::path& directory,
                                          const std::vector<std::string>& arguments) const {
  const OwnedDescriptor output = memory_file();
  const OwnedDescriptor errors = memory_file();
  if (!output || !errors) {
    return base::Error{fmt::format("memfd_create: {}", std::strerror(errno))};
  }
  std::vector<std::string> all = {
      "git",       "-c", "core.hooksPath=/dev/null",     "-c", "core.fsmonitor=false",     "-c",
      "gc.auto=0", "-c", "i18n.logOutputEncoding=UTF-8", "-c", "advice.detachedHead=false"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const auto done =
      commands_->run({.arguments = std::move(all),
                      .working_directory = directory,
                      .output = output.get(),
                      .errors = errors.get(),
                      .environment = {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=cat"},
                      .removed_variables = git_variables()},
                     kGitBound);
  if (!done) return done.error();
  if (done.value().exit_code != 0) {
    const std::string reason = last_line_of(content_of(errors.get()));
    return base::Error{
        fmt::format("git {}: {}", arguments.front(),
                    reason.empty() ? fmt::format("exit code {}", done.value().exit_code) : reason)};
  }
  return content_of(output.get());
}

base::Result<std::string> Repository::commit_of(const std::string& name) const {
  const auto found =
      git(directory_, {"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"});
  const std::string commit = found ? first_line_of(found.value()) : "";
  if (!is_commit(commit)) {
    return base::Error{base::mismatch(name, "a revision of " + directory_.string())};
  }
  return commit;
}

base::Result<RevisionList> Repository::list(const std::string& range) const {
  const auto names = parse_range(range);
  if (!names) return names.error();
  const auto good = commit_of(names.value().first);
  if (!good) return good.error();
  const auto bad = commit_of(names.value().second);
  if (!bad) return bad.error();
  if (good.value() == bad.value() ||
      !git(directory_, {"merge-base", "--is-ancestor", good.value(), bad.value()})) {
    return base::Error{base::mismatch(range, "GOOD to be an ancestor of BAD")};
  }
  const auto text =
      git(directory_, {"log", "--first-parent", "--reverse", "--no-show-signature", "--no-color",
                       "--format=%H%x09%s", good.value() + ".." + bad.value()});
  if (!text) return text.error();
  auto revisions = parse_revisions(text.value());
  if (!revisions) return revisions.error();
  if (revisions.value().empty() || revisions.value().back().commit != bad.value()) {
    return base::Error{base::mismatch(range, "a range with BAD as its newest revision")};
  }
  return RevisionList{good.value(), std::move(revisions).value()};
}

bool Repository::is_tree(const fs::path& directory) const {
  std::error_code error;
  // Without its own .git, git would find the repository above it.
  if (!fs::exists(directory / ".git", error)) return false;
  const auto top = git(directory, {"rev-parse", "--show-toplevel"});
  return top && fs::equivalent(first_line_of(top.value()), directory, error);
}

base::Status Repository::check_out(const fs::path& directory, const std::string& commit) const {
  if (!is_tree(directory)) {
    remove_tree(directory);
    const auto added =
        git(directory_, {"worktree", "add", "--detach", "--force", directory.string(), commit});
    return added ? base::Status() : base::Status(added.error());
  }
  // A git that was killed leaves its lock. Only the process that holds the bisection's lock works
  // in this tree, so the lock is a stale one.
  if (const auto lock = git(directory, {"rev-parse", "--git-path", "index.lock"})) {
    std::error_code ignored;
    fs::remove(directory / first_line_of(lock.value()), ignored);
  }
  const auto changed = git(directory, {"checkout", "--detach", "--force", "--quiet", commit});
  return changed ? base::Status() : base::Status(changed.error());
}

void Repository::remove_tree(const fs::path& directory) const {
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  (void)git(directory_, {"worktree", "prune"});
}

}  // namespace capsize::harness
