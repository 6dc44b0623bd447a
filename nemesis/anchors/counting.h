// Parts that most anchors share: watches that fire when an event has been traced a number of times,
// and the parameters `count` and `node`.
#pragma once

#include <functional>

#include "nemesis/model/anchor.h"

namespace capsize::nemesis {

class CountingWatch final : public Watch {
 public:
  CountingWatch(std::uint64_t count, std::function<bool(const TraceEvent&)> counts)
      : left_(count), counts_(std::move(counts)) {}
  void on_trace(const TraceEvent& event) override {
    if (left_ > 0 && counts_(event)) --left_;
  }
  bool has_fired(Cluster&, base::Duration) override { return left_ == 0; }

 private:
  std::uint64_t left_;
  std::function<bool(const TraceEvent&)> counts_;
};

/// How many times the event has to happen.
inline const Parameter kCount{.name = "count",
                              .type = Parameter::Type::kCount,
                              .default_value = 1,
                              .summary = "fires at the n-th event",
                              .min = 1};
/// The node of the event; without it, any node.
inline const Parameter kNode{
    .name = "node", .type = Parameter::Type::kNode, .summary = "the node; without it, any node"};

[[nodiscard]] inline bool is_node(const base::Json& params, Node node) {
  return !params.contains("node") || params["node"] == node_name(node);
}
[[nodiscard]] inline std::uint64_t count_of(const base::Json& params) {
  return params["count"].get<std::uint64_t>();
}

}  // namespace capsize::nemesis
