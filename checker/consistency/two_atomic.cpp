// 2-atomicity: some order that respects real time lets every read return one of the last two values
// written (k-atomicity for k = 2; Aiyer, Alvisi & Bazzi, DISC 2005).
//
// Decided by limited backtracking (LBT: Golab, Hurwitz & Li, "On the k-Atomicity-Verification
// Problem", ICDCS 2013). Writes are placed from the last to the first. The last write is one that
// precedes no other; all reads that began after it had completed come after it too, so they
// observed it or one and the same write before it, which then has to be next. Where nothing is
// forced an epoch ends; only the choice that began an epoch is ever undone. A write counts as
// completed when its first reader has completed.
//
// For registers with distinct values and without cas; otherwise unknown. O(n log n + n * choices).
#include <algorithm>
#include <set>
#include <unordered_map>

#include "checker/consistency/register_versions.h"
#include "checker/consistency/weaker_models.h"

namespace capsize::checker {
namespace {

constexpr std::int64_t kBeforeAll = -1;

struct Write {
  std::int64_t invoke = kBeforeAll;
  std::int64_t complete = kBeforeAll;
};

struct Read {
  std::int64_t invoke = 0;
  std::size_t write = 0;
};

class LimitedBacktracking {
 public:
  LimitedBacktracking(const RegisterVersions& versions, const Budget& budget) : budget_(budget) {
    for (const auto& [value, version] : versions.all()) {
      const bool seen = !version.observers.empty();
      if (version.writer != nullptr && !version.writer->required && !seen) continue;
      Write write;
      if (version.writer != nullptr) {
        write = {version.writer->invoke, std::int64_t{version.certain_from}};
      }
      for (const KeyOperation* observer : version.observers) {
        reads_.push_back({observer->invoke, writes_.size()});
        anomalous_ = anomalous_ || observer->complete < write.invoke;
      }
      writes_.push_back(write);
    }
    std::sort(reads_.begin(), reads_.end(),
              [](const Read& a, const Read& b) { return a.invoke < b.invoke; });
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      by_invoke_.emplace(writes_[i].invoke, i);
      by_complete_.emplace(writes_[i].complete, i);
    }
    readers_.resize(writes_.size());
    for (std::size_t i = 0; i < reads_.size(); ++i) {
      left_.insert(i);
      readers_[reads_[i].write].push_back(i);
    }
  }

  // Epoch by epoch, from the end. An epoch that succeeded is never undone: Golab et al. show that
  // any successful choice will do. So only the choice that begins the current epoch is tried in
  // turn.
  ConsistencyAnswer::Holds decide() {
    using Holds = ConsistencyAnswer::Holds;
    if (anomalous_) return Holds::kNo;  // a read before its write
    while (!by_invoke_.empty()) {
      if (budget_.time_is_up()) return Holds::kUnknown;
      bool placed = false;
      for (const std::size_t candidate : candidates()) {
        placed = epoch(candidate);
        if (placed) break;
        undo();
      }
      if (!placed) return Holds::kNo;
      undone_writes_.clear();
      undone_reads_.clear();
    }
    return Holds::kYes;
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  // Whether it precedes no other write that is left: it completes after the last of them has begun.
  bool may_be_last(std::size_t write) const {
    auto last = by_invoke_.rbegin();
    if (last->second == write && ++last == by_invoke_.rend()) return true;
    return writes_[write].complete >= last->first;
  }

  std::vector<std::size_t> candidates() const {
    std::vector<std::size_t> found;
    const auto& [last_invoke, last] = *by_invoke_.rbegin();
    if (may_be_last(last)) found.push_back(last);
    for (auto write = by_complete_.rbegin();
         write != by_complete_.rend() && write->first >= last_invoke; ++write) {
      if (write->second != last) found.push_back(write->second);
    }
    return found;
  }

  // Places the candidate last, then the writes that this forces, one after the other. A read that
  // began after the write had completed stands after it, so it returned it or the one before it;
  // all such reads that returned another value must agree on it, and that write is the next one.
  // False: they disagree, or a forced write precedes one that is already placed after it.
  bool epoch(std::size_t write) {
    while (write != kNone) {
      if (!may_be_last(write)) return false;
      by_invoke_.erase({writes_[write].invoke, write});
      by_complete_.erase({writes_[write].complete, write});
      undone_writes_.push_back(write);
      std::size_t forced = kNone;
      for (auto read = left_.rbegin(); read != left_.rend();) {
        const Read& one = reads_[*read];
        if (one.invoke <= writes_[write].complete) break;
        if (one.write != write && forced != kNone && one.write != forced) return false;
        if (one.write != write) forced = one.write;
        undone_reads_.push_back(*read);
        read = std::set<std::size_t>::reverse_iterator(left_.erase(std::next(read).base()));
      }
      // Its other readers began earlier, and come right after it.
      remove_readers(write);
      write = forced;
    }
    return true;
  }

  void remove_readers(std::size_t write) {
    for (const std::size_t read : readers_[write]) {
      if (left_.erase(read) == 1) undone_reads_.push_back(read);
    }
  }

  void undo() {
    for (const std::size_t write : undone_writes_) {
      by_invoke_.emplace(writes_[write].invoke, write);
      by_complete_.emplace(writes_[write].complete, write);
    }
    left_.insert(undone_reads_.begin(), undone_reads_.end());
    undone_writes_.clear();
    undone_reads_.clear();
  }

  const Budget& budget_;
  std::vector<Write> writes_;
  std::vector<Read> reads_;                        // by invocation
  std::vector<std::vector<std::size_t>> readers_;  // places in reads_, by write
  std::set<std::pair<std::int64_t, std::size_t>> by_invoke_, by_complete_;  // writes that are left
  std::set<std::size_t> left_;                                              // reads that are left
  std::vector<std::size_t> undone_writes_, undone_reads_;                   // of the current epoch
  bool anomalous_ = false;
};

ConsistencyAnswer ask(const KeyProblem& problem, const Budget& budget) {
  const auto versions = RegisterVersions::of(problem);
  const bool has_cas = std::any_of(
      problem.operations.begin(), problem.operations.end(),
      [](const auto& one) { return one.written != kNoValue && one.observed != kNoValue; });
  if (!versions || has_cas) {
    return {.detail =
                "decided only for registers without cas in which every value is written once"};
  }
  ConsistencyAnswer answer{.holds = LimitedBacktracking(*versions, budget).decide()};
  if (answer.holds == ConsistencyAnswer::Holds::kUnknown) answer.detail = "the time bound ended it";
  return answer;
}

const ConsistencyModelRegistrar kRegistrar({
    .name = "2-atomic",
    .summary = "every read returns one of the last two values, in an order that keeps real time",
    .ask = &ask,
});

}  // namespace
}  // namespace capsize::checker
