// Level order: a decider gives each operation a level that says where it belongs among the others.
// A legal order exists iff no operation precedes one of a lower level.
//
// Sufficient: sort by level, and by invocation within a level. If a precedes b, then level(a) <=
// level(b), and if the levels are equal, a.invoke <= a.complete < b.invoke puts a first. Necessary:
// that is what a level means. (The header of each decider proves that its levels mean this.)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "checker/specification/model.h"

namespace capsize::checker {

/// Of an operation that is left out of the order: an indeterminate one that did not happen.
inline constexpr std::uint64_t kNoLevel = ~std::uint64_t{0};
/// After all operations with a lower level.
inline constexpr std::uint64_t kLastLevel = kNoLevel - 1;

/// Two places of which the first has the higher level and precedes the second; nothing if there are
/// none. `operations` in order of invocation, one level for each. O(n log n).
[[nodiscard]] std::optional<std::pair<std::uint32_t, std::uint32_t>> find_out_of_level(
    std::span<const KeyOperation> operations, const std::vector<std::uint64_t>& levels);

/// The legal order, where find_out_of_level found nothing.
[[nodiscard]] std::vector<std::uint32_t> order_by_level(const std::vector<std::uint64_t>& levels);

}  // namespace capsize::checker
