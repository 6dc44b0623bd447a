// Another fault has begun or ended.
#include "nemesis/anchors/counting.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class FaultWatch final : public Watch {
 public:
  explicit FaultWatch(const base::Json& params)
      : label_(params.value("label", "")),
        kind_(params.value("kind", "")),
        began_(params["moment"] == "began"),
        left_(count_of(params)) {}
  void on_fault(const std::string& label, const std::string& kind, bool began) override {
    const bool matches = (label_.empty() || label_ == label) && (kind_.empty() || kind_ == kind);
    if (matches && began == began_ && left_ > 0) --left_;
  }
  bool has_fired(Cluster&, base::Duration) override { return left_ == 0; }

 private:
  std::string label_, kind_;
  bool began_;
  std::uint64_t left_;
};

std::vector<std::string_view> kinds() {
  std::vector<std::string_view> names;
  for (const auto& kind : FaultKinds::instance().all()) names.push_back(kind->name());
  return names;
}

class OtherFault final : public AnchorKind {
 public:
  std::string_view name() const override { return "fault"; }
  std::string_view summary() const override {
    return "a fault with a label, or of a kind, has begun or ended";
  }
  Declared parameters() const override {
    return {{.name = "label", .summary = "of the fault; without it, any"},
            {.name = "kind", .summary = "of the fault; without it, any", .choices = kinds()},
            {.name = "moment",
             .default_value = "began",
             .summary = "begin or end of the fault",
             .choices = {"began", "ended"}},
            kCount};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<FaultWatch>(params);
  }
};

const base::Registered<AnchorKind, OtherFault> registered;

}  // namespace
}  // namespace capsize::nemesis
