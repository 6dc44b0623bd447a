// A kind of fault that is told its name, summary and impact when it is made: the base of those that
// come in families.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class NamedFault : public FaultKind {
 public:
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view summary() const override { return summary_; }
  [[nodiscard]] Impact impact() const override { return impact_; }

 protected:
  NamedFault(std::string_view name, std::string_view summary, Impact impact)
      : name_(name), summary_(summary), impact_(impact) {}

 private:
  std::string_view name_;
  std::string_view summary_;
  Impact impact_;
};

}  // namespace capsize::nemesis
