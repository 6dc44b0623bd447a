// Faults are data. A strategy lists FaultSpecs, the schedule draws PlannedFaults from them, and the
// engine logs each stage of a fault as a FaultEvent, one line of faults.jsonl (nemesis/README.md).
// None of these can act; a FaultKind (fault_kind.h) does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "base/json.h"

#include "base/time.h"
#include "nemesis/model/anchor.h"
#include "nemesis/model/target.h"

namespace capsize::nemesis {

/// A fault without a time: kind, target, parameters, and the bounds of its duration.
struct FaultSpec {
  std::string kind;
  Target target = Target::kOne;
  base::Json params = base::Json::object();
  base::Duration hold_min = std::chrono::milliseconds(600);
  base::Duration hold_max = std::chrono::milliseconds(1200);
  std::string planned_by = {};  // the strategy or phase; filled in by the plan
  /// For faults on links: which messages (nemesis/proxy/PROTOCOL.md, Message filter), and the nodes
  /// at the other ends of the links; without `peers`, all.
  base::Json only = base::Json::object();
  std::optional<Target> peers = {};
  /// Targets and anchors of other faults refer to the fault by its label.
  std::string label = {};
  /// Whether this fault and the active ones may take a majority out of service together.
  bool beyond_minority = false;
  /// Whether it is pointless when held for less than hold_min (a rolling restart that stops
  /// halfway): a short run does not shorten it.
  bool needs_full_hold = false;

  friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

struct PlannedFault {
  std::uint64_t id = 0;
  FaultSpec spec;
  std::optional<Anchor> when = {};   // armed when its phase starts
  base::Duration at{};               // after `when` fired; without one, after the phase started
  base::Duration hold{};             // from taking effect to healing, at most
  std::optional<Anchor> until = {};  // heals it earlier; armed when it takes effect
  /// Its script, the number of its phase in that script (from 1) and that phase's anchor: for the
  /// log.
  std::uint64_t script = 0;
  std::uint64_t phase = 0;
  std::optional<Anchor> phase_when = {};
  /// How long it waits for eligible nodes, or for its anchor, before it is skipped.
  base::Duration patience = std::chrono::milliseconds(1500);

  friend bool operator==(const PlannedFault&, const PlannedFault&) = default;
};

enum class FaultStage { kPlanned, kBegin, kEnd };
enum class FaultState { kPlanned, kInstalled, kSkipped, kIndeterminate };
[[nodiscard]] std::string_view name(FaultStage stage);
[[nodiscard]] std::string_view name(FaultState state);

/// The first line of faults.jsonl says which format it is (docs/FORMATS.md).
inline constexpr const char* kFaultsFormat = "capsize-faults";
inline constexpr std::uint64_t kFaultsVersion = 1;

/// One line of faults.jsonl.
struct FaultEvent {
  std::shared_ptr<const PlannedFault> fault;
  FaultStage stage = FaultStage::kPlanned;
  base::Duration time{};
  std::vector<Node> nodes = {};  // the resolved target; empty until the fault begins
  std::vector<Node> peers = {};  // the resolved peers of the fault spec
  FaultState state = FaultState::kPlanned;
  std::string reason = {};
  std::optional<Node> leader = {};            // the leader as known when the fault began
  std::optional<base::Duration> effect = {};  // from the decision until the effect was observed
  base::Json evidence = base::Json::object();
};
[[nodiscard]] base::Json to_json(const FaultEvent& event);
[[nodiscard]] base::Json to_json(const PlannedFault& fault);

}  // namespace capsize::nemesis
