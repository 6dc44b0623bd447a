// Finding: the name and the sentence of a violation, and who can give them.
//
// Each explainer looks at a minimal set of operations (all writers of what is observed in it are in
// it) and, for what happened later, at all operations of the key. It says nothing where the set is
// not of its kind; the general one always says something.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checker/report/anomaly.h"
#include "checker/report/report.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

class SmallSearch;

struct Finding {
  Anomaly anomaly = Anomaly::kNoLegalOrder;
  std::string sentence = {};
  std::optional<Staleness> staleness = {};
  /// Operations (their `source`) that are in the explanation only so that all of what is shown has
  /// a source; the sentence says all that matters of them.
  std::vector<std::uint32_t> background = {};
  /// Operations that the sentence names and that are not part of the witness: failed ones.
  std::vector<KeyOperation> mentioned = {};
};

/// Reads, writes and cas in which every value is written once.
[[nodiscard]] std::optional<Finding> explain_register(const KeyProblem& problem,
                                                      std::span<const KeyOperation> witness);

/// Appends and reads of a list in which every element is appended once.
[[nodiscard]] std::optional<Finding> explain_list(const KeyProblem& problem,
                                                  std::span<const KeyOperation> witness);

/// Appends and reads of a string, every piece different.
[[nodiscard]] std::optional<Finding> explain_text(const KeyProblem& problem,
                                                  std::span<const KeyOperation> witness);

/// Queues, stacks, bags and sets.
[[nodiscard]] std::optional<Finding> explain_collection(const KeyProblem& problem,
                                                        std::span<const KeyOperation> witness);

/// Queues, stacks and bags, elements may be equal: one that came out of turn, or once too often, or
/// vanished.
[[nodiscard]] std::optional<Finding> explain_by_turn(const KeyProblem& problem,
                                                     std::span<const KeyOperation> witness);

[[nodiscard]] std::optional<Finding> explain_counter(const KeyProblem& problem,
                                                     std::span<const KeyOperation> witness);

[[nodiscard]] std::optional<Finding> explain_mutex(const KeyProblem& problem,
                                                   std::span<const KeyOperation> witness);

/// Registers in transactions in which every value of a key is written once.
[[nodiscard]] std::optional<Finding> explain_transactions(const KeyProblem& problem,
                                                          std::span<const KeyOperation> witness);

/// Strings and lists, pieces may repeat: one is shown that nobody wrote, or only who failed.
[[nodiscard]] std::optional<Finding> explain_foreign(const KeyProblem& problem,
                                                     std::span<const KeyOperation> witness);

/// Registers of all kinds: a failed cas that saw another value (kCodeMismatch) although the
/// expected one was there.
[[nodiscard]] std::optional<Finding> explain_failed_cas(const KeyProblem& problem,
                                                        std::span<const KeyOperation> witness);

/// Reads, writes and cas, values may repeat: a value that cannot have been there, or was taken by
/// more cas than it can have been.
[[nodiscard]] std::optional<Finding> explain_origins(const KeyProblem& problem,
                                                     std::span<const KeyOperation> witness);

/// What is read whole, values may repeat: something old, or something that was still to come.
[[nodiscard]] std::optional<Finding> explain_by_moment(const KeyProblem& problem,
                                                       std::span<const KeyOperation> witness);

/// A part of explain_by_moment: names a read of a string or list that was never right, by the
/// pieces that it shows: one too many, one in the wrong place, one that is missing. Unlike
/// explain_list this allows for puts, deletes and pieces that repeat; what it says then holds of
/// every one of them. `read`, one of the operations, would be right at no moment. Nothing where its
/// pieces do not tell.
[[nodiscard]] std::optional<Finding> explain_pieces(const KeyProblem& problem,
                                                    std::span<const KeyOperation> witness,
                                                    const KeyOperation& read, SmallSearch& search);
/// Anything: names the operation that comes too late for every order of the others.
[[nodiscard]] Finding explain_any(const KeyProblem& problem, std::span<const KeyOperation> witness);

}  // namespace capsize::checker
