// Small random histories, and a checker that is too simple to be wrong.
//
// The brute-force checker shares nothing with the deciders but the model's step function: it tries
// every order that respects precedence, every subset of the indeterminate operations included, and
// remembers only (set of applied operations, state).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/check/check.h"
#include "checker/specification/collection.h"
#include "checker/specification/state_table.h"

namespace capsize::checker::testing {

class BruteForce {
 public:
  BruteForce(const std::vector<KeyOperation>& operations, ValueId initial, const Model& model,
             const ValueTable& values)
      : operations_(operations), model_(model), states_(values) {
    legal_ = search(0, model.initial(states_, initial));
  }
  bool legal() const { return legal_; }

 private:
  bool search(std::uint64_t done, State state) {
    if (!seen_.emplace(done, state).second) return false;
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (((done >> i) & 1) == 0 && operations_[i].required) all_done = false;
    }
    if (all_done) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if ((done >> i) & 1 || !may_be_next(done, i)) continue;
      for (const KeyOperation& meant : meanings(operations_[i])) {
        const auto after = model_.step(states_, state, meant);
        if (after && search(done | std::uint64_t{1} << i, *after)) return true;
      }
    }
    return false;
  }

  // An indeterminate dequeue from a bag took any element there ever is.
  std::vector<KeyOperation> meanings(const KeyOperation& operation) const {
    const bool any = model_.name == "bag" && operation.code == kCodeTake;
    if (!any || operation.argument != kNoValue) return {operation};
    std::vector<KeyOperation> meant;
    for (const KeyOperation& other : operations_) {
      if (other.code != kCodeAdd) continue;
      meant.push_back(operation);
      meant.back().argument = other.argument;
    }
    return meant;
  }

  bool may_be_next(std::uint64_t done, std::size_t candidate) const {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if ((done >> i) & 1 || !operations_[i].required) continue;
      if (operations_[i].complete < operations_[candidate].invoke) return false;
    }
    return true;
  }

  const std::vector<KeyOperation>& operations_;
  const Model& model_;
  StateTable states_;
  std::set<std::pair<std::uint64_t, State>> seen_;
  bool legal_ = false;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }

 private:
  std::mt19937_64 engine_;
};

/// How many histories a test asks about: CAPSIZE_RANDOM_HISTORIES, else the given number.
inline std::uint64_t histories(std::uint64_t otherwise) {
  const char* wanted = std::getenv("CAPSIZE_RANDOM_HISTORIES");
  return wanted == nullptr ? otherwise : std::strtoull(wanted, nullptr, 10);
}

/// What a random history consists of.
struct Shape {
  std::uint32_t operations_max = 7;
  std::uint32_t values = 0;  ///< 0: every written value is different; else drawn from this many
  bool cas = false;
  bool ties = false;  ///< positions may be equal
  std::uint32_t info_percent = 25;
};

/// Positions for one operation after the other: overlapping, sometimes open, sometimes equal.
inline void place(std::vector<KeyOperation>& operations, const Shape& shape, Random& random) {
  const auto span = static_cast<std::uint32_t>(operations.size() * (shape.ties ? 1 : 3) + 2);
  for (KeyOperation& operation : operations) {
    operation.invoke = random.below(span);
    operation.complete = operation.invoke + random.below(span / 2 + 1);
  }
  if (!shape.ties) {
    // All positions different: rank them, invocations and completions together.
    std::vector<Position*> all;
    for (KeyOperation& operation : operations) {
      all.push_back(&operation.invoke);
      all.push_back(&operation.complete);
    }
    std::stable_sort(all.begin(), all.end(), [](Position* a, Position* b) { return *a < *b; });
    for (std::size_t i = 0; i < all.size(); ++i) *all[i] = static_cast<Position>(i);
    for (KeyOperation& operation : operations) {
      if (operation.complete < operation.invoke) std::swap(operation.complete, operation.invoke);
    }
  }
  for (KeyOperation& operation : operations) {
    if (!operation.required) operation.complete = kNever;
  }
  std::sort(operations.begin(), operations.end(),
            [](const KeyOperation& a, const KeyOperation& b) { return a.invoke < b.invoke; });
  for (std::uint32_t i = 0; i < operations.size(); ++i) operations[i].source = i;
}

