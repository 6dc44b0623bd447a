// Faults are data: what a strategy deals is a Card, what the schedule makes of it a PlannedFault,
// and what became of it a line of faults.jsonl (CONTRACTS.md section 7). None of them can act; a
// FaultKind (fault_kind.h) does.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "nemesis/target.h"
#include "node/base/time.h"

namespace capsize::nemesis {

/// A fault without a time: kind, aim, parameters, and between which bounds it is held.
struct Card {
  std::string kind;
  Target target = Target::kOne;
  nlohmann::json params = nlohmann::json::object();
  base::Duration hold_min = std::chrono::milliseconds(600);
  base::Duration hold_max = std::chrono::milliseconds(1200);
  std::string planned_by = {};  // filled in by the deck: the strategy's name
};

struct PlannedFault {
  std::uint64_t id = 0;
  Card card;
  base::Duration at{};    // since the start of the load
  base::Duration hold{};  // from taking hold to healing
};

enum class Phase { kPlanned, kBegin, kEnd };
enum class FaultState { kPlanned, kInstalled, kSkipped, kIndeterminate };
[[nodiscard]] std::string_view name(Phase phase);
[[nodiscard]] std::string_view name(FaultState state);

/// One line of faults.jsonl.
struct FaultEvent {
  const PlannedFault* fault = nullptr;
  Phase phase = Phase::kPlanned;
  base::Duration time{};
  std::vector<Node> nodes;  // resolved target; empty before it is known
  FaultState state = FaultState::kPlanned;
  std::string reason;
  nlohmann::json evidence = nlohmann::json::object();
};
[[nodiscard]] nlohmann::json to_json(const FaultEvent& event);
[[nodiscard]] nlohmann::json to_json(const PlannedFault& fault);

}  // namespace capsize::nemesis
