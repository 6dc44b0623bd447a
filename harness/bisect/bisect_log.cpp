#include "harness/bisect/bisect_log.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "base/format_version.h"
#include "base/mismatch.h"
#include "harness/bisect/revisions.h"
#include "harness/suite/json_list.h"

namespace capsize::harness {
namespace {

using base::Json;

/// The first line of a log names up to kRevisionsMax commits of 64 digits.
constexpr std::size_t kLogLineBytesMax = std::size_t{1} << 20U;
constexpr std::uintmax_t kLogBytesMax = std::uintmax_t{256} << 20U;
constexpr std::size_t kOthersMax = 16;
constexpr std::array kOutcomes = {RunOutcome::kFailed, RunOutcome::kPassed, RunOutcome::kOther,
                                  RunOutcome::kNothing};

/// Thrown and caught in this file only.
struct LogLineError {
  std::string what;
};

[[noreturn]] void refuse(std::string_view key, std::string_view found, std::string_view expected) {
  throw LogLineError{fmt::format("key '{}': {}", key, base::mismatch(found, expected))};
}

bool is_signature(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

double seconds_of(const Json& line, const char* key) {
  const double seconds = line.value(key, 0.0);
  if (!std::isfinite(seconds) || seconds < 0) refuse(key, line.at(key).dump(), "seconds");
  return seconds;
}

/// Directories that the log names are read as runs, and are shown: none may be outside.
std::string path_below(const Json& line) {
  const std::string text = line.at("path").get<std::string>();
  const std::filesystem::path path(text);
  const bool leads_out = path.is_absolute() || std::any_of(path.begin(), path.end(), [](auto& p) {
                           return p == ".." || p == ".";
                         });
  if (text.empty() || leads_out || text.find('\0') != std::string::npos) {
    refuse("path", text, "a directory below that of the bisection");
  }
  return text;
}

std::string commit_at(const Json& value, const char* key) {
  std::string text = value.get<std::string>();
  if (!is_commit(text)) refuse(key, text, "a commit");
  return text;
}

BisectQuestion to_question(const Json& line) {
  BisectQuestion question{.group = line.at("group").get<std::string>(),
                          .suite = line.at("suite").get<std::string>(),
                          .suite_sum = line.at("suite-sum").get<std::string>(),
                          .case_name = line.at("case").get<std::string>(),
                          .good = commit_at(line.at("good"), "good"),
                          .commits = {},
                          .build = line.at("build").get<std::string>(),
                          .keep = line.at("keep").get<std::string>(),
                          .program = line.at("program").get<std::string>(),
                          .seed = line.at("seed").get<std::uint64_t>(),
                          .background = line.at("background").get<double>()};
  if (!is_signature(question.group)) refuse("group", question.group, "16 hexadecimal digits");
  if (!(question.background > 0 && question.background < 1)) {
    refuse("background", line.at("background").dump(), "a number between 0 and 1");
  }
  const Json commits = list_of(line, "commits");
  if (commits.empty() || commits.size() > kRevisionsMax) {
    refuse("commits", fmt::format("{} commits", commits.size()),
           fmt::format("1 to {}", kRevisionsMax));
  }
  std::set<std::string> known;
  for (const auto& each : commits) {
    question.commits.push_back(commit_at(each, "commits"));
    if (!known.insert(question.commits.back()).second) {
      refuse("commits", question.commits.back(), "each commit once");
    }
  }
  return question;
}

Json to_json(const BisectQuestion& question) {
  return {{"event", "begin"},
          {"group", question.group},
          {"suite", question.suite},
          {"suite-sum", question.suite_sum},
          {"case", question.case_name},
          {"good", question.good},
          {"commits", question.commits},
          {"build", question.build},
          {"keep", question.keep},
          {"program", question.program},
          {"seed", question.seed},
          {"background", question.background}};
}

/// Adds lines to a state, one at a time.
class LogReader {
 public:
  void read(const Json& line) {
    const std::string event = line.at("event").get<std::string>();
    if (event == "begin") {
      if (state_) throw LogLineError{"found a second begin, expected one"};
      state_.emplace().question = to_question(line);
      const auto& commits = state_->question.commits;
      for (std::size_t i = 0; i < commits.size(); ++i) numbers_[commits[i]] = i;
      return;
    }
    if (!state_) refuse("event", event, "begin");
    if (event == "built") {
      (void)revision_of(line);
      ++state_->builds;
      state_->build_seconds += seconds_of(line, "seconds");
    } else if (event == "skipped") {
      skip(line);
    } else if (event == "start") {
      const BegunBisectRun run = begun(line);
      if (run.number < state_->next_number) refuse("run", line.at("run").dump(), "a new number");
      state_->next_number = run.number + 1;
      state_->open[run.number] = run;
    } else if (event == "run") {
      finish(line);
    } else if (event == "lost") {
      close(begun(line));
    } else if (event == "resume") {
      end_call();
    }  // `pause`, and events that later releases may add, have only a time
    if (event != "resume") at_ = seconds_of(line, "at");
  }
  [[nodiscard]] std::optional<BisectState> take() {
    if (state_) end_call();
    return std::move(state_);
  }

 private:
  void end_call() {
    state_->seconds += at_;
    at_ = 0;
  }

  std::size_t revision_of(const Json& line) {
    const std::string commit = line.at("revision").get<std::string>();
    const auto found = numbers_.find(commit);
    if (found == numbers_.end()) refuse("revision", commit, "a commit of the first line");
    return found->second;
  }

  BegunBisectRun begun(const Json& line) {
    BegunBisectRun run{.number = line.at("run").get<std::uint64_t>(),
                       .revision = revision_of(line),
                       .seed = line.at("seed").get<std::uint64_t>(),
                       .path = path_below(line)};
    constexpr std::uint64_t kNumberMax = 1'000'000'000;
    if (run.number == 0 || run.number > kNumberMax) {
      refuse("run", line.at("run").dump(), "a number from 1 on");
    }
    return run;
  }

  void close(const BegunBisectRun& run) {
    const auto open = state_->open.find(run.number);
    if (open == state_->open.end() || open->second.revision != run.revision) {
      refuse("run", std::to_string(run.number), "a run that has begun on this revision");
    }
    state_->open.erase(open);
  }

  void finish(const Json& line) {
    BisectRun run(begun(line));
    close(run);
    const std::string outcome = line.at("outcome").get<std::string>();
    const auto known = std::find_if(kOutcomes.begin(), kOutcomes.end(),
                                    [&](RunOutcome each) { return name(each) == outcome; });
    if (known == kOutcomes.end()) {
      refuse("outcome", outcome, "one of: failed, passed, other, nothing");
    }
    run.outcome = *known;
    run.verdict = line.value("verdict", "");
    run.reason = line.value("reason", "");
    run.seconds = seconds_of(line, "seconds");
    for (const auto& each : list_of(line, "others")) {
      if (run.others.size() < kOthersMax) run.others.push_back(each.get<std::string>());
    }
    state_->runs.push_back(std::move(run));
  }

  void skip(const Json& line) {
    const std::string cause = line.at("cause").get<std::string>();
    if (cause != "build" && cause != "runs") refuse("cause", cause, "build or runs");
    const bool of_build = cause == "build";
    state_->skipped[revision_of(line)] = {of_build ? SkipCause::kBuild : SkipCause::kRuns,
                                          line.value("reason", "")};
    if (!of_build) return;
    ++state_->builds_failed;
    state_->build_seconds += seconds_of(line, "seconds");
  }

  std::optional<BisectState> state_;
  std::map<std::string, std::size_t> numbers_;
  double at_ = 0;  // time of the last line, in its call
};

Json to_json(const char* event, const BegunBisectRun& run, const BisectQuestion& question) {
  return {{"event", event},
          {"run", run.number},
          {"revision", question.commits.at(run.revision)},
          {"seed", run.seed},
          {"path", run.path}};
}

void read_line(LogReader& reader, std::size_t number, std::string_view line) {
  if (line.size() > kLogLineBytesMax) {
    throw LogLineError{"found a line over 1 MiB, expected the log of a bisection"};
  }
  const Json json = Json::parse(line);
  if (!json.is_object()) {
    throw LogLineError{base::mismatch(line, "an object of the log of a bisection")};
  }
  if (number > 1) {
    reader.read(json);
    return;
  }
  if (!json.contains(kBisectFormat)) {
    throw LogLineError{base::mismatch(line, "{\"capsize-bisect\":1}")};
  }
  const auto known = base::check_format_version(json, kBisectFormat, kBisectVersion);
  if (!known) throw LogLineError{known.error().message};
}

}  // namespace

std::string_view name(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kFailed:
      return "failed";
    case RunOutcome::kPassed:
      return "passed";
    case RunOutcome::kOther:
      return "other";
    case RunOutcome::kNothing:
      break;
  }
  return "nothing";
}

std::string difference(const BisectQuestion& a, const BisectQuestion& b) {
  const Json of_a = to_json(a);
  const Json of_b = to_json(b);
  for (const auto& [key, value] : of_a.items()) {
    if (of_b[key] != value) return key;
  }
  return {};
}

base::Result<std::optional<BisectState>> parse_bisect_log(std::string_view text,
                                                          const std::string& origin) {
  LogReader reader;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // incomplete: the writer was killed
    try {
      read_line(reader, number, text.substr(0, end));
    } catch (const LogLineError& error) {
      return base::Error{fmt::format("{}:{}: {}", origin, number, error.what)};
    } catch (const base::JsonTypeError& error) {
      return base::Error{fmt::format("{}:{}: {}", origin, number, error.what())};
    }
    text.remove_prefix(end + 1);
  }
  return reader.take();
}