inline std::vector<KeyOperation> random_register(const Shape& shape, Random& random,
                                                 ValueTable& values) {
  std::vector<KeyOperation> operations(1 + random.below(shape.operations_max));
  std::uint32_t next_value = 1;
  const auto pool = static_cast<std::uint32_t>(operations.size()) + 1;
  const auto any = [&]() -> ValueId {
    const std::uint32_t value = random.below(shape.values == 0 ? pool : shape.values + 1);
    return value == 0 ? kNullValue : values.integer(value);
  };
  const auto fresh = [&]() -> ValueId {
    if (shape.values != 0) return values.integer(1 + random.below(shape.values));
    return values.integer(next_value++);
  };
  for (KeyOperation& operation : operations) {
    operation.required = !random.chance(shape.info_percent);
    const std::uint32_t kind = random.below(shape.cas ? 3 : 2);
    if (kind == 0 && operation.required) {
      operation.code = kCodeRead;
      operation.pure = true;
      operation.observed = any();
    } else if (kind == 2) {
      operation.code = kCodeCas;
      operation.observed = any();
      operation.written = fresh();
    } else {
      operation.code = kCodeWrite;
      operation.blind = true;
      operation.written = fresh();
    }
  }
  place(operations, shape, random);
  return operations;
}

// Turns some reads into failed cas that saw another value.
inline void add_mismatches(std::vector<KeyOperation>& operations, Random& random) {
  for (KeyOperation& operation : operations) {
    if (operation.code != kCodeRead || random.chance(50)) continue;
    operation.code = kCodeMismatch;
    operation.argument = operation.observed;
    operation.observed = kNoValue;
  }
}

inline bool has_mismatch(const std::vector<KeyOperation>& operations) {
  return std::any_of(operations.begin(), operations.end(),
                     [](const KeyOperation& one) { return one.code == kCodeMismatch; });
}

// What a test may ask of each model, and how often its answers are about right.
struct Kind {
  const char* model;
  std::vector<std::uint8_t> mutations;
  std::vector<std::uint8_t> questions;
  std::uint32_t operations_max = 7;
};

inline std::vector<KeyOperation> random_operations(const Kind& kind, Random& random,
                                                   ValueTable& values) {
  std::vector<KeyOperation> operations(1 + random.below(kind.operations_max));
  for (KeyOperation& operation : operations) {
    operation.required = !random.chance(25);
    const bool asks = operation.required && !kind.questions.empty() && random.chance(40);
    const auto& codes = asks ? kind.questions : kind.mutations;
    operation.code = codes[random.below(static_cast<std::uint32_t>(codes.size()))];
    operation.pure = asks;
    operation.argument = values.integer(1 + random.below(3));
    if (std::string(kind.model) == "counter") {
      operation.argument =
          values.integer(asks ? random.below(9) : static_cast<std::int64_t>(random.below(5)) - 1);
    }
    if (operation.code == kCodeTake && random.chance(25)) operation.argument = kNullValue;
    if (operation.code == kCodeTake && !operation.required) operation.argument = kNoValue;
    if (operation.code == kCodeReadAll && std::string(kind.model) == "set") {
      std::vector<ValueId> elements;
      for (std::uint32_t i = 1; i <= 3; ++i) {
        if (random.chance(50)) elements.push_back(values.integer(i));
      }
      operation.argument = values.list(elements);
    }
  }
  place(operations, {.ties = random.chance(30)}, random);
  return operations;
}

/// Reads see prefixes of one order of the elements, mostly, so that a good part is legal.
inline std::vector<KeyOperation> random_list(const Shape& shape, Random& random,
                                             ValueTable& values) {
  std::vector<KeyOperation> operations(1 + random.below(shape.operations_max));
  std::vector<ValueId> order;
  for (std::uint32_t i = 1; i <= operations.size(); ++i) order.push_back(values.integer(i));
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (random.chance(30))
      std::swap(order[i], order[random.below(static_cast<std::uint32_t>(order.size()))]);
  }
  std::uint32_t next = 1;
  for (KeyOperation& operation : operations) {
    operation.required = !random.chance(shape.info_percent);
    if (random.chance(50) && operation.required) {
      std::vector<ValueId> seen(
          order.begin(), order.begin() + random.below(static_cast<std::uint32_t>(order.size())));
      if (!seen.empty() && random.chance(8)) seen.push_back(seen.front());
      operation.code = kCodeRead;
      operation.pure = true;
      operation.observed = values.list(seen);
    } else {
      operation.code = kCodeAppend;
      operation.argument =
          values.integer(shape.values == 0 ? next++ : 1 + random.below(shape.values));
    }
  }
  place(operations, shape, random);
  return operations;
}

}  // namespace capsize::checker::testing
