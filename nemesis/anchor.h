// An anchor: a condition on the cluster's state that a fault waits for, instead of a second. The
// data; what each event means is one file in anchors/ (anchor_kind.h).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"

namespace capsize::nemesis {

struct Anchor {
  std::string event;                                 // name of an AnchorKind
  nlohmann::json params = nlohmann::json::object();  // checked

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// "leader" or {"leader":{"term-above":4}}. Errors name what was found and what was expected.
[[nodiscard]] base::Result<Anchor> parse_anchor(const nlohmann::json& value);
[[nodiscard]] nlohmann::json to_json(const Anchor& anchor);

}  // namespace capsize::nemesis
