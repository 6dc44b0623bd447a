// kv: one key of a key-value store: a cas-register that can also be appended to and deleted.
//
// `append` concatenates strings; an absent key counts as the empty string, and a number as its
// text. It is always possible: an operation that is refused in some states would say something
// about the state, and the search's reductions rely on `observed` being all that operations say.
// `delete` makes the key absent, that is: writes null.
#include <algorithm>

#include "checker/collections/distinct_text.h"
#include "checker/explain/clash_choice.h"
#include "checker/explain/explainers.h"
#include "checker/models/register_operations.h"
#include "checker/registers/distinct_register.h"

namespace capsize::checker {
namespace {

Decoded decode(const History& history, const Operation& operation, const DecodeOptions& options) {
  if (operation.function != kAppend) return decode_register_operation(history, operation, options);
  if (history.values.kind(operation.argument) != ValueTable::Kind::kText) {
    return {Decoded::Kind::kMalformed, {}, "a string to append"};
  }
  Decoded append;
  if (operation.outcome == Outcome::kFail) append.kind = Decoded::Kind::kDrop;
  append.operation.code = kCodeAppend;
  append.operation.argument = operation.argument;
  return append;
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  if (operation.code != kCodeAppend) return step_register(states, state, operation);
  return states.append_text(state, operation.argument);
}

// A string that was read needs every append whose piece is in it, and every write that it may
// continue from; another write (especially a delete) may be the one after which the string was
// built anew. These are sometimes more operations than necessary, never fewer.
bool needs(const ValueTable& values, const KeyOperation& observer, const KeyOperation& writer) {
  if (register_needs(values, observer, writer)) return true;
  const auto is_text = [&](ValueId value) { return values.kind(value) == ValueTable::Kind::kText; };
  if (writer.pure || observer.observed == kNoValue || !is_text(observer.observed)) return false;
  const ValueId piece = writer.code == kCodeAppend ? writer.argument : writer.written;
  if (piece == kNoValue) return false;
  if (!is_text(piece)) return true;
  return values.as_text(observer.observed).find(values.as_text(piece)) != std::string_view::npos;
}

// Appends alone build strings, so reads of anything else belong to another model.
bool plausible(const History& history) {
  if (!history.uses(kAppend) || history.uses(kWrite) || history.uses(kCas)) return true;
  return std::none_of(history.operations.begin(), history.operations.end(),
                      [&](const Operation& operation) {
                        return operation.function == kRead &&
                               history.values.kind(operation.result) == ValueTable::Kind::kList;
                      });
}

const ModelRegistrar kRegistrar({
    .name = "kv",
    .summary = "one key of a store: read, write, cas [expected, new], append \"string\", delete",
    .generalised_by = {},
    .functions = {"read", "write", "cas", "append", "delete"},
    .deciders = {{&kDistinctRegister, &choose_clash}, {&kDistinctText}},
    .explainers = {{&explain_failed_cas},
                   {&explain_unwritten_piece},
                   {&explain_register},
                   {&explain_text},
                   {&explain_value_count},
                   {&explain_by_moment}},
    .decode = &decode,
    .plausible = &plausible,
    .initial = &initial_register,
    .step = &step,
    .needs = &needs,
});

}  // namespace
}  // namespace capsize::checker
