#include "harness/suite/ledger_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace capsize::harness {
namespace {

using base::Json;
using namespace std::chrono_literals;

/// How long to wait for the lock: children of a writer that was killed may hold nothing, but a
/// reader of its process table may be slow.
constexpr auto kLockBound = 2000ms;
constexpr auto kLockStep = 20ms;

base::Error failed(const std::filesystem::path& path, const char* what) {
  return {fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno))};
}

bool lock(int descriptor) {
  const auto until = std::chrono::steady_clock::now() + kLockBound;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(kLockStep);
  }
  return true;
}

/// The length of the file up to its last line feed.
off_t complete_length(int descriptor, off_t size) {
  std::array<char, 4096> block{};
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(block.size()));
    const ssize_t got =
        ::pread(descriptor, block.data(), static_cast<std::size_t>(end - begin), begin);
    if (got != end - begin) return size;  // unreadable: left as it is, and reported by the reader
    for (off_t i = got; i > 0; --i) {
      if (block[static_cast<std::size_t>(i - 1)] == '\n') return begin + i;
    }
    end = begin;
  }
  return 0;
}

Json failures_json(const std::vector<RunFailure>& failures) {
  Json list = Json::array();
  for (const auto& failure : failures) {
    Json one = {{"signature", failure.signature},
                {"check", failure.check},
                {"sentence", failure.sentence},
                {"faults", failure.faults}};
    if (!failure.anomaly.empty()) one["anomaly"] = failure.anomaly;
    if (!failure.label.empty()) one["label"] = failure.label;
    if (failure.at_ms) one["at-ms"] = *failure.at_ms;
    list.push_back(std::move(one));
  }
  return list;
}

Json head(const char* event, const std::string& execution) {
  return Json::object({{"event", event}, {"execution", execution}});
}

Json begun(const char* event, const std::string& execution, const LostRun& run) {
  Json line = head(event, execution);
  line["run"] = run.id;
  line["seed"] = run.seed;
  line["path"] = run.path;
  if (run.attempt > 1) line["attempt"] = run.attempt;
  return line;
}

}  // namespace

std::filesystem::path ledger_of(const std::filesystem::path& store) {
  return store / "ledger.jsonl";
}

base::Result<LedgerWriter> LedgerWriter::open(const std::filesystem::path& store) {
  return open_file(ledger_of(store));
}

base::Result<LedgerWriter> LedgerWriter::open_file(const std::filesystem::path& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return base::Error{path.parent_path().string() + ": cannot be created: " + error.message()};
  }
  const int descriptor =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed(path, "cannot be opened");
  LedgerWriter writer(path, descriptor);
  if (!lock(descriptor)) {
    return base::Error{path.string() + ": another suite or score is writing to this ledger"};
  }
  struct stat file {};
  if (::fstat(descriptor, &file) != 0) return failed(path, "cannot be read");
  const off_t complete = complete_length(descriptor, file.st_size);
  if (complete < file.st_size && ::ftruncate(descriptor, complete) != 0) {
    return failed(path, "its incomplete last line cannot be cut off");
  }
  if (complete == 0) {
    if (auto written = writer.append({{kLedgerFormat, kLedgerVersion}}); !written) {
      return written.error();
    }
  }
  return writer;
}

LedgerWriter::LedgerWriter(LedgerWriter&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

LedgerWriter::~LedgerWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Status LedgerWriter::write(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = ::write(descriptor_, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed(path_, "cannot be written");
    done += static_cast<std::size_t>(wrote);
  }
  if (::fdatasync(descriptor_) != 0) return failed(path_, "cannot be synced");
  return {};
}

base::Status LedgerWriter::append(const Json& line) {
  return write(line.dump() + "\n");
}

base::Status LedgerWriter::begin(const Execution& execution) {
  Json line = head("begin", execution.id);
  line.update({{"suite", execution.suite},
               {"file", execution.file},
               {"suite-sum", execution.suite_sum},
               {"cases", execution.cases},
               {"time", execution.started},
               {"revision", execution.revision},
               {"host", execution.host},
               {"seed", execution.seed},
               {"shard", execution.shard},
               {"jobs", execution.jobs},
               {"planned", execution.planned}});
  if (execution.rates) line["rates"] = to_json(*execution.rates);
  if (!execution.only.empty()) line["only"] = execution.only;
  if (execution.budget_seconds) line["budget-s"] = *execution.budget_seconds;
  return append(line);
}

base::Status LedgerWriter::resume(const std::string& execution) {
  return append(head("resume", execution));
}

base::Status LedgerWriter::confirm(const std::string& execution) {
  return append(head("confirm", execution));
}

base::Status LedgerWriter::start(const std::string& execution, const LostRun& run) {
  return append(begun("start", execution, run));
}

base::Status LedgerWriter::lose(const std::string& execution, const LostRun& run) {
  return append(begun("lost", execution, run));
}

Json to_json(const LedgerRun& run) {
  Json line = {{"run", run.id},
               {"case", run.case_name},
               {"purpose", name(run.purpose)},
               {"parameters", run.parameters},
               {"seed", run.seed},
               {"revision", run.revision},
               {"verdict", checker::name(run.verdict)},
               {"signature", run.failures.empty() ? Json() : Json(run.failures.front().signature)},
               {"failures", failures_json(run.failures)},
               {"seconds", run.seconds},
               {"at", run.at},
               {"path", run.path},
               {"reproduce", run.reproduce},
               {"tested",
                {{"faults", run.faults},
                 {"operations", run.operations},
                 {"operations-under-faults", run.operations_under_faults}}}};
  if (!run.bug.empty()) line["bug"] = run.bug;
  if (!run.reason.empty()) line["reason"] = run.reason;
  if (!run.cause.empty()) line["cause"] = run.cause;
  if (Json measured = to_json(run.measured); !measured.is_null()) {
    line["measured"] = std::move(measured);
  }
  return line;
}

base::Status LedgerWriter::finish(const std::string& execution, const LedgerRun& run) {
  Json line = head("run", execution);
  line.update(to_json(run));
  return append(line);
}

base::Status LedgerWriter::reduce(const std::string& execution, const std::string& path) {
  Json line = head("reduced", execution);
  line["path"] = path;
  return append(line);
}

base::Status LedgerWriter::end(const Execution& execution) {
  Json line = head("end", execution.id);
  line["seconds"] = execution.seconds;
  if (!execution.ended_early.empty()) {
    line["early"] = execution.ended_early;
    line["cause"] = execution.early_cause;
  }
  return append(line);
}

base::Status LedgerWriter::copy(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return write(text);
}

}  // namespace capsize::harness
