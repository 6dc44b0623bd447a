#include "harness/evidence/surroundings.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "harness/evidence/commit_history.h"
#include "harness/evidence/trace_facts.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kBefore = 3000 * kMillisecond;
constexpr std::int64_t kAfter = 500 * kMillisecond;
constexpr std::int64_t kCommitLag = 5 * kMillisecond;  // until a late commit is in the trace
constexpr std::int64_t kBeforeEntry = 20 * kMillisecond;
constexpr std::size_t kLinesMax = 40;  // of a node
constexpr std::size_t kLineBytesMax = 4096;
constexpr std::streamoff kLogTailBytes = 16 * 1024;
constexpr std::size_t kLogLinesMax = 12;
constexpr std::size_t kRemainsMax = 8;

struct Wanted {
  TraceWindow around;                // for everything that changes a node's state
  std::vector<TraceWindow> entries;  // for appends and commits
  bool leaders_only = true;          // of those
};

Wanted wanted_of(const Outcome& outcome, const Failure* failure) {
  const std::int64_t start = base::nanoseconds(outcome.start);
  const base::Duration begin = failure != nullptr ? failure->begin : outcome.load_time;
  const base::Duration end = failure != nullptr ? failure->end : outcome.load_time;
  Wanted wanted{.around = {start + begin.count() - kBefore, start + end.count() + kAfter},
                .entries = {}};
  if (failure != nullptr && failure->check == "invariants") {
    const std::int64_t moment = start + failure->begin.count();
    wanted.entries.push_back({moment - kBeforeEntry, moment + kCommitLag});
    wanted.leaders_only = false;  // the logs of two nodes differ, and one of them follows
  }
  if (failure == nullptr || !failure->violation) return wanted;
  for (const auto* one : subjects_of(outcome.linearizable->violations[*failure->violation])) {
    if (const auto window = window_of(outcome, *one)) {
      wanted.entries.push_back({window->begin, window->end + kCommitLag});
    }
  }
  return wanted;
}

bool is_about_entries(std::string_view line) {
  return line.find("\"event\":\"append\"") != line.npos ||
         line.find("\"event\":\"commit\"") != line.npos;
}

bool is_wanted(const Wanted& wanted, std::string_view line) {
  if (line.find("\"event\":\"apply\"") != line.npos) return false;
  const std::int64_t time = trace_time(line);
  const auto holds = [&](const TraceWindow& window) { return contains(window, time); };
  if (!is_about_entries(line)) return holds(wanted.around);
  if (wanted.leaders_only && line.find("\"role\":\"leader\"") == line.npos) return false;
  return std::any_of(wanted.entries.begin(), wanted.entries.end(), holds);
}

/// What a reader needs of a line: the time since the start of the load, and no hashes.
Json shortened(const Json& line, std::int64_t start) {
  Json out = Json::object();
  const std::int64_t time = line["time"].is_integer() ? line["time"].get<std::int64_t>() : start;
  out["ms"] = static_cast<double>((time - start) / 1000) / 1000;
  for (const char* key : {"event", "term", "role", "vote", "to", "first", "index", "entry-term"}) {
    if (line.contains(key)) out[key] = line[key];
  }
  if (line["event"] == "start") out["incarnation"] = line["incarnation"];
  return out;
}

void read_trace(const Outcome& outcome, nemesis::Node node, const Wanted& wanted,
                Surroundings& found) {
  const std::string name = nemesis::node_name(node);
  std::ifstream file(outcome.directory / "nodes" / name / "trace.jsonl");
  if (!file) return;
  std::deque<Json> lines;
  std::uint64_t left_out = 0;
  for (std::string line; std::getline(file, line);) {
    if (is_about_roles(line)) found.roles.read_line(node, line);
    if (line.size() > kLineBytesMax || !is_wanted(wanted, line)) continue;
    const Json parsed = Json::parse(line);
    if (!parsed.is_object()) continue;
    lines.push_back(shortened(parsed, base::nanoseconds(outcome.start)));
    if (lines.size() <= kLinesMax) continue;
    lines.pop_front();
    ++left_out;
  }
  found.transitions[name] = {{lines.begin(), lines.end()}, left_out};
}

void read_log(const std::filesystem::path& path, const std::string& name, Surroundings& found) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return;
  const std::streamoff size = file.tellg();
  const std::streamoff from = std::max<std::streamoff>(size - kLogTailBytes, 0);
  file.seekg(from);
  std::deque<std::string> lines;
  std::uint64_t bytes = 0;
  for (std::string line; std::getline(file, line);) {
    bytes += line.size() + 1;
    lines.push_back(std::move(line));
    if (lines.size() > kLogLinesMax) {
      lines.pop_front();
    }
  }
  if (lines.empty()) return;
  std::uint64_t kept = 0;
  for (const auto& line : lines) kept += line.size() + 1;
  found.logs[name] = {{lines.begin(), lines.end()},
                      static_cast<std::uint64_t>(from) + (bytes - kept)};
}

void read_report(const std::filesystem::path& path, const std::string& name, Surroundings& found) {
  std::ifstream file(path, std::ios::binary);
  std::string head(static_cast<std::size_t>(kLogTailBytes), '\0');
  file.read(head.data(), kLogTailBytes);
  head.resize(static_cast<std::size_t>(file.gcount()));
  std::error_code ignored;
  Surroundings::Report report{.first_lines = {},
                              .bytes = std::filesystem::file_size(path, ignored)};
  std::istringstream lines(head);
  for (std::string line; report.first_lines.size() < kLogLinesMax && std::getline(lines, line);) {
    if (!line.empty()) report.first_lines.push_back(std::move(line));
  }
  found.sanitizer_reports[name] = std::move(report);
}

/// What a process that ended by itself left in a directory: core dumps and reports of sanitizers.
void read_remains(const Outcome& outcome, const std::filesystem::path& directory,
                  Surroundings& found) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator at(outcome.directory / directory, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (at->symlink_status(ignored).type() == std::filesystem::file_type::regular) {
      files.push_back(at->path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const std::string name = file.filename().string();
    if (found.core_dumps.size() + found.sanitizer_reports.size() >= kRemainsMax) return;
    if (name.starts_with("core")) found.core_dumps.push_back((directory / name).string());
    if (name.starts_with("sanitizer.") || name.starts_with("proxy-sanitizer.")) {
      read_report(file, (directory / name).string(), found);
    }
  }
}

}  // namespace

Surroundings read_surroundings(const Outcome& outcome, const Failure* failure) {
  Surroundings found;
  const Wanted wanted = wanted_of(outcome, failure);
  const auto nodes = outcome.scenario.nodes + spares_of(outcome.scenario);
  for (nemesis::Node node = 0; node < nodes; ++node) {
    read_trace(outcome, node, wanted, found);
    const std::string name = nemesis::node_name(node);
    read_log(outcome.directory / "nodes" / name / "log", name, found);
    read_remains(outcome, std::filesystem::path("nodes") / name, found);
  }
  read_remains(outcome, {}, found);
  read_log(outcome.directory / "harness.log", "harness", found);
  read_log(outcome.directory / "proxy.log", "proxy", found);
  return found;
}

}  // namespace capsize::harness
