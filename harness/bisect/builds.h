// The builds of a bisection: one working tree in which every revision is built, so that builds are
// incremental; and a copy of what each of them produced, from which its runs start, so that a
// return to an earlier revision builds nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "harness/bisect/revisions.h"

namespace capsize::harness {

struct BuildOptions {
  std::filesystem::path directory;  // of the bisection
  std::string command;              // for `sh -c`, in the working tree
  std::string keep;                 // what is copied: a directory of the working tree
  std::string program;              // what executes a run, in that directory
  std::chrono::seconds bound{0};    // of one build
};

class Builds {
 public:
  /// `repository` and `commands` must outlive this object.
  Builds(const Repository& repository, CommandRunner& commands, BuildOptions options)
      : repository_(repository), commands_(commands), options_(std::move(options)) {}

  struct Built {
    bool ok = false;
    std::string reason;  // why not, one line
    double seconds = 0;
  };
  /// Builds a revision, and keeps what it produced. Error: the machine failed, not the revision
  /// (git, a full disk). If a signal interrupted it, the outcome says nothing.
  [[nodiscard]] base::Result<Built> build(const std::string& commit);

  [[nodiscard]] bool has(const std::string& commit) const;
  /// The program of a kept build.
  [[nodiscard]] std::filesystem::path program(const std::string& commit) const;
  /// Best effort.
  void remove(const std::string& commit) const;
  /// Removes the working tree, and git's record of it. Best effort.
  void remove_tree() const { repository_.remove_tree(tree()); }

 private:
  [[nodiscard]] std::filesystem::path tree() const { return options_.directory / "worktree"; }
  [[nodiscard]] std::filesystem::path kept(const std::string& commit) const {
    return options_.directory / "builds" / commit;
  }
  [[nodiscard]] std::filesystem::path log(const std::string& commit) const {
    return options_.directory / "build-logs" / (commit + ".txt");
  }
  [[nodiscard]] base::Result<Built> execute(const std::string& commit);
  /// Error: nothing to keep, or the copy failed.
  [[nodiscard]] base::Status keep(const std::string& commit) const;

  const Repository& repository_;
  CommandRunner& commands_;
  BuildOptions options_;
};

/// Error: not a relative path without "..", or one below .git.
[[nodiscard]] base::Status check_inside(const std::string& path);

}  // namespace capsize::harness
