// The argument of a violation in words: "Let … Then … However …", as Elle prints its cycles
// (Kingsbury and Alvaro, VLDB 2020). It follows from the few operations of the counterexample:
// what each was, what real time and the values say about their order, and what contradicts that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace capsize::harness {

/// An operation of a counterexample as its page names it.
struct ArguedOperation {
  std::string process, function, value, outcome;  ///< outcome: "ok", "fail", "info"
  std::optional<double> invoke_ms, complete_ms;
  bool named = false;
};

struct ArgumentStep {
  enum class Kind : std::uint8_t { kLet, kThen, kHowever } kind = Kind::kLet;
  std::string text;
};
[[nodiscard]] const char* name(ArgumentStep::Kind kind);

/// `key` may be empty; `sentence` is the violation's own. Operations are numbered from 1, in the
/// order given. Empty if there are too many for words.
[[nodiscard]] std::vector<ArgumentStep> argument_of(const std::vector<ArguedOperation>& operations,
                                                    const std::string& key,
                                                    const std::string& sentence);

}  // namespace capsize::harness
