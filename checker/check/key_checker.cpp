#include "checker/check/key_checker.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/check.h"
#include "checker/consistency/weaker_models.h"
#include "checker/explain/explain.h"
#include "checker/registers/sourceless_read.h"
#include "checker/search/search_any.h"

namespace capsize::checker {
namespace {

// The first explanation gets much time; further ones get less, because it is taken from other keys.
constexpr std::chrono::nanoseconds kFirstExplainTimeMax = std::chrono::seconds(5);
constexpr std::chrono::nanoseconds kExplainTimeMax = std::chrono::milliseconds(300);
constexpr std::int64_t kFirstExplainShare = 4;  // a quarter of the time that is left
constexpr std::int64_t kExplainShare = 16;      // a sixteenth
// The time for one search during shrinking; if it takes longer, the operation stays.
constexpr std::uint64_t kShrinkStepsMax = 20'000;
constexpr std::uint64_t kShrinkMemoryBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kExamplesMax = 3;  // of operations in the reason of an unknown verdict

}  // namespace

KeyChecker::KeyChecker(const History& history, const Model& model, const DecodeOptions& options,
                       bool want_order, const Budget& whole)
    : history_(history), model_(model), options_(options), want_order_(want_order), whole_(whole) {
  for (const DeciderOfModel& one : model.deciders) {
    deciders_.push_back(one.decider->make(history.values));
  }
}

Budget KeyChecker::next_explain_budget() {
  const bool first = explained_++ == 0;
  const auto share = whole_.left() / (first ? kFirstExplainShare : kExplainShare);
  return {std::min(first ? kFirstExplainTimeMax : kExplainTimeMax, share),
          whole_.memory_limit_bytes()};
}

std::optional<Malformed> KeyChecker::prepare(KeyId key) {
  if (!problem_ || problem_->key != key) {
    problem_.emplace(KeyProblem{history_, model_, key, history_.initial.value_or(kNullValue)});
  }
  return decode_key(problem(), options_);
}

bool KeyChecker::is_anything_required() const {
  return std::ranges::any_of(problem_->operations, &KeyOperation::required);
}

std::vector<std::uint32_t> KeyChecker::sources(const std::vector<std::uint32_t>& places) const {
  std::vector<std::uint32_t> found;
  for (const std::uint32_t place : places) found.push_back(problem_->operations[place].source);
  return found;
}

Decision KeyChecker::run(Decider& decider, std::span<const KeyOperation> operations,
                         bool want_order) {
  CHECK(std::ranges::is_sorted(operations, {}, &KeyOperation::invoke),
        "deciders get operations in order of invocation");
  return decider.decide({operations, problem().initial, history_.values, want_order});
}

KeyResult KeyChecker::decide_fast(KeyId key, bool explain_it) {
  KeyResult result;
  result.kind = Decision::Kind::kNotApplicable;
  if ((result.malformed = prepare(key))) return result;
  result.judged = is_anything_required();
  for (std::size_t i = 0; i < deciders_.size(); ++i) {
    Decider& decider = *deciders_[i];
    const DeciderOfModel& of_model = model_.deciders[i];
    Decision decision = run(decider, problem().operations, want_order_);
    if (decision.kind == Decision::Kind::kNotApplicable) continue;
    if (want_order_) result.order = sources(decision.order);
    result.kind = decision.kind;
    result.algorithm = of_model.decider->name;
    if (decision.is_violation() && explain_it) {
      announce_();
      const Violates violates = [&](std::span<const KeyOperation> operations) {
        return run(decider, operations, false).is_violation();
      };
      if (of_model.choose_clash != nullptr) {
        decision.counterexample = of_model.choose_clash(
            problem(),
            [&](std::span<const KeyOperation> operations) {
              return run(decider, operations, false);
            },
            std::move(decision.counterexample));
      }
      result.violation =
          explain(problem(), std::move(decision.counterexample), violates, next_explain_budget());
    }
    return result;
  }
  Decision decision = find_sourceless_read(problem().operations, problem().initial);
  if (!decision.is_violation()) return result;
  result.kind = decision.kind;
  result.algorithm = "sourceless-read";
  if (explain_it) {
    announce_();
    const Budget limits = next_explain_budget();
    result.violation = explain(problem(), std::move(decision.counterexample),
                               certainly_illegal(limits, kShrinkMemoryBytes), limits);
  }
  return result;
}

// For explanations: whether a few operations certainly have no legal order, by a bounded search.
Violates KeyChecker::certainly_illegal(const Budget& limits, std::uint64_t memory_bytes) const {
  return [this, &limits, memory_bytes](std::span<const KeyOperation> operations) {
    const SearchBounds bounds{&limits, std::min(kShrinkMemoryBytes, memory_bytes), kShrinkStepsMax};
    return search_any(operations, problem_->initial, model_, history_.values, bounds)
        .is_violation();
  };
}

KeyResult KeyChecker::search(KeyId key, bool explain_it, const Budget& budget,
                             std::uint64_t memory_bytes) {
  KeyResult result;
  if ((result.malformed = prepare(key))) return result;
  result.judged = is_anything_required();
  const SearchBounds bounds{
      .budget = &budget, .memory_bytes = memory_bytes, .want_order = want_order_};
  Decision decision =
      search_any(problem().operations, problem().initial, model_, history_.values, bounds);
  result.algorithm = decision.algorithm;
  if (want_order_) result.order = sources(decision.order);
  result.kind = decision.kind;
  result.reason = std::move(decision.reason);
  if (decision.kind == Decision::Kind::kUnknown) result.reason += trouble(decision.end);
  if (decision.is_violation() && explain_it) {
    announce_();
    explain_search(decision, memory_bytes, result);
  }
  return result;
}

ConsistencyAnswers KeyChecker::check_weaker_models(KeyId key, const Budget& budget) {
  prepare(key);
  return check_all_weaker_models(problem(), budget);
}

// Describes the key's position in the file, how far the search came, and which operations are open
// there.
std::string KeyChecker::trouble(Position reached) const {
  const auto operations = history_.of_key(problem_->key);
  std::uint64_t open = 0;
  std::uint64_t indeterminate = 0;
  std::string examples;
  for (const KeyOperation& operation : problem_->operations) {
    if (operation.invoke > reached || operation.complete < reached) continue;
    ++(operation.required ? open : indeterminate);
    if (!operation.required || open > kExamplesMax) continue;
    const OperationView shown = view(history_, problem_->source(operation));
    examples += fmt::format("{}{} {} of process {}", examples.empty() ? "" : ", ", shown.function,
                            excerpt(shown.value), excerpt(shown.process_name));
  }
  std::string text = fmt::format(", index {} to {}", history_.index_of(operations.front().invoke),
                                 history_.index_of(operations.back().invoke));
  if (reached == kNever) return text;
  return text + fmt::format(
                    "; it came to index {}, where {} operations are open ({}{}) and {} "
                    "indeterminate ones may still take effect",
                    history_.index_of(reached), open, examples, open > kExamplesMax ? ", ..." : "",
                    indeterminate);
}

void KeyChecker::explain_search(const Decision& decision, std::uint64_t memory_bytes,
                                KeyResult& result) {
  // Operations that begin after the end cannot matter, nor can a pure observation that ended after
  // it.
  std::vector<std::uint32_t> prefix;
  const auto add = [&](std::uint32_t place) {
    const KeyOperation& operation = problem().operations[place];
    if (operation.invoke > decision.end) return;
    if (!operation.pure || operation.complete <= decision.end) prefix.push_back(place);
  };
  for (std::uint32_t i = 0; i < problem().operations.size() && decision.counterexample.empty(); ++i)
    add(i);
  for (const std::uint32_t place : decision.counterexample) add(place);
  const Budget limits = next_explain_budget();
  result.violation =
      explain(problem(), std::move(prefix), certainly_illegal(limits, memory_bytes), limits);
}

namespace {

// With fewer operations threads cost more than they save: each clears a table of all distinct
// values.
constexpr std::size_t kOperationsPerThread = 50'000;
constexpr std::size_t kThreadsMax = 16;
constexpr KeyId kKeysAtATime = 8;

std::size_t threads_for(const History& history) {
  const std::size_t useful = std::min<std::size_t>(
      {history.operations.size() / kOperationsPerThread, history.keys.size(), kThreadsMax});
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1,
                                 std::max<std::size_t>(useful, 1));
}

KeyResult too_late(const Budget& budget) {
  KeyResult result;
  result.kind = Decision::Kind::kUnknown;
  result.reason = budget.time_bound() + " ended the check before it began";
  return result;
}

}  // namespace

std::vector<KeyResult> decide_all_fast(const History& history, const Model& model,
                                       const DecodeOptions& options, bool want_orders,
                                       const Budget& budget) {
  const auto keys = static_cast<KeyId>(history.keys.size());
  std::vector<KeyResult> results(keys);
  std::atomic<KeyId> next{0};
  const auto work = [&] {
    KeyChecker checker(history, model, options, want_orders, budget);
    for (KeyId begin = next.fetch_add(kKeysAtATime); begin < keys;
         begin = next.fetch_add(kKeysAtATime)) {
      for (KeyId key = begin; key < std::min(begin + kKeysAtATime, keys); ++key) {
        if (history.of_key(key).empty()) continue;
        results[key] = budget.time_is_up() ? too_late(budget) : checker.decide_fast(key, false);
      }
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads_for(history); ++i) others.emplace_back(work);
  work();
  others.clear();  // joins
  return results;
}

}  // namespace capsize::checker
