// Names violations of registers in transactions, read by read: whether the value was written,
// before it was read, as the last value of its transaction, together with the other writes of that
// transaction, and not overwritten since.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/lost_or_stale.h"
#include "checker/explain/unwritten_value.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"
#include "checker/specification/transaction.h"

namespace capsize::checker {
namespace {

struct Transaction {
  const KeyOperation* operation = nullptr;
  std::map<ValueId, ValueId> reads = {};                      // values written by others
  std::map<ValueId, ValueId> writes = {};                     // its last writes
  std::vector<std::pair<ValueId, ValueId>> overwritten = {};  // its earlier writes
  std::optional<ValueId> contradicted = {};
};

Transaction understood(const ValueTable& values, const KeyOperation& operation) {
  Transaction one{&operation};
  if (operation.argument == kNoValue) return one;
  const auto steps = transaction_steps(values, operation.argument);
  if (!steps) return one;
  for (const TransactionStep& step : *steps) {
    if (step.is_write) {
      const auto [before, added] = one.writes.try_emplace(step.key, step.value);
      if (!added) one.overwritten.emplace_back(step.key, before->second);
      before->second = step.value;
    } else if (operation.code == kCodeTransaction) {
      const auto own = one.writes.find(step.key);
      const ValueId expected = own != one.writes.end()
                                   ? own->second
                                   : one.reads.try_emplace(step.key, step.value).first->second;
      if (expected != step.value) one.contradicted = step.key;
    }
  }
  return one;
}

class TransactionExplainer {
 public:
  TransactionExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample)
      : problem_(problem), wording_(problem) {
    for (const KeyOperation& operation : counterexample) {
      all_.push_back(understood(problem.history.values, operation));
    }
    for (const Transaction& one : all_) {
      for (const auto& write : one.writes) {
        writers_[write].push_back(&one);
      }
    }
  }

  std::optional<Finding> find() const {
    using Question = std::optional<Finding> (TransactionExplainer::*)(const Transaction&) const;
    for (const Question question :
         {&TransactionExplainer::internal_read, &TransactionExplainer::sourceless,
          &TransactionExplainer::fractured, &TransactionExplainer::stale}) {
      for (const Transaction& one : all_) {
        if (auto found = (this->*question)(one)) return found;
      }
    }
    return std::nullopt;
  }

 private:
  std::string by(const Transaction& one) const {
    return fmt::format("txn by process {}", wording_.process(*one.operation));
  }
  std::string saw(const Transaction& one, ValueId key, ValueId value) const {
    return fmt::format("{} read {} = {}", by(one), wording_.value(key), wording_.value(value));
  }
  const std::vector<const Transaction*>& writers(ValueId key, ValueId value) const {
    const auto found = writers_.find({key, value});
    return found == writers_.end() ? none_ : found->second;
  }
  const Transaction* writer(ValueId key, ValueId value) const {
    const auto& all = writers(key, value);
    return all.empty() ? nullptr : all.front();
  }
  // The value was written several times: it is unknown which write was read.
  bool is_repeated(ValueId key, ValueId value) const { return writers(key, value).size() > 1; }

  std::optional<Finding> internal_read(const Transaction& one) const {
    if (!one.contradicted) return std::nullopt;
    return Finding{Anomaly::kInternalRead,
                   fmt::format("{} read {} after it had read or written another value of it: an "
                               "internal read",
                               by(one), wording_.value(*one.contradicted))};
  }

  std::optional<Finding> sourceless(const Transaction& one) const {
    for (const auto& [key, value] : one.reads) {
      if (value == problem_.initial) continue;
      const Transaction* origin = writer(key, value);
      if (origin == nullptr) return unwritten(one, key, value);
      const auto& all = writers(key, value);
      if (std::any_of(all.begin(), all.end(), [&](const Transaction* other) {
            return other != &one && other->operation->invoke <= one.operation->complete;
          })) {
        continue;
      }
      const std::string when =
          origin == &one ? "wrote that itself only afterwards"
                         : fmt::format("but {}, which wrote that, began only {} that", by(*origin),
                                       wording_.after(*one.operation, *origin->operation));
      return Finding{Anomaly::kReadBeforeWrite,
                     fmt::format("{}, {}: a read before its write", saw(one, key, value), when)};
    }
    return std::nullopt;
  }

  Finding unwritten(const Transaction& one, ValueId key, ValueId value) const {
    for (const KeyOperation& other : problem_.operations) {
      if (other.source == one.operation->source || other.invoke > one.operation->complete) continue;
      const Transaction writer = understood(problem_.history.values, other);
      const auto& on_the_way = writer.overwritten;
      const auto seen = std::find(on_the_way.begin(), on_the_way.end(), std::pair(key, value));
      if (seen == on_the_way.end()) continue;
      return {Anomaly::kIntermediateRead,
              fmt::format("{}, which {} wrote and overwrote with {} before it ended: an "
                          "intermediate read",
                          saw(one, key, value), by(writer), wording_.value(writer.writes.at(key)))};
    }
    const auto wrote_it = [&](const KeyOperation& failed) {
      const Transaction other = understood(problem_.history.values, failed);
      const auto write = other.writes.find(key);
      const auto& on_the_way = other.overwritten;
      return (write != other.writes.end() && write->second == value) ||
             std::find(on_the_way.begin(), on_the_way.end(), std::pair(key, value)) !=
                 on_the_way.end();
    };
    return explain_unwritten_value(
        problem_, {.observer = *one.operation, .saw = saw(one, key, value), .is_writer = wrote_it});
  }

