// Places transactions one after the other, without ever going back.
//
// Next is always one whose predecessors are all placed, whose reads are what is in force, and that
// overwrites nothing which somebody has yet to read; among several, the one with the earliest
// completion of itself or of whoever reads from it. For single registers with different values that
// is the order of zones (distinct_register.h), and never fails where there is a legal order; for
// transactions it may.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/algorithms/precedence_graph.h"
#include "checker/algorithms/transaction_versions.h"

namespace capsize::checker {

/// A legal order of the live operations, by their places. Nothing: none was found, though there may
/// be one. Precondition: the graph is closed and not circular.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> find_transaction_order(
    const TransactionVersions& versions, const PrecedenceGraph& graph);

}  // namespace capsize::checker
