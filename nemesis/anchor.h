// An anchor: a condition on the cluster's state that a fault waits for, instead of a second. The
// data; what each event means is one file in anchors/ (anchor_kind.h).
#pragma once

#include <string>
#include "base/json.h"

#include "base/result.h"

namespace capsize::nemesis {

struct Anchor {
  std::string event;                         // name of an AnchorKind
  base::Json params = base::Json::object();  // checked

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// "leader" or {"leader":{"term-above":4}}. Errors name what was found and what was expected.
[[nodiscard]] base::Result<Anchor> parse_anchor(const base::Json& value);
[[nodiscard]] base::Json to_json(const Anchor& anchor);

}  // namespace capsize::nemesis
