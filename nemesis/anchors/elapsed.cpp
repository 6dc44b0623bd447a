// Time has passed since arming. For phases, which have no hold of their own.
#include "nemesis/model/anchor.h"

namespace capsize::nemesis {
namespace {

class Timer final : public Watch {
 public:
  explicit Timer(base::Duration time) : time_(time) {}
  bool has_fired(Cluster&, base::Duration since) override { return since >= time_; }

 private:
  base::Duration time_;
};

class Elapsed final : public AnchorKind {
 public:
  std::string_view name() const override { return "elapsed"; }
  std::string_view summary() const override { return "`time` has passed since arming"; }
  Declared parameters() const override {
    return {{.name = "time",
             .type = Parameter::Type::kDuration,
             .default_value = "1s",
             .summary = "how long"}};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<Timer>(duration_of(params, "time"));
  }
};

const base::Registered<AnchorKind, Elapsed> registered;

}  // namespace
}  // namespace capsize::nemesis
