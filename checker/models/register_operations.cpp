#include "checker/models/register_operations.h"

namespace capsize::checker {
namespace {

Decoded decode_read(const Operation& operation) {
  Decoded read;
  if (operation.outcome != Outcome::kOk) read.kind = Decoded::Kind::kDrop;
  read.operation.code = kCodeRead;
  read.operation.pure = true;
  if (operation.outcome == Outcome::kOk) read.operation.observed = operation.result;
  return read;
}

Decoded decode_write(const Operation& operation, ValueId written) {
  Decoded write;
  if (operation.outcome == Outcome::kFail) write.kind = Decoded::Kind::kDrop;
  write.operation.code = kCodeWrite;
  write.operation.blind = true;
  write.operation.argument = written;
  write.operation.written = written;
  return write;
}

Decoded decode_cas(const History& history, const Operation& operation,
                   const DecodeOptions& options) {
  const ValueTable& values = history.values;
  if (values.kind(operation.argument) != ValueTable::Kind::kList ||
      values.as_list(operation.argument).size() != 2) {
    return {Decoded::Kind::kMalformed, {}, "a pair [expected, new]"};
  }
  const auto pair = values.as_list(operation.argument);
  Decoded cas;
  cas.operation.argument = pair[0];
  if (operation.outcome == Outcome::kFail) {
    if (options.failed_cas == FailedCas::kObserves ||
        (options.failed_cas == FailedCas::kMismatch && operation.mismatch)) {
      cas.operation.code = kCodeMismatch;
      cas.operation.pure = true;
      return cas;
    }
    cas.kind = Decoded::Kind::kDrop;
  }
  cas.operation.code = kCodeCas;
  cas.operation.observed = pair[0];
  cas.operation.written = pair[1];
  return cas;
}

}  // namespace

Decoded decode_register_operation(const History& history, const Operation& operation,
                                  const DecodeOptions& options) {
  switch (operation.function) {
    case kRead:
      return decode_read(operation);
    case kWrite:
      return decode_write(operation, operation.argument);
    case kDelete:
      return decode_write(operation, kNullValue);
    case kCas:
      return decode_cas(history, operation, options);
    default:
      return {Decoded::Kind::kMalformed, {}, "a function of the model"};
  }
}

std::optional<State> step_register(StateTable&, State state, const KeyOperation& operation) {
  switch (operation.code) {
    case kCodeRead:
      return state == operation.observed ? std::optional(state) : std::nullopt;
    case kCodeWrite:
      return operation.written != kNoValue ? std::optional(operation.written) : std::nullopt;
    case kCodeCas:
      return state == operation.observed && operation.written != kNoValue
                 ? std::optional(operation.written)
                 : std::nullopt;
    case kCodeMismatch:
      return state != operation.argument ? std::optional(state) : std::nullopt;
    default:
      return std::nullopt;
  }
}

State initial_register(StateTable&, ValueId initial) {
  return initial;
}

bool register_needs(const ValueTable&, const KeyOperation& observer, const KeyOperation& writer) {
  return observer.observed != kNoValue && writer.written == observer.observed;
}

}  // namespace capsize::checker
