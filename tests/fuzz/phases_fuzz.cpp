// Phases of a scenario, and faults.jsonl of a run: hostile text ends in an error, or in a script
// that asks for registered faults only, with parameters that they take.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/recorded_faults.h"

using namespace capsize;

namespace {

void require(bool fine) {
  if (!fine) std::abort();
}

void play_some(nemesis::Script& script) {
  base::Prng prng(1);
  nemesis::Situation situation;
  situation.cluster.nodes.resize(5, {.running = true});
  for (; situation.phases < 20; ++situation.phases) {
    const auto phase = script.next(situation, prng);
    if (!phase) return;
    for (const auto& fault : phase->faults) {
      const auto* kind = nemesis::FaultKinds::instance().find(fault.spec.kind);
      require(kind != nullptr);
      require(nemesis::check(kind->parameters(), fault.spec.params).ok());
      require(fault.hold >= base::Duration::zero());
      // What is written down can be read again.
      require(nemesis::parse_target(nemesis::to_json(fault.spec.target)).ok());
      require(!nemesis::to_json(fault).dump().empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = base::Json::parse_with_comments(text);
  if (!value.is_invalid()) {
    auto parsed = nemesis::parse_phases(value, 5);
    if (parsed.ok()) play_some(*nemesis::make_script(std::move(parsed.phases), 2));
  }
  std::istringstream lines(text);
  if (const auto recorded = nemesis::read_recorded_faults(lines, "faults.jsonl")) {
    for (auto& script : nemesis::make_scripts(recorded.value())) play_some(*script);
  }
  return 0;
}
