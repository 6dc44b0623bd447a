// Traces: the events that the nodes wrote about themselves, one JSON object per line.
//
//     {"time":11,"node":"n1","incarnation":1,"event":"start","capsize-trace":1,"term":3,…}
//     {"time":12,"node":"n1","incarnation":1,"event":"append","term":3,"role":"leader",
//      "first":7,"index":9,"entry-term":3,"hash":"00c0ffee00c0ffee"}
//
// `hash` is chained over the entries of the log up to `index`, so equal hashes mean equal logs up
// to `index`, and different ones mean that the logs differ at or below it.
//
// Traces are written without a sync, by processes that are killed. A truncated line is not an error
// where a kill can have truncated it: at the end of the file, or right before (even on the same
// line as) the "start" event of the next incarnation. Anything else that is not an event is
// malformed. Unknown events and fields are accepted, so that nodes may record more than is checked
// here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/line_reader.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

using NodeNumber = std::uint32_t;

enum class TraceKind : std::uint8_t {
  kStart,
  kTerm,
  kVote,
  kRole,
  kAppendEntries,
  kTruncate,
  kCommit,
  kApply,
  kSnapshot,
  kInstall,
  kConfig,
  kSnapshotBegin,
  kTransfer,
  kOther,
};
/// Returns the name of an event in a trace; "other" for kinds that are unknown here.
[[nodiscard]] std::string_view name(TraceKind kind);

enum class Role : std::uint8_t { kFollower, kPrecandidate, kCandidate, kLeader };
[[nodiscard]] std::string_view name(Role role);

struct TraceEvent {
  std::int64_t time = 0;  ///< nanoseconds, one monotonic clock for all nodes
  NodeNumber node = 0;
  TraceKind kind = TraceKind::kOther;
  Role role = Role::kFollower;
  bool has_index = false;
  bool has_hash = false;
  std::uint64_t incarnation = 0;
  std::uint64_t term = 0;
  std::uint64_t first = 0;  ///< of the entries concerned; `index` if the event has no `first`
  std::uint64_t index = 0;
  std::uint64_t entry_term = 0;  ///< 0: unknown
  std::uint64_t hash = 0;
};

/// Names of nodes, shared by all files of a check.
class NodeNames {
 public:
  NodeNumber number(std::string_view name);
  [[nodiscard]] const std::string& name(NodeNumber number) const { return names_[number]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
};

/// Parses single lines, for readers of complete traces and of traces that are still being written.
class TraceLineParser {
 public:
  TraceLineParser();
  ~TraceLineParser();
  TraceLineParser(TraceLineParser&&) noexcept;
  TraceLineParser& operator=(TraceLineParser&&) = delete;

  /// Returns nothing if the line is not an event.
  std::optional<TraceEvent> parse(std::string_view line, NodeNames& names);
  /// After a line that is not an event: the field that is missing or wrong, and what was expected;
  /// empty if the line is not a JSON object.
  [[nodiscard]] std::string_view wrong_field() const;
  [[nodiscard]] const std::string& expected() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads one file, event by event.
class TraceReader {
 public:
  TraceReader(std::string file, LineReader lines, NodeNames& names)
      : file_(std::move(file)), lines_(std::move(lines)), names_(&names) {}

  /// Returns nothing at the end, or if malformed() is set.
  std::optional<TraceEvent> next();
  [[nodiscard]] const std::optional<Malformed>& malformed() const { return malformed_; }

 private:
  std::optional<TraceEvent> parse(const Line& line) { return parser_.parse(line.text, *names_); }
  std::optional<TraceEvent> after_torn_line(const Line& torn);

  std::string file_;
  LineReader lines_;
  NodeNames* names_;
  TraceLineParser parser_;
  std::optional<Malformed> malformed_;
};

/// Reads all files, merged by time. Events of one file keep their order, whatever their times.
class MergedTraces {
 public:
  explicit MergedTraces(std::vector<TraceReader> readers);

  std::optional<TraceEvent> next();
  [[nodiscard]] std::optional<Malformed> malformed() const;

 private:
  std::vector<TraceReader> readers_;
  std::vector<std::optional<TraceEvent>> heads_;
};

}  // namespace capsize::checker
