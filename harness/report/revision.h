// Which source this binary was built from.
#pragma once

#include <string_view>

namespace capsize::harness {

/// Commit, with "-modified" if the tree differed from it; "unknown" outside a checkout.
[[nodiscard]] std::string_view source_revision();

}  // namespace capsize::harness
