// Finding: the name and the sentence of a violation, as an explainer returns them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/report/anomaly.h"
#include "checker/report/report.h"
#include "checker/specification/model.h"

namespace capsize::checker {

struct Finding {
  Anomaly anomaly = Anomaly::kNoLegalOrder;
  std::string sentence = {};
  std::optional<Staleness> staleness = {};
  /// Operations (their `source`) that are in the explanation only so that all of what is shown has
  /// a source; the sentence says all that matters of them.
  std::vector<std::uint32_t> background = {};
  /// Operations that the sentence names and that are not part of the counterexample: failed ones.
  std::vector<KeyOperation> mentioned = {};
};

}  // namespace capsize::checker
