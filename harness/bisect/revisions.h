// The revisions of a git repository that a bisection can test, and one working tree of them.
//
// Every command of git gets its arguments as a vector, without a shell, with hooks switched off and
// without the GIT_… variables of the caller, which would point it at another repository. All its
// processes end with this one.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "harness/process/supervised.h"
#include "harness/run/signals.h"

namespace capsize::harness {

inline constexpr std::size_t kRevisionsMax = 4096;

struct Revision {
  std::string commit;   // hexadecimal, 40 or 64 digits
  std::string subject;  // first line of its message, fit for a terminal
};

/// GOOD..BAD: what is bisected, the oldest first; the last one is BAD.
struct RevisionList {
  std::string good;  // commit
  std::vector<Revision> revisions;
};

/// Executes one supervised command at a time, and ends it on SIGINT or SIGTERM.
class CommandRunner {
 public:
  /// Must outlive this object.
  explicit CommandRunner(SignalGuard& signals) : signals_(signals) {}

  struct Outcome {
    int exit_code = 0;
    bool late = false;  // killed at the bound
    double seconds = 0;
  };
  /// The caller must look at interrupted() afterwards. `bound` 0: none.
  base::Result<Outcome> run(SupervisedCommand command, std::chrono::seconds bound);

  /// Whether a signal asked this process to end, now or during an earlier command.
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  void note_interruption() { interrupted_ = true; }
  /// A descriptor with a lock that must be held until all processes of a command have ended.
  void hold(int descriptor) { held_ = descriptor; }

 private:
  SignalGuard& signals_;
  int held_ = -1;
  bool interrupted_ = false;
};

class Repository {
 public:
  /// Error: git says that the directory is no repository.
  static base::Result<Repository> open(CommandRunner& commands,
                                       const std::filesystem::path& directory);

  /// The commits of "GOOD..BAD" on the first-parent line. Error: not such a range, a name that git
  /// does not know, GOOD is no ancestor of BAD, no revisions, or more than kRevisionsMax.
  [[nodiscard]] base::Result<RevisionList> list(const std::string& range) const;

  /// Makes `directory` a working tree of `commit`: creates it at the first call, and later changes
  /// it in place, so that an incremental build compiles only what differs. Tracked files are as in
  /// the commit afterwards, untracked files stay. Error: git's message.
  [[nodiscard]] base::Status check_out(const std::filesystem::path& directory,
                                       const std::string& commit) const;
  /// Removes the working tree. Best effort.
  void remove_tree(const std::filesystem::path& directory) const;

 private:
  Repository(CommandRunner& commands, std::filesystem::path directory)
      : commands_(&commands), directory_(std::move(directory)) {}
  [[nodiscard]] base::Result<std::string> git(const std::filesystem::path& directory,
                                              const std::vector<std::string>& arguments) const;
  [[nodiscard]] base::Result<std::string> commit_of(const std::string& name) const;
  [[nodiscard]] bool is_tree(const std::filesystem::path& directory) const;

  CommandRunner* commands_;
  std::filesystem::path directory_;
};

/// The variables by which a caller of this process may have pointed git elsewhere.
[[nodiscard]] std::vector<std::string> git_variables();
/// Whether the text is a commit: 40 or 64 hexadecimal digits.
[[nodiscard]] bool is_commit(std::string_view text);
/// The first ten digits of a commit, as people read it.
[[nodiscard]] std::string short_commit(const std::string& commit);
/// Parses the output of git that list() asked for: "COMMIT<tab>SUBJECT" lines.
[[nodiscard]] base::Result<std::vector<Revision>> parse_revisions(std::string_view text);
/// Splits "GOOD..BAD". Error: not exactly two names, or one that git could take for an option.
[[nodiscard]] base::Result<std::pair<std::string, std::string>> parse_range(
    const std::string& range);

}  // namespace capsize::harness
