// Faults are data: what a strategy deals is a FaultSpec, what the schedule makes of it a
// PlannedFault, and what became of it a line of faults.jsonl (CONTRACTS.md section 7). None of them
// can act; a FaultKind (fault_kind.h) does.
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

/// A fault without a time: kind, aim, parameters, and between which bounds it is held.
struct FaultSpec {
  std::string kind;
  Target target = Target::kOne;
  base::Json params = base::Json::object();
  base::Duration hold_min = std::chrono::milliseconds(600);
  base::Duration hold_max = std::chrono::milliseconds(1200);
  std::string planned_by = {};  // filled in by the deck: the strategy's name
  /// On links: which messages (nemesis/proxy/PROTOCOL.md, only), and whose links to the target.
  base::Json only = base::Json::object();
  std::optional<Target> peers = {};
  /// Others refer to it by this: targets, anchors.
  std::string label = {};
  /// Whether it may take a majority out of service, together with what is active.
  bool beyond_minority = false;
  /// Held for less than hold_min it would not do what it is for: a short run does not shorten it.
  bool is_whole = false;

  friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

struct PlannedFault {
  std::uint64_t id = 0;
  FaultSpec spec;
  std::optional<Anchor> when = {};   // armed at the start of its phase
  base::Duration at{};               // since that fired; without one, since the start of its phase
  base::Duration hold{};             // from taking hold to healing, at most
  std::optional<Anchor> until = {};  // heals it earlier; armed when it takes hold
  /// Which phase of its script it belongs to, from 1, and that phase's own anchor: for the record.
  std::uint64_t script = 0;
  std::uint64_t phase = 0;
  std::optional<Anchor> phase_when = {};
  /// How long it looks for a candidate, or for its anchor, before it is skipped.
  base::Duration patience = std::chrono::milliseconds(1500);

  friend bool operator==(const PlannedFault&, const PlannedFault&) = default;
};

enum class FaultStage { kPlanned, kBegin, kEnd };
enum class FaultState { kPlanned, kInstalled, kSkipped, kIndeterminate };
[[nodiscard]] std::string_view name(FaultStage moment);
[[nodiscard]] std::string_view name(FaultState state);

/// The first line of faults.jsonl says which format it is (docs/FORMATS.md).
inline constexpr const char* kFaultsFormat = "capsize-faults";
inline constexpr std::uint64_t kFaultsVersion = 1;

/// One line of faults.jsonl.
struct FaultEvent {
  std::shared_ptr<const PlannedFault> fault;
  FaultStage stage = FaultStage::kPlanned;
  base::Duration time{};
  std::vector<Node> nodes = {};  // resolved target; empty before it is known
  std::vector<Node> peers = {};  // the same of the card's peers
  FaultState state = FaultState::kPlanned;
  std::string reason = {};
  std::optional<Node> leader = {};            // who was known to lead at the begin
  std::optional<base::Duration> effect = {};  // from the decision until the effect was seen
  base::Json evidence = base::Json::object();
};
[[nodiscard]] base::Json to_json(const FaultEvent& event);
[[nodiscard]] base::Json to_json(const PlannedFault& fault);

}  // namespace capsize::nemesis