  // Reads one write of a transaction, and for another key that it wrote a value that cannot be
  // newer.
  std::optional<Finding> fractured(const Transaction& one) const {
    for (const auto& [key, value] : one.reads) {
      const Transaction* origin = writer(key, value);
      if (origin == nullptr || origin == &one || is_repeated(key, value)) continue;
      for (const auto& [other_key, written] : origin->writes) {
        const auto seen = one.reads.find(other_key);
        if (seen == one.reads.end() || seen->second == written) continue;
        if (is_repeated(other_key, seen->second)) continue;
        const Transaction* older = writer(other_key, seen->second);
        if (older != nullptr && older->operation->complete >= origin->operation->invoke &&
            !reads_from(*origin, *older)) {
          continue;
        }
        return Finding{
            Anomaly::kFracturedRead,
            fmt::format("{} and {} = {}, though {} wrote {} = {} and {} = {} at once: a "
                        "fractured read",
                        saw(one, key, value), wording_.value(other_key),
                        wording_.value(seen->second), by(*origin), wording_.value(key),
                        wording_.value(value), wording_.value(other_key), wording_.value(written))};
      }
    }
    return std::nullopt;
  }

  bool reads_from(const Transaction& one, const Transaction& from) const {
    for (const auto& [key, value] : one.reads) {
      if (!is_repeated(key, value) && writer(key, value) == &from) return true;
    }
    return false;
  }

  // It read a value that had been overwritten by a transaction acknowledged before it began.
  std::optional<Finding> stale(const Transaction& one) const {
    for (const auto& [key, value] : one.reads) {
      for (const Transaction& newer : all_) {
        const auto write = newer.writes.find(key);
        if (write == newer.writes.end() || write->second == value || &newer == &one) continue;
        if (newer.operation->complete >= one.operation->invoke) continue;
        const auto& origins = writers(key, value);
        const bool after_origin =
            std::all_of(origins.begin(), origins.end(), [&](const Transaction* origin) {
              return (origins.size() == 1 && reads_from(newer, *origin)) ||
                     origin->operation->complete < newer.operation->invoke;
            });
        if (!after_origin) continue;
        return overlooked(one, newer, key, value);
      }
    }
    return std::nullopt;
  }

  // It read `value` of a key although `newer`, which wrote that key, had been acknowledged.
  Finding overlooked(const Transaction& one, const Transaction& newer, ValueId key,
                     ValueId value) const {
    const ValueTable& values = problem_.history.values;
    const KeyOperation& missing = *newer.operation;
    // The values of the key that may have followed the missing one, with the last end of their
    // writers.
    std::map<ValueId, Position> not_older;
    for (const KeyOperation& other : problem_.operations) {
      if (other.complete < missing.invoke) continue;
      for (const auto& [its_key, its_value] : understood(values, other).writes) {
        if (its_key != key) continue;
        Position& last = not_older[its_value];
        last = std::max(last, other.complete);
      }
    }
    const auto read_of = [&](const KeyOperation& other) -> std::optional<ValueId> {
      const Transaction seen = understood(values, other);
      const auto read = seen.reads.find(key);
      return read == seen.reads.end() ? std::nullopt : std::optional(read->second);
    };
    const auto last_end = [&](const KeyOperation& other) {
      const auto found = not_older.find(read_of(other).value_or(value));
      return found == not_older.end() ? std::nullopt : std::optional(found->second);
    };
    const LostOrStale judged = lost_or_stale(
        problem_,
        {.missing = &missing,
         .late = one.operation,
         .observes_state = [&](const auto& other) { return read_of(other).has_value(); },
         .proves_stale =
             [&](const auto& other) {
               const auto end = last_end(other);
               return other.invoke > one.operation->complete && end && *end < one.operation->invoke;
             },
         .may_see_newer = [&](const auto& other) { return last_end(other).has_value(); }});
    const Anomaly anomaly = judged.kind == LostOrStale::Kind::kStale  ? Anomaly::kStaleRead
                            : judged.kind == LostOrStale::Kind::kLost ? Anomaly::kLostWrite
                                                                      : Anomaly::kStaleOrLost;
    return {anomaly,
            fmt::format("{}, {} {} had been acknowledged, which wrote {} = {}: a {}",
                        saw(one, key, value), wording_.after(*newer.operation, *one.operation),
                        by(newer), wording_.value(key), wording_.value(newer.writes.at(key)),
                        name(anomaly))};
  }

  const KeyProblem& problem_;
  Wording wording_;
  std::vector<Transaction> all_;
  std::map<std::pair<ValueId, ValueId>, std::vector<const Transaction*>> writers_;
  const std::vector<const Transaction*> none_ = {};
};

}  // namespace

std::optional<Finding> explain_transactions(const KeyProblem& problem,
                                            std::span<const KeyOperation> counterexample) {
  return TransactionExplainer(problem, counterexample).find();
}

}  // namespace capsize::checker
