#include "checker/specification/key_problem.h"

#include "checker/report/operation_view.h"

namespace capsize::checker {
std::optional<Malformed> decode_key(KeyProblem& problem, const DecodeOptions& options) {
  const History& history = problem.history;
  problem.operations.clear();
  problem.failed.clear();
  const auto sources = history.of_key(problem.key);
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const Operation& source = sources[i];
    Decoded decoded = problem.model.decode(history, source, options);
    if (decoded.kind == Decoded::Kind::kMalformed) {
      return Malformed{history.file, 0, 0, described(history, source),
                       std::string(decoded.expected)};
    }
    KeyOperation& operation = decoded.operation;
    operation.invoke = source.invoke;
    operation.source = i;
    if (decoded.kind == Decoded::Kind::kDrop) {
      // If the model does not decode a failed operation, its invocation has the value; a failed
      // read has none there either.
      const bool says_nothing = operation.written == kNoValue && operation.argument == kNoValue;
      if (says_nothing && source.argument != kNullValue) operation.argument = source.argument;
      const bool tried = operation.written != kNoValue || operation.argument != kNoValue;
      if (source.outcome == Outcome::kFail && !operation.pure && tried) {
        problem.failed.push_back(operation);
      }
      continue;
    }
    operation.required = source.outcome != Outcome::kInfo;
    operation.complete = operation.required ? source.complete : kNever;
    problem.operations.push_back(operation);
  }
  return std::nullopt;
}

}  // namespace capsize::checker
