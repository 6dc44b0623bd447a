// A clock that jumps forward and back repeatedly: it races and stops in turn.
#include <algorithm>

#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class ClockStrobe final : public ClockFault {
 public:
  ClockStrobe()
      : ClockFault("clock-strobe", "the node's clock repeatedly jumps forward and back") {}
  Declared parameters() const override {
    return {{.name = "by",
             .type = Parameter::Type::kDuration,
             .default_value = "100ms",
             .summary = "the size of each jump"},
            {.name = "period",
             .type = Parameter::Type::kDuration,
             .default_value = "40ms",
             .summary = "from one jump to the next"}};
  }
  base::Duration period(const base::Json& params) const override {
    return std::max<base::Duration>(std::chrono::milliseconds(1), duration_of(params, "period"));
  }
  ActionResult pulse(const Injection& injection, Cluster& cluster,
                     std::uint64_t count) const override {
    const auto by = injection.params["by"].get<std::string>();
    const bool back = count % 2 == 0;
    ActionResult result = request_from_running(
        cluster, injection.nodes, {{"op", "clock"}, {"bump", back ? opposite(by) : by}});
    result.evidence = {{back ? "back" : "there", clock_offsets(result.evidence)}};
    return result;
  }
  bool is_proven(const base::Json& evidence) const override {
    return ClockFault::is_proven(evidence) && evidence.contains("pulse") &&
           evidence["pulse"].contains("back") && !evidence["pulse"]["back"].empty();
  }

 private:
  static std::string opposite(const std::string& by) {
    return by.starts_with('-') ? by.substr(1) : "-" + by;
  }
  base::Json request(const base::Json& params) const override {
    return {{"op", "clock"}, {"bump", params["by"]}};
  }
};

const base::Registered<FaultKind, ClockStrobe> registered;

}  // namespace
}  // namespace capsize::nemesis
