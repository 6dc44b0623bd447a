// Model: the sequential specification that a history is checked against.
//
// A plain struct of pure functions. Those that a user-defined model needs are std::function, so
// that they can carry the user's functions with them (checker/facade/own_model.h). `decode`,
// `initial` and `step` suffice: the just-in-time search needs nothing else. What else a
// KeyOperation says about an operation (it only observes, it overwrites blindly, it expects exactly
// this value) enables the fast deciders and the reductions of the search; a model that cannot say
// so leaves it out and is checked more slowly.
//
// A new model is one new file in checker/models: a Model, given to a `ModelRegistrar`. It names its
// fast deciders, its explainers and its search; a decider that only this model needs may be in the
// same file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/history/history.h"

namespace capsize::checker {

class StateTable;

/// State of the object, under a number of the StateTable: equal states have equal numbers.
using State = std::uint32_t;

/// One operation of one key, decoded for its model.
struct KeyOperation {
  Position invoke = 0;
  Position complete = kNever;  ///< kNever unless ok
  std::uint32_t source = 0;    ///< its place in History::of_key(key)
  std::uint8_t code = 0;       ///< the model's own number of the function
  bool required = false;       ///< ok: must be in any explanation. Else it may be left out
  bool pure = false;           ///< never changes the state
  bool blind = false;          ///< the state afterwards does not depend on the state before
  ValueId argument = kNoValue;
  ValueId observed = kNoValue;  ///< takes effect only if the state is exactly this value
  ValueId written = kNoValue;   ///< the state afterwards is exactly this value
};

/// What to do with an operation before it is checked.
struct Decoded {
  enum class Kind : std::uint8_t { kKeep, kDrop, kMalformed } kind = Kind::kKeep;
  /// Code, flags and values; the caller fills in the rest. A failed mutation is dropped, but
  /// described all the same: explanations need the operations that tried to write a value.
  KeyOperation operation = {};
  std::string_view expected = {};  ///< kMalformed: what the value should have looked like
};

/// What a failed cas says about the state.
enum class FailedCas : std::uint8_t {
  kIgnored,   ///< nothing
  kMismatch,  ///< that it was not the expected value, if its error is "mismatch"
  kObserves,  ///< that it was not the expected value, whatever its error is
};

struct DecodeOptions {
  FailedCas failed_cas = FailedCas::kIgnored;
};

using Decode = std::function<Decoded(const History&, const Operation&, const DecodeOptions&)>;
/// Returns the state afterwards, or nothing if the operation cannot take effect in this state.
using Step = std::function<std::optional<State>(StateTable& states, State, const KeyOperation&)>;

/// The result of preparing a model for a whole history, before any operation is decoded.
struct Prepared {
  std::optional<History> history = {};      ///< to be checked instead of the file's
  Decode decode = nullptr;                  ///< for this history only, instead of the model's
  Step step = nullptr;                      ///< likewise
  std::optional<std::string> refusal = {};  ///< why the model cannot judge it, as one line
};

/// Codes of the operations that several models share.
enum Code : std::uint8_t { kCodeRead, kCodeWrite, kCodeCas, kCodeMismatch, kCodeAppend };

/// Codes from here on belong to operations that are possible in some states only, in ways that
/// `observed` does not express (a dequeue of 3 needs it at the front). As with a failed cas,
/// nothing can then be left out or postponed.
inline constexpr std::uint8_t kFirstPartialCode = 16;

/// What the search may assume of operations that are not pure. They never refuse, unless in order.
enum class Mutations : std::uint8_t {
  kInOrder,  ///< no assumption beyond the flags of each operation
  /// each overwrites the element that is its argument, and `needs` says which operations observe it
  kOfElements,
  kAddUp,  ///< in any order they lead to the same state
};

/// In which order a collection returns its elements.
enum class Discipline : std::uint8_t {
  kNone,  ///< not a collection from which elements are taken
  kFirstInFirstOut,
  kLastInFirstOut,
  kAnyOrder,
};

[[nodiscard]] constexpr bool has_order(Discipline discipline) {
  return discipline == Discipline::kFirstInFirstOut || discipline == Discipline::kLastInFirstOut;
}

struct Decision;
struct FastDecider;  // decider.h
struct ModelSearch;  // decider.h
struct KeyProblem;   // key_problem.h
struct Finding;      // finding.h

/// Names a violation and puts it into a sentence, given a minimal counterexample: operations of the
/// key that have no legal order. Returns nothing if the counterexample is not of its kind.
struct Explainer {
  std::optional<Finding> (*explain)(const KeyProblem& problem,
                                    std::span<const KeyOperation> counterexample);
};

/// For a key that a decider found to be illegal: returns the clash that is best to explain, as
/// places in problem.operations. `decide` runs the decider, `first` is the clash that it found.
using ClashChoice = std::vector<std::uint32_t> (*)(
    const KeyProblem& problem, const std::function<Decision(std::span<const KeyOperation>)>& decide,
    std::vector<std::uint32_t> first);

/// A fast decider in the list of a model.
struct DeciderOfModel {
  const FastDecider* decider = nullptr;
  ClashChoice choose_clash = nullptr;  ///< optional; default: the decider's own clash
};

/// What a model assumes that has no `needs` of its own: any mutation may matter to any observer.
[[nodiscard]] inline bool needs_every_mutation(const ValueTable&, const KeyOperation&,
                                               const KeyOperation& writer) {
  return !writer.pure;
}

struct Model {
  std::string_view name;
  std::string_view summary;  ///< one line for `capsize list models`
  /// More general models that judge every history of this one in the same way: if they fit, too,
  /// this one is guessed.
  std::vector<std::string_view> generalised_by;
  std::vector<std::string_view> functions;  ///< the only ones that it understands
  /// Fast deciders, tried in this order; each checks its own conditions.
  std::vector<DeciderOfModel> deciders = {};
  /// Explainers of violations, tried in this order; then the general one (explain_any).
  std::vector<Explainer> explainers = {};
  /// Optional: a search that is tried before the just-in-time search.
  const ModelSearch* search = nullptr;
  /// Failed operations are passed, too: they matter if a failure says something about the state.
  /// Called by several threads at once, for operations of different keys.
  Decode decode;
  /// Optional: returns false if the history is well formed but unlikely to be one of this model.
  bool (*plausible)(const History& history) = nullptr;
  /// Whether a history that names no model may be taken as one of this model.
  bool guessed = true;
  /// Optional: prepares the model for the history as a whole (prepare_history.h).
  Prepared (*prepare)(const History& history) = nullptr;
  Mutations mutations = Mutations::kInOrder;
  Discipline discipline = Discipline::kNone;
  /// Optional, for models whose operations may touch several objects: the objects that an operation
  /// reads or changes. The keys of the file are then ignored, and groups of connected objects
  /// replace them.
  void (*touches)(const History& history, const Operation& operation,
                  std::vector<ValueId>& objects) = nullptr;
  std::function<State(StateTable& states, ValueId initial)> initial;
  Step step;
  /// Whether the observation of `observer` depends on `writer`: an explanation that shows one
  /// without the other would prove a different violation.
  bool (*needs)(const ValueTable& values, const KeyOperation& observer,
                const KeyOperation& writer) = &needs_every_mutation;
};

/// Returns all models, ordered by name.
[[nodiscard]] std::vector<const Model*> list_models();
[[nodiscard]] const Model* find_model(std::string_view name);

/// Registers a model when the program starts.
using ModelRegistrar = base::Registrar<Model>;

}  // namespace capsize::checker
