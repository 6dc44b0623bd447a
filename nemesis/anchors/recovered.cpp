// The cluster has recovered: every running node has acknowledged a write since arming.
#include "nemesis/model/anchor.h"

namespace capsize::nemesis {
namespace {

class EveryNode final : public Watch {
 public:
  explicit EveryNode(ClusterView before) : before_(std::move(before)) {}
  bool has_fired(Cluster& cluster, base::Duration) override {
    const ClusterView now = cluster.view();
    for (const Node node : now.core()) {
      const NodeView& state = now.nodes[node];
      if (!state.running || state.paused) continue;
      if (state.writes <= before_.nodes[node].writes) return false;
    }
    return true;
  }

 private:
  ClusterView before_;
};

class Recovered final : public AnchorKind {
 public:
  std::string_view name() const override { return "recovered"; }
  std::string_view summary() const override {
    return "every running node has acknowledged a write";
  }
  std::unique_ptr<Watch> arm(const base::Json&, std::uint64_t, Cluster& cluster) const override {
    return std::make_unique<EveryNode>(cluster.view());
  }
};

const base::Registered<AnchorKind, Recovered> registered;

}  // namespace
}  // namespace capsize::nemesis
