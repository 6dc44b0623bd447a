#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/small_search.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

using Pieces = std::vector<ValueId>;

bool is_read(const KeyOperation& operation) {
  return operation.code == kCodeRead && operation.observed != kNoValue;
}

class PiecesExplainer {
 public:
  PiecesExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample,
                  SmallSearch& search)
      : values_(problem.history.values),
        wording_(problem),
        counterexample_(counterexample),
        search_(search) {}

  std::optional<Finding> find(const KeyOperation& read) const {
    const auto pieces = pieces_of(read.observed);
    if (!pieces) return std::nullopt;
    if (auto found = before_its_write(read, *pieces)) return found;
    if (auto found = too_often(read, *pieces)) return found;
    for (const KeyOperation& other : counterexample_) {
      if (!is_read(other) || other.source == read.source) continue;
      const auto its_pieces = pieces_of(other.observed);
      if (!its_pieces) continue;
      if (auto found = fork(read, *pieces, other, *its_pieces)) return found;
    }
    if (auto found = reordered(read, *pieces)) return found;
    return passed_over(read, *pieces);
  }

 private:
  using Operations = std::vector<const KeyOperation*>;

  static ValueId piece(const KeyOperation& writer) {
    return writer.code == kCodeAppend ? writer.argument : writer.written;
  }

  Operations writers(ValueId value) const {
    Operations found;
    for (const KeyOperation& operation : counterexample_) {
      if (!operation.pure && piece(operation) == value) found.push_back(&operation);
    }
    return found;
  }

  // Nothing if a string has several decompositions, or none.
  std::optional<Pieces> pieces_of(ValueId value) const {
    if (value == kNullValue) return Pieces{};
    if (values_.kind(value) == ValueTable::Kind::kList) {
      const auto list = values_.as_list(value);
      return Pieces(list.begin(), list.end());
    }
    if (values_.kind(value) != ValueTable::Kind::kText) return std::nullopt;
    std::string_view rest = values_.as_text(value);
    Pieces pieces;
    while (!rest.empty()) {
      const auto first = only_piece_that_begins(rest);
      if (!first) return std::nullopt;
      pieces.push_back(*first);
      rest.remove_prefix(values_.as_text(*first).size());
    }
    return pieces;
  }

  std::optional<ValueId> only_piece_that_begins(std::string_view rest) const {
    std::optional<ValueId> found;
    for (const KeyOperation& writer : counterexample_) {
      if (writer.pure || piece(writer) == kNoValue) continue;
      if (values_.kind(piece(writer)) != ValueTable::Kind::kText) continue;
      const std::string_view text = values_.as_text(piece(writer));
      if (text.empty() || !rest.starts_with(text)) continue;
      if (found && *found != piece(writer)) return std::nullopt;
      found = piece(writer);
    }
    return found;
  }

  std::optional<Finding> before_its_write(const KeyOperation& read, const Pieces& pieces) const {
    for (const ValueId value : pieces) {
      const Operations its_writers = writers(value);
      if (!all_precede({&read}, its_writers)) continue;
      return Finding{Anomaly::kReadBeforeWrite,
                     fmt::format("{}, with {} in it, but {} began only {} that: a read before its "
                                 "write",
                                 wording_.saw(read), wording_.value(value),
                                 wording_.by_process(*its_writers.front()),
                                 wording_.after(read, *its_writers.front()))};
    }
    return std::nullopt;
  }

  std::optional<Finding> too_often(const KeyOperation& read, const Pieces& pieces) const {
    for (const ValueId value : pieces) {
      const auto seen = static_cast<std::size_t>(std::count(pieces.begin(), pieces.end(), value));
      const std::size_t times = writers(value).size();
      if (times == 0 || seen <= times) continue;
      return Finding{
          Anomaly::kDuplicateAppend,
          fmt::format("{}, with {} {} times in it, though it was written {}: a duplicate append",
                      wording_.saw(read), wording_.value(value), seen,
                      times == 1 ? "once" : fmt::format("{} times", times))};
    }
    return std::nullopt;
  }

  // Two strings with a common prefix that continue differently. Only one of them can extend the
  // prefix, unless the prefix itself was there twice.
  std::optional<Finding> fork(const KeyOperation& read, const Pieces& pieces,
                              const KeyOperation& other, const Pieces& its_pieces) const {
    const auto [mine, theirs] =
        std::mismatch(pieces.begin(), pieces.end(), its_pieces.begin(), its_pieces.end());
    if (mine == pieces.end() || theirs == its_pieces.end()) return std::nullopt;
    if (!is_unique_beginning(pieces.begin(), mine)) return std::nullopt;
    const bool reordered = std::find(theirs, its_pieces.end(), *mine) != its_pieces.end() ||
                           std::find(mine, pieces.end(), *theirs) != pieces.end();
    return Finding{reordered ? Anomaly::kReorderedAppend : Anomaly::kIncompatibleOrder,
                   fmt::format("{}, but {}: after {} they continue with {} and with {}: {}",
                               wording_.saw(read), wording_.saw(other),
                               mine == pieces.begin() ? "nothing" : "the same beginning",
                               wording_.value(*mine), wording_.value(*theirs),
                               reordered ? "a reordered append" : "an incompatible order")};
  }

  bool is_unique_beginning(Pieces::const_iterator begin, Pieces::const_iterator end) const {
    const auto puts =
        std::count_if(counterexample_.begin(), counterexample_.end(),
                      [](const KeyOperation& one) { return !one.pure && one.code != kCodeAppend; });
    if (puts == 0) return true;
    if (begin == end) return false;
    const Operations first = writers(*begin);
    return first.size() == 1 && first[0]->code != kCodeAppend;
  }

  static bool all_precede(const Operations& some, const Operations& others) {
    const auto precede = [&](const auto* one) {
      return std::all_of(others.begin(), others.end(),
                         [&](const auto* other) { return one->complete < other->invoke; });
    };
    return !some.empty() && !others.empty() && std::all_of(some.begin(), some.end(), precede);
  }

  std::optional<Finding> reordered(const KeyOperation& read, const Pieces& pieces) const {
    for (auto later = pieces.begin(); later != pieces.end(); ++later) {
      for (auto earlier = pieces.begin(); earlier != later; ++earlier) {
        const Operations first = writers(*later);
        const Operations second = writers(*earlier);
        if (!all_precede(first, second)) continue;
        return Finding{
            Anomaly::kReorderedAppend,
            fmt::format("{}, with {} before {}, but {} was acknowledged to process {} before {} "
                        "began: a reordered append",
                        wording_.saw(read), wording_.value(*earlier), wording_.value(*later),
                        wording_.operation(*first.back()), wording_.process(*first.back()),
                        wording_.by_process(*second.front()))};
      }
    }
    return std::nullopt;
  }

  // An acknowledged append that no read shows, although a read shows one that began afterwards, and
  // without which the others have a legal order. The last condition excludes a delete long before.
  std::optional<Finding> passed_over(const KeyOperation& read, const Pieces& pieces) const {
    for (const KeyOperation& missing : counterexample_) {
      if (missing.pure || !missing.required || missing.complete >= read.invoke) continue;
      if (is_shown(missing) || !is_the_trouble(missing)) continue;
      for (const ValueId value : pieces) {
        const Operations later = writers(value);
        if (!all_precede({&missing}, later)) continue;
        const bool append = missing.code == kCodeAppend;
        return Finding{append ? Anomaly::kLostAppend : Anomaly::kLostWrite,
                       fmt::format("{} was acknowledged to process {} before {} began, but {}, as "
                                   "if only the second had been: a lost {}",
                                   wording_.operation(missing), wording_.process(missing),
                                   wording_.by_process(*later.front()), wording_.saw(read),
                                   append ? "append" : "write")};
      }
    }
    return std::nullopt;
  }

  bool is_the_trouble(const KeyOperation& missing) const {
    std::vector<KeyOperation> others;
    std::copy_if(counterexample_.begin(), counterexample_.end(), std::back_inserter(others),
                 [&](const KeyOperation& other) { return other.source != missing.source; });
    return search_.has_legal_order(std::move(others));
  }

  bool is_shown(const KeyOperation& writer) const {
    return std::any_of(
        counterexample_.begin(), counterexample_.end(), [&](const KeyOperation& observer) {
          if (!observer.required || observer.observed == kNoValue) return false;
          if (observer.observed == piece(writer)) return true;
          const auto shown = pieces_of(observer.observed);
          return !shown || std::find(shown->begin(), shown->end(), piece(writer)) != shown->end();
        });
  }

  const ValueTable& values_;
  Wording wording_;
  std::span<const KeyOperation> counterexample_;
  SmallSearch& search_;
};

}  // namespace

std::optional<Finding> explain_pieces(const KeyProblem& problem,
                                      std::span<const KeyOperation> counterexample,
                                      const KeyOperation& read, SmallSearch& search) {
  if (!is_read(read)) return std::nullopt;
  return PiecesExplainer(problem, counterexample, search).find(read);
}

}  // namespace capsize::checker
