// Transactions: a list of steps ["r", key, value] and ["w", key, value] that take effect at once;
// "read" and "write" are the same.
//
// An acknowledged transaction shows in its completion what its reads returned. An indeterminate one
// has only its invocation, whose reads say nothing.
#pragma once

#include <optional>
#include <vector>

#include "checker/specification/model.h"

namespace capsize::checker {

enum TransactionCode : std::uint8_t {
  kCodeTransaction = kFirstPartialCode,
  kCodeUnseenTransaction,  ///< what its reads returned is unknown
};

struct TransactionStep {
  bool is_write = false;
  ValueId key = kNullValue;
  ValueId value = kNullValue;
};

/// The steps of a value; nothing if it is no list of such steps. ["r", key] is short for a read
/// whose value is null.
[[nodiscard]] std::optional<std::vector<TransactionStep>> transaction_steps(
    const ValueTable& values, ValueId transaction);

/// Whether a step appends, as in Elle's list-append.
[[nodiscard]] bool has_append(const ValueTable& values, ValueId transaction);

}  // namespace capsize::checker
