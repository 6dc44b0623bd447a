// capsize job: executes one run of a campaign, as an engine asks.
#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "base/mismatch.h"
#include "harness/campaign/execute_job.h"
#include "harness/campaign/job_directory.h"
#include "harness/cli/binaries.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"

namespace capsize::harness {
namespace {

/// Standard input to its end. Error: it is longer than a job.
base::Result<std::string> read_job_line() {
  std::string text;
  std::array<char, 65536> block;
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::Error{std::strerror(errno)};
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kJobBytesMax) {
      return base::Error{fmt::format("found more than {} bytes, expected a job", kJobBytesMax)};
    }
  }
}

class JobVerb final : public Verb {
 public:
  std::string_view name() const override { return "job"; }
  std::string_view summary() const override {
    return "Executes one run of a campaign, as an engine asks: a JSON line in, a JSON line out";
  }
  std::string_view examples() const override {
    return "Engines of `capsize campaign` call this on their workers (docs/FORMATS.md, Jobs). The\n"
           "job is read from standard input. The answer has the run's line of the ledger and, of "
           "a\n"
           "failed run, its directory. The exit code is 0 whatever the verdict is.\n\n"
           "Examples:\n"
           "  capsize job --name figure-8-3 < job.json > answer.json\n"
           "  capsize job --stop figure-8-3                  that job stops and answers\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("--name", name_, "name of the job: letters, digits, '-', '_', '.' [job-PID]")
        .type_name("NAME");
    line.option("--stop", stop_, "ask the job of this name to stop, and execute nothing")
        .type_name("NAME");
    line.option("--directory", directory_,
                "parent of capsize-jobs-UID, in which jobs are executed [$TMPDIR or /var/tmp]")
        .type_name("DIR");
    line.option("--runner", runner_,
                "program that executes a run, called as `capsize run` is [capsize]")
        .type_name("PROGRAM");
  }

  int run() override {
    survive_closed_readers();
    const std::filesystem::path jobs = jobs_directory(directory_);
    if (!stop_.empty()) return stop_job_named(jobs);
    if (name_.empty()) name_ = fmt::format("job-{}", ::getpid());
    if (!is_job_name(name_)) {
      return usage_error("--name: " + base::mismatch(name_, "letters, digits, '-', '_' and '.'"));
    }
    // When the process that asked is gone, the answer has no reader: the job ends with it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto text = read_job_line();
    if (!text) return usage_error("standard input: " + text.error().message);
    const auto job = parse_job(text.value());
    if (!job) return usage_error("standard input: " + job.error().message);
    return execute(job.value(), jobs);
  }

 private:
  [[nodiscard]] int stop_job_named(const std::filesystem::path& jobs) const {
    if (!is_job_name(stop_)) {
      return usage_error("--stop: " + base::mismatch(stop_, "letters, digits, '-', '_' and '.'"));
    }
    if (stop_job(jobs, stop_)) return 0;
    return usage_error(fmt::format("--stop: found no job {} that is running", stop_));
  }

  [[nodiscard]] int execute(const Job& job, const std::filesystem::path& jobs) const {
    // Blocked before the directory exists: a signal in between would leave it behind.
    SignalGuard signals;
    const auto directory = JobDirectory::create(jobs, name_);
    if (!directory) return broken(directory.error().message);
    const JobPlace place{.program = runner_.empty() ? binary_directory() / "capsize"
                                                    : std::filesystem::path(runner_),
                         .directory = directory.value().path()};
    const auto answer = execute_job(job, place, signals);
    if (!answer) return broken(answer.error().message);
    fmt::print("{}\n", answer_line(answer.value()));
    return std::fflush(stdout) == 0 ? 0 : broken("the answer cannot be written");
  }

  static int broken(const std::string& message) {
    usage_error(message);
    return checker::exit_code(checker::Verdict::kHarnessError);
  }

  std::string name_;
  std::string stop_;
  std::string directory_;
  std::string runner_;
};

const base::Registered<Verb, JobVerb> registered;

}  // namespace
}  // namespace capsize::harness
