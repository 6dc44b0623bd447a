// Explainers: each turns a minimal counterexample of one kind into a Finding (a name and a
// sentence).
//
// A counterexample holds all writers of the values that its operations observe. To see what
// happened later an explainer also reads the other operations of the key. It returns nothing if the
// counterexample is not of its kind; explain_any always returns a finding. A model lists the
// explainers that apply to it, most specific first (Model::explainers).
#pragma once

#include <optional>
#include <span>

#include "checker/specification/model.h"

namespace capsize::checker {

class SmallSearch;

/// Reads, writes and cas in which every value is written once.
[[nodiscard]] std::optional<Finding> explain_register(const KeyProblem& problem,
                                                      std::span<const KeyOperation> counterexample);

/// Appends and reads of a list in which every element is appended once.
[[nodiscard]] std::optional<Finding> explain_list(const KeyProblem& problem,
                                                  std::span<const KeyOperation> counterexample);

/// Appends and reads of a string, every piece different.
[[nodiscard]] std::optional<Finding> explain_text(const KeyProblem& problem,
                                                  std::span<const KeyOperation> counterexample);

/// Queues, stacks, bags and sets.
[[nodiscard]] std::optional<Finding> explain_collection(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

/// Queues, stacks and bags whose elements may be equal: an element that was taken out of order,
/// once too often, or lost.
[[nodiscard]] std::optional<Finding> explain_removal_order(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

[[nodiscard]] std::optional<Finding> explain_counter(const KeyProblem& problem,
                                                     std::span<const KeyOperation> counterexample);

[[nodiscard]] std::optional<Finding> explain_mutex(const KeyProblem& problem,
                                                   std::span<const KeyOperation> counterexample);

/// Registers in transactions in which every value of a key is written once.
[[nodiscard]] std::optional<Finding> explain_transactions(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

/// Strings and lists whose pieces may repeat: a read shows a piece that no operation wrote, or only
/// a failed one.
[[nodiscard]] std::optional<Finding> explain_unwritten_piece(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

/// Registers of all kinds: a failed cas that claims to have observed another value (kCodeMismatch)
/// although the expected one was there.
[[nodiscard]] std::optional<Finding> explain_failed_cas(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

/// Reads, writes and cas whose values may repeat: a value that cannot have been there, or that more
/// cas replaced than mutations wrote.
[[nodiscard]] std::optional<Finding> explain_value_count(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

/// Objects that are read as a whole and whose values may repeat: a read of an old value, or of a
/// future one.
[[nodiscard]] std::optional<Finding> explain_by_moment(
    const KeyProblem& problem, std::span<const KeyOperation> counterexample);

/// A part of explain_by_moment: names a read of a string or list that would be right at no moment,
/// by its pieces: one too many, one in the wrong place, or one missing. Unlike explain_list it
/// supports puts, deletes and repeated pieces; its sentence is then true for each of them. `read`
/// is one of the operations. Returns nothing if the pieces do not show the cause.
[[nodiscard]] std::optional<Finding> explain_pieces(const KeyProblem& problem,
                                                    std::span<const KeyOperation> counterexample,
                                                    const KeyOperation& read, SmallSearch& search);
/// Any model: names the operation that comes too late for every order of the others.
[[nodiscard]] Finding explain_any(const KeyProblem& problem,
                                  std::span<const KeyOperation> counterexample);

}  // namespace capsize::checker
