// Clients have seen a number of operations succeed.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Reached final : public Watch {
 public:
  explicit Reached(std::uint64_t goal) : goal_(goal) {}
  bool has_fired(Cluster& cluster, base::Duration) override {
    return cluster.view().acknowledged >= goal_;
  }

 private:
  std::uint64_t goal_;
};

class Acknowledged final : public AnchorKind {
 public:
  std::string_view name() const override { return "acknowledged"; }
  std::string_view summary() const override {
    return "clients have seen `count` more operations succeed";
  }
  Declared parameters() const override { return {kCount}; }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t,
                             Cluster& cluster) const override {
    return std::make_unique<Reached>(cluster.view().acknowledged + count_of(params));
  }
};

const base::Registered<AnchorKind, Acknowledged> registered;

}  // namespace
}  // namespace capsize::nemesis
