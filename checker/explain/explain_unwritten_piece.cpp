// Names reads of strings and lists that show a piece that no operation wrote, or only a failed one.
// Pieces may repeat, and a string may have several decompositions: none of them consists of written
// pieces.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

using Kind = ValueTable::Kind;

class ForeignExplainer {
 public:
  ForeignExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample)
      : problem_(problem), values_(problem.history.values), wording_(problem) {
    for (const KeyOperation& operation : counterexample) add(operation);
  }

  std::optional<Finding> find(const KeyOperation& read) {
    if (is_made_of_pieces(read.observed)) return std::nullopt;
    const bool anything_appended = has_append_;
    for (const KeyOperation& failed : problem_.failed) {
      if (failed.invoke > read.complete) continue;  // it cannot have been seen
      add(failed);
      if (!is_made_of_pieces(read.observed)) continue;
      return Finding{Anomaly::kAbortedRead,
                     fmt::format("{}, which only the failed {} explains: an aborted read",
                                 wording_.saw(read), wording_.by_process(failed)),
                     {},
                     {},
                     {failed}};
    }
    // Without appends a string is an ordinary value.
    if (!anything_appended && values_.kind(read.observed) == Kind::kText) return std::nullopt;
    return Finding{Anomaly::kGarbageRead,
                   fmt::format("{}, which is not made of what was written{}: a garbage read",
                               wording_.saw(read), wording_.to_key())};
  }

 private:
  void add(const KeyOperation& operation) {
    const bool append = operation.code == kCodeAppend;
    const ValueId piece = append ? operation.argument : operation.written;
    if (piece != kNoValue) pieces_.push_back(piece);
    has_append_ = has_append_ || append;
  }

  bool is_made_of_pieces(ValueId value) const {
    if (values_.kind(value) == Kind::kText) return is_made_of_pieces(values_.as_text(value));
    if (values_.kind(value) != Kind::kList) return true;
    const auto list = values_.as_list(value);
    return std::all_of(list.begin(), list.end(), [&](ValueId element) {
      return std::find(pieces_.begin(), pieces_.end(), element) != pieces_.end();
    });
  }

  bool is_made_of_pieces(std::string_view text) const {
    std::vector<bool> reached(text.size() + 1, false);
    reached[0] = true;
    for (std::size_t end = 0; end < text.size(); ++end) {
      if (!reached[end]) continue;
      for (const ValueId piece : pieces_) {
        if (values_.kind(piece) != Kind::kText) continue;
        const std::string_view next = values_.as_text(piece);
        if (text.substr(end).starts_with(next)) reached[end + next.size()] = true;
      }
    }
    return reached[text.size()];
  }

  const KeyProblem& problem_;
  const ValueTable& values_;
  Wording wording_;
  std::vector<ValueId> pieces_;
  bool has_append_ = false;
};

// Numbers become part of strings by their text; that is not decomposed.
bool is_of_pieces(const KeyProblem& problem, std::span<const KeyOperation> counterexample) {
  if (problem.initial != kNullValue && problem.initial != kEmptyList) return false;
  return std::all_of(counterexample.begin(), counterexample.end(),
                     [&](const KeyOperation& operation) {
                       if (operation.written == kNoValue) return true;
                       const Kind kind = problem.history.values.kind(operation.written);
                       return kind == Kind::kText || kind == Kind::kNull;
                     });
}

}  // namespace

std::optional<Finding> explain_unwritten_piece(const KeyProblem& problem,
                                               std::span<const KeyOperation> counterexample) {
  if (!is_of_pieces(problem, counterexample)) return std::nullopt;
  for (const KeyOperation& read : counterexample) {
    if (read.code != kCodeRead || read.observed == kNoValue) continue;
    if (auto found = ForeignExplainer(problem, counterexample).find(read)) return found;
  }
  return std::nullopt;
}

}  // namespace capsize::checker
