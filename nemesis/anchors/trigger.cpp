// The program that controls the run interactively, such as a Python test, sent a trigger of this
// name.
#include "nemesis/model/anchor.h"

namespace capsize::nemesis {
namespace {

class TriggerWatch final : public Watch {
 public:
  explicit TriggerWatch(std::string name) : name_(std::move(name)) {}
  void on_trigger(const std::string& name) override { fired_ = fired_ || name == name_; }
  bool has_fired(Cluster&, base::Duration) override { return fired_; }

 private:
  std::string name_;
  bool fired_ = false;
};

class Trigger final : public AnchorKind {
 public:
  std::string_view name() const override { return "trigger"; }
  std::string_view summary() const override {
    return "the program that controls the run interactively has sent this trigger";
  }
  Declared parameters() const override {
    return {{.name = "name", .default_value = "go", .summary = "of the trigger"}};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<TriggerWatch>(params["name"].get<std::string>());
  }
};

const base::Registered<AnchorKind, Trigger> registered;

}  // namespace
}  // namespace capsize::nemesis
