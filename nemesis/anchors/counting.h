// Watches that fire when something has been traced a number of times.
#pragma once

#include <functional>

#include "nemesis/model/anchor.h"

namespace capsize::nemesis {

class CountingWatch final : public Watch {
 public:
  CountingWatch(std::uint64_t count, std::function<bool(const TraceEvent&)> counts)
      : left_(count), counts_(std::move(counts)) {}
  void traced(const TraceEvent& event) override {
    if (left_ > 0 && counts_(event)) --left_;
  }
  bool fired(Cluster&, base::Duration) override { return left_ == 0; }

 private:
  std::uint64_t left_;
  std::function<bool(const TraceEvent&)> counts_;
};

/// How often it has to happen.
inline const Parameter kCount{.name = "count",
                              .type = Parameter::Type::kCount,
                              .otherwise = 1,
                              .summary = "for the n-th time",
                              .least = 1};
/// Which node; without it any.
inline const Parameter kNode{
    .name = "node", .type = Parameter::Type::kNode, .summary = "which one; any without it"};

[[nodiscard]] inline bool is_node(const base::Json& params, Node node) {
  return !params.contains("node") || params["node"] == node_name(node);
}
[[nodiscard]] inline std::uint64_t count_of(const base::Json& params) {
  return params["count"].get<std::uint64_t>();
}

}  // namespace capsize::nemesis