base::Result<std::optional<BisectState>> read_bisect_log(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::optional<BisectState>();
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > kLogBytesMax) {
    return base::Error{fmt::format(
        "{}: {}", path.string(),
        error ? error.message() : "found over 256 MiB, expected the log of a bisection")};
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && size > 0) text << file.rdbuf();
  if (!file) return base::Error{path.string() + ": cannot be read"};
  return parse_bisect_log(text.view(), path.string());
}

base::Status BisectLog::append(Json line) {
  line["at"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return file_.append(line.dump() + "\n");
}

base::Status BisectLog::begin(const BisectQuestion& question) {
  if (auto cleared = file_.clear(); !cleared) return cleared;
  state_ = {};
  state_.question = question;
  const Json head = {{kBisectFormat, kBisectVersion}};
  if (auto written = file_.append(head.dump() + "\n"); !written) return written;
  return append(to_json(question));
}

base::Status BisectLog::resume() {
  return append({{"event", "resume"}});
}

base::Status BisectLog::built(std::size_t revision, double seconds) {
  ++state_.builds;
  state_.build_seconds += seconds;
  return append({{"event", "built"},
                 {"revision", state_.question.commits.at(revision)},
                 {"seconds", seconds}});
}

base::Status BisectLog::skip(std::size_t revision, const SkippedRevision& skipped,
                             double build_seconds) {
  const bool of_build = skipped.cause == SkipCause::kBuild;
  state_.skipped[revision] = skipped;
  state_.build_seconds += build_seconds;
  if (of_build) ++state_.builds_failed;
  Json line = {{"event", "skipped"},
               {"revision", state_.question.commits.at(revision)},
               {"cause", of_build ? "build" : "runs"},
               {"reason", skipped.reason}};
  if (of_build) line["seconds"] = build_seconds;
  return append(line);
}

base::Status BisectLog::start(const BegunBisectRun& run) {
  state_.next_number = run.number + 1;
  state_.open[run.number] = run;
  return append(to_json("start", run, state_.question));
}

base::Status BisectLog::finish(const BisectRun& run) {
  state_.open.erase(run.number);
  state_.runs.push_back(run);
  Json line = to_json("run", run, state_.question);
  line["outcome"] = name(run.outcome);
  line["verdict"] = run.verdict;
  line["reason"] = run.reason;
  line["others"] = run.others;
  line["seconds"] = run.seconds;
  return append(line);
}

base::Status BisectLog::lose(const BegunBisectRun& run) {
  state_.open.erase(run.number);
  return append(to_json("lost", run, state_.question));
}

base::Status BisectLog::pause() {
  state_.seconds +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return append({{"event", "pause"}});
}

}  // namespace capsize::harness
