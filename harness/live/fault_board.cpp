#include "harness/live/fault_board.h"

#include <algorithm>

#include "base/lenient_fields.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kNodesMax = 64;
constexpr std::size_t kActiveMax = 256;  // a run has a handful; a file may have anything
constexpr std::uint64_t kTimeMax = std::uint64_t{1} << 62U;

}  // namespace

void FaultBoard::add(std::string_view text) {
  const base::Json line = base::Json::parse(text);
  const auto id = base::unsigned_field(line, "id");
  if (!id) return;
  auto stage = base::text_field(line, "stage", kNameBytesMax);
  if (stage.empty()) stage = base::text_field(line, "phase", kNameBytesMax);  // older releases
  if (stage == "planned") ++planned_;
  if (stage == "begin") begin(*id, line);
  if (stage == "end") active_.erase(*id);
}

void FaultBoard::begin(std::uint64_t id, const base::Json& line) {
  if (base::text_field(line, "state", kNameBytesMax) == "skipped") {
    ++skipped_;
    return;
  }
  ++begun_;
  if (active_.size() >= kActiveMax) return;
  const base::Json& target = base::field(line, "target");
  Active& active = active_[id];
  active = {};
  active.fault = {.id = id,
                  .kind = base::text_field(line, "kind", kNameBytesMax),
                  .nodes = base::texts_field(target, "nodes", kNodesMax, kNameBytesMax),
                  .peers = base::texts_field(target, "peers", kNodesMax, kNameBytesMax),
                  .planned_by = base::text_field(line, "planned-by", kNameBytesMax),
                  .begin = base::Duration(static_cast<std::int64_t>(
                      std::min(base::unsigned_field(line, "time").value_or(0), kTimeMax)))};
  for (const auto& node : active.fault.nodes) {
    const base::Json& evidence = base::field(base::field(line, "evidence"), node);
    if (base::text_field(evidence, "state", kNameBytesMax) == "T") active.paused.insert(node);
    if (base::field(evidence, "signal").is_number()) {
      active.killed[node] = base::unsigned_field(evidence, "incarnation").value_or(0);
    }
  }
}

void FaultBoard::write(RunSnapshot& snapshot) const {
  snapshot.faults.clear();
  for (const auto& [id, active] : active_) snapshot.faults.push_back(active.fault);
  snapshot.faults_planned = planned_;
  snapshot.faults_begun = begun_;
  snapshot.faults_skipped = skipped_;
}

NodeState FaultBoard::state_of(const std::string& node, std::uint64_t incarnation) const {
  auto state = NodeState::kUp;
  for (const auto& [id, active] : active_) {
    const auto killed = active.killed.find(node);
    if (killed != active.killed.end() && killed->second >= incarnation) return NodeState::kDead;
    if (active.paused.contains(node)) state = NodeState::kPaused;
  }
  return state;
}

}  // namespace capsize::harness
