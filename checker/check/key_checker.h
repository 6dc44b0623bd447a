// KeyChecker: judges one key after the other, each with the cheapest algorithm that applies.
//
// It holds the scratch space of the deciders and no state between keys, so each thread has its own,
// over one constant History (decide_all_fast). The fast deciders run first, over all keys; the
// search then gets the keys that they cannot decide, and all the time that is left.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/core/budget.h"
#include "checker/explain/shrink.h"
#include "checker/report/report.h"
#include "checker/specification/decider.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

struct KeyResult {
  Decision::Kind kind = Decision::Kind::kLegal;
  std::string_view algorithm;          ///< the one that decided
  bool judged = false;                 ///< some operation has to be in any legal order
  std::optional<Violation> violation;  ///< kViolation, if requested
  /// kLegal, if requested: places in History::of_key(key), in a legal order.
  std::vector<std::uint32_t> order;
  std::string reason;                  ///< kUnknown: the bound, and what was hard
  std::optional<Malformed> malformed;  ///< an operation that the model cannot understand
};

class KeyChecker {
 public:
  /// `whole`: the budget of the whole check, of which explanations get a share.
  KeyChecker(const History& history, const Model& model, const DecodeOptions& options,
             bool want_order, const Budget& whole);

  /// `announce` is called as soon as a violation that is to be explained is certain.
  void on_violation(std::function<void()> announce) { announce_ = std::move(announce); }

  /// Tries the fast deciders only; returns kNotApplicable if none applies to this key.
  KeyResult decide_fast(KeyId key, bool explain_it);
  /// Searches within the time of `budget` and the given memory.
  KeyResult search(KeyId key, bool explain_it, const Budget& budget, std::uint64_t memory_bytes);

  /// Checks the weaker consistency models for a key that is not linearizable.
  [[nodiscard]] ConsistencyAnswers check_weaker_models(KeyId key, const Budget& budget);

 private:
  std::optional<Malformed> prepare(KeyId key);
  KeyProblem& problem() { return *problem_; }
  Decision run(Decider& decider, std::span<const KeyOperation> operations, bool want_order);
  [[nodiscard]] std::vector<std::uint32_t> sources(const std::vector<std::uint32_t>& places) const;
  void explain_search(const Decision& decision, std::uint64_t memory_bytes, KeyResult& result);
  Budget next_explain_budget();
  [[nodiscard]] Violates certainly_illegal(const Budget& limits, std::uint64_t memory_bytes) const;
  [[nodiscard]] bool is_anything_required() const;
  [[nodiscard]] std::string trouble(Position reached) const;

  const History& history_;
  const Model& model_;
  DecodeOptions options_;
  bool want_order_;
  std::function<void()> announce_ = [] {};
  const Budget& whole_;
  std::uint64_t explained_ = 0;
  std::optional<KeyProblem> problem_;
  std::vector<std::unique_ptr<Decider>> deciders_;  // as in model_.deciders
};

/// Runs the fast deciders on all keys of a history, on all cores. Each thread repeatedly takes the
/// next few keys. Nothing is explained here, so the verdicts do not depend on the number of
/// threads, and only the few keys that are reported get an explanation.
///
/// Returns one result for each key: kNotApplicable if no fast decider applies, and kUnknown, with
/// the reason, if the time was over before its turn. Keys without operations are legal.
[[nodiscard]] std::vector<KeyResult> decide_all_fast(const History& history, const Model& model,
                                                     const DecodeOptions& options, bool want_orders,
                                                     const Budget& budget);

}  // namespace capsize::checker
