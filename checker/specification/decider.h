// FastDecider and ModelSearch: the algorithms that a model names for its keys.
//
// A model lists its fast deciders, cheapest first (Model::deciders); KeyChecker tries each of them;
// a decider checks its own conditions. A new decider is one new file that defines a FastDecider,
// and an entry in the model that it is for; both may be the same file.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// The operations of one key, in order of invocation.
struct DeciderInput {
  std::span<const KeyOperation> operations;
  ValueId initial = kNullValue;
  const ValueTable& values;
  bool want_order = false;  ///< a legal order, and not only that there is one
};

/// One instance per thread: it may keep scratch space from key to key, and nothing else.
class Decider {
 public:
  virtual ~Decider() = default;
  /// kNotApplicable where the conditions of the algorithm do not hold.
  virtual Decision decide(const DeciderInput& key) = 0;
};

struct FastDecider {
  std::string_view name;  ///< in reports; stable
  /// `values` is the table of the history and outlives the decider.
  std::unique_ptr<Decider> (*make)(const ValueTable& values);
};

/// Wraps a function that needs no scratch space, Decision(const DeciderInput&).
template <auto function>
std::unique_ptr<Decider> make_stateless(const ValueTable&) {
  class Stateless final : public Decider {
    Decision decide(const DeciderInput& key) override { return function(key); }
  };
  return std::make_unique<Stateless>();
}

/// Wraps a class with scratch space: constructed from the values, decide(operations, initial,
/// order).
template <class Algorithm>
std::unique_ptr<Decider> make_with_scratch(const ValueTable& values) {
  class WithScratch final : public Decider {
   public:
    explicit WithScratch(const ValueTable& values) : algorithm_(values) {}
    Decision decide(const DeciderInput& key) override {
      return algorithm_.decide(key.operations, key.initial, key.want_order);
    }

   private:
    Algorithm algorithm_;
  };
  return std::make_unique<WithScratch>(values);
}

/// A search for one type of object, tried before the just-in-time search.
struct ModelSearch {
  std::string_view name;  ///< in reports; stable
  /// kNotApplicable where its conditions do not hold, kUnknown at a bound.
  Decision (*search)(std::span<const KeyOperation> operations, ValueId initial,
                     const ValueTable& values, const SearchBounds& bounds);
};

}  // namespace capsize::checker
