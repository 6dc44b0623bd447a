// KeyProblem: the input for judging and explaining one key.
//
// Keys are independent (linearizability is local), so a KeyProblem is the unit of work: it refers
// to the constant history and shares nothing else with other keys.
#pragma once

#include <optional>
#include <vector>

#include "checker/history/malformed.h"
#include "checker/specification/model.h"

namespace capsize::checker {

struct KeyProblem {
  const History& history;
  const Model& model;
  KeyId key = 0;
  ValueId initial = kNullValue;
  std::vector<KeyOperation> operations = {};  ///< what may or must have happened, by invocation
  std::vector<KeyOperation> failed = {};      ///< mutations with a value that never happened

  /// The operation as the history has it.
  [[nodiscard]] const Operation& source(const KeyOperation& operation) const {
    return history.of_key(key)[operation.source];
  }
};

/// Fills in the operations of problem.key. Returns the first one that the model cannot decode.
[[nodiscard]] std::optional<Malformed> decode_key(KeyProblem& problem,
                                                  const DecodeOptions& options);

}  // namespace capsize::checker
