// Shared by registers of all kinds: read, write, cas, and what a failed cas says.
//
// A read is kept only when it is ok: a failed one says nothing, and the result of an indeterminate
// one is unknown. A failed write or cas had no effect and is left out; only when the options say
// that a mismatch was observed does a failed cas become a read of "anything but the expected
// value".
#pragma once

#include <optional>

#include "checker/specification/model.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {

[[nodiscard]] Decoded decode_register_operation(const History& history, const Operation& operation,
                                                const DecodeOptions& options);
[[nodiscard]] std::optional<State> step_register(StateTable& states, State state,
                                                 const KeyOperation& operation);
[[nodiscard]] State initial_register(StateTable& states, ValueId initial);
/// The writers of the very value that was observed.
[[nodiscard]] bool register_needs(const ValueTable& values, const KeyOperation& observer,
                                  const KeyOperation& writer);

}  // namespace capsize::checker
