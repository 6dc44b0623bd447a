#include "checker/key_problem.h"

#include "checker/choose_model.h"

namespace capsize::checker {
namespace {

// Whether the operation would have left a value that an observer may have seen.
bool carries_value(const KeyOperation& operation) {
  return !operation.pure && (operation.argument != kNoValue || operation.written != kNoValue);
}

}  // namespace

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
      if (source.outcome == Outcome::kFail && carries_value(operation)) {
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
