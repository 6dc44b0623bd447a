// What a node was at each moment of a window, and what it decided in it: role, term, commit index,
// elections, votes, starts. From its trace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/properties/trace.h"
#include "harness/evidence/commit_history.h"
#include "nemesis/model/cluster.h"

namespace capsize::harness {

class NodeTimeline {
 public:
  struct State {
    std::int64_t time = 0;  // from then on
    checker::Role role = checker::Role::kFollower;
    std::uint64_t term = 0;
    std::uint64_t commit = 0;  // 0: the trace has not said yet
  };
  struct Event {
    std::int64_t time = 0;
    std::string text;  // "n3 leads term 5"
  };

  /// Reads the whole trace: 200 MiB a second. A file that cannot be read has no states. `window` is
  /// in nanoseconds of the trace's clock.
  [[nodiscard]] static NodeTimeline read(nemesis::Node node, const std::filesystem::path& trace,
                                         const TraceWindow& window);

  /// Nothing before the node's first event, and outside the window.
  [[nodiscard]] std::optional<State> at(std::int64_t time) const;
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// The node's first start after a time, in the whole trace.
  [[nodiscard]] std::optional<std::int64_t> start_after(std::int64_t time) const;
  [[nodiscard]] bool empty() const { return states_.empty() && starts_.empty(); }
  /// The window had more than could be kept.
  [[nodiscard]] bool is_cut() const { return cut_; }

 private:
  void add(std::string_view line, const TraceWindow& window);
  void add_event(const checker::TraceEvent& event, std::string_view line);
  std::string name_;
  std::vector<State> states_;  // by time
  std::vector<Event> events_;
  std::vector<std::int64_t> starts_;
  bool cut_ = false;
  checker::TraceLineParser parser_;
  checker::NodeNames names_;
};

}  // namespace capsize::harness
