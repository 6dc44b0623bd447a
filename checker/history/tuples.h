// Tuples: [key value] pairs in place of values, in tests with several independent keys (Jepsen).
//
// Such a file has no field for the key, and does not say what its pairs are: a register may hold
// pairs, too. Proof are invocations whose argument cannot be a plain value: a read of [k nil], a
// cas of [k [expected new]], a transaction of [k [steps]].
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "checker/history/builder.h"
#include "checker/history/chunked.h"

namespace capsize::checker {

struct TupleShape {
  std::uint64_t invocations = 0;
  std::uint64_t tuples = 0;  ///< invocations that look like [key value]
  std::uint64_t proofs = 0;  ///< those that cannot be plain values
  bool disproved = false;    ///< some invocation is certainly not a tuple, such as cas [1 2]
  std::uint32_t first_other_line = 0;  ///< of an invocation that does not look like a tuple

  [[nodiscard]] bool are_tuples() const { return proofs > 0 && !disproved; }
};

/// Examines the invocations up to the first that is certainly not a tuple. O(events).
[[nodiscard]] TupleShape shape_of_tuples(const Chunked<Event>& events, const ValueTable& values,
                                         std::span<const std::string> functions);

/// Returns the key and value of an event without a key field, if its value is a pair whose first
/// element can be a key.
[[nodiscard]] std::optional<std::pair<ValueId, ValueId>> tuple_of(const Event& event,
                                                                  const ValueTable& values);

}  // namespace capsize::checker
