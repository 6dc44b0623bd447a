// StreamedRegister: decides one register with distinct values while its events arrive, and forgets
// values that can no longer matter.
//
// The theorem is that of registers/distinct_register.h: blocks of values, each with f, its smallest
// completion, and s, its largest invocation; levels inside a block; no two blocks with f_A < s_B
// and f_B < s_A. Only the time of the test is different. Completions arrive in order of time, so f
// is known at the first one of a block and never changes; s only grows. So one number, its
// deadline, describes every later violation of a block or a value: an operation that observes it
// and was invoked after the deadline is a violation.
//
//  - of a block A: the smallest f_B of all blocks B with f_A < s_B (B must come after A, and some
//    operation of B has completed);
//  - of a value: the first completion at a higher level of its block.
//
// A value is forgotten when its deadline is before the invocation of every open read, and no open
// cas expects it: a later observer of it is a violation, as is an observer of an unknown value. A
// block is forgotten with its last value. What a forgotten block implies for the others is in their
// deadlines already, and it implies nothing for later blocks: their f is above its s.
//
// An unknown value was never written, or is not written yet, or is forgotten: each is a violation
// of the completed prefix. So the first violation is reported at the event that completes it.
//
// Memory: open operations, indeterminate writes that were not observed, values that an open read
// may still return, and the last kRememberedMax forgotten ones (to tell stale from unwritten). With
// each it keeps the few operations that would prove a violation, so that an explanation needs no
// history (remembered()).
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/history/operation.h"
#include "checker/report/anomaly.h"

namespace capsize::checker {

/// An operation with its values as JSON text. Events are counted from 1; 0 is before everything.
struct StreamedOperation {
  FunctionId function = kRead;  ///< kRead, kWrite or kCas
  std::string observed = {};    ///< kRead, when it completes; kCas: what it expects
  std::string written = {};     ///< kWrite, kCas
  std::int64_t process = 0;
  std::uint64_t invoke = 0;
  std::uint64_t complete = ~std::uint64_t{0};
  std::uint64_t invoke_index = 0;  ///< as the file counts
  std::uint64_t complete_index = 0;
  std::int64_t invoke_time = kNoTime;
  std::int64_t complete_time = kNoTime;
  Outcome outcome = Outcome::kInfo;  ///< so far
};

struct StreamedClash {
  /// A value repeats while its first instance may still be read, so this algorithm cannot decide.
  bool not_applicable = false;
  Anomaly anomaly = Anomaly::kStaleRead;
  StreamedOperation late = {};                     ///< its observation is impossible
  std::optional<StreamedOperation> newer = {};     ///< must come after that value
  std::optional<StreamedOperation> before = {};    ///< and had completed before `late` began
  std::optional<StreamedOperation> known_by = {};  ///< whose completion revealed it
};

class StreamedRegister {
 public:
  static constexpr std::size_t kRememberedMax = 128;

  explicit StreamedRegister(std::string initial);
  ~StreamedRegister();
  StreamedRegister(const StreamedRegister&) = delete;
  StreamedRegister& operator=(const StreamedRegister&) = delete;

  std::optional<StreamedClash> invoke(const StreamedOperation& operation);
  /// Precondition for all three: it was invoked, and `complete` and `outcome` are set.
  std::optional<StreamedClash> ok(const StreamedOperation& operation);
  std::optional<StreamedClash> fail(const StreamedOperation& operation);
  void info(const StreamedOperation& operation);

  /// The operations that are remembered, some of them several times: after a clash they hold what
  /// proves it, except the operation that revealed it. O(size()).
  [[nodiscard]] std::vector<StreamedOperation> remembered() const;

  /// The number of remembered values, for bounds.
  [[nodiscard]] std::size_t size() const { return values_.size() + forgotten_.size(); }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  using Operation = StreamedOperation;
  using Found = std::optional<StreamedClash>;

  // Why an observer that began later is too late.
  struct Proof {
    Operation over;   // completed by then
    Operation newer;  // why it must come after: of the same block,
    Operation older;  // and began after this one of the older block was over
    Operation root;   // the operation that began the block of `newer`
  };
  struct Deadline {
    std::uint64_t at = kNone;
    std::shared_ptr<const Proof> proof = {};  // nullptr: there is no deadline
  };
  struct Block {
    std::uint64_t f = kNone;
    std::uint64_t s = 0;
    Operation root;         // the write at which it begins
    Operation first, last;  // whose f and s are
    Deadline deadline;
    std::size_t values = 0;
  };
  struct Value {
    std::string text;
    Operation writer;
    Block* block = nullptr;           // nullptr: unknown yet whether it took effect
    Value* below = nullptr;           // the value that its cas expected
    Value* above = nullptr;           // the value of the cas that expected it
    std::optional<Operation> winner;  // that cas
    std::optional<Operation> reader;  // the last
    Deadline deadline;
    bool being_placed = false;
  };

  struct Forgotten {
    Anomaly why;
    Deadline deadline = {};
    Operation writer = {};
    std::optional<Operation> reader = {};
  };

  Found place(Value& value, const Operation& over);
  Found observe(const Operation& observer, const std::string& text, Value*& value);
  Found touch(Block& block, const Operation& operation, const Operation& over);
  void raise(Value& value, const Operation& operation, std::uint64_t now);
  [[nodiscard]] StreamedClash unknown_value(const Operation& observer) const;
  [[nodiscard]] static StreamedClash late(const Operation& operation, const Deadline& deadline);
  void stop_waiting(const Operation& operation);
  void forget_what_is_over(std::uint64_t now);
  void forget(Value& value, Anomaly why);
  void remember(const std::string& text, Forgotten what);
  [[nodiscard]] static const Deadline& deadline_of(const Value& value);

  std::unordered_map<std::string, std::unique_ptr<Value>> values_;
  std::list<Value*> placed_;  // those with a block
  std::list<Block> blocks_;
  std::set<std::uint64_t> open_reads_;                             // invocations
  std::unordered_map<std::string, int> expected_;                  // by open cas
  std::unordered_multimap<std::string, std::string> pending_cas_;  // expected -> written, info cas
  std::unordered_map<std::string, Forgotten> forgotten_;
  std::deque<std::string> forgotten_order_;
  std::size_t until_forgetting_ = 0;
};

}  // namespace capsize::checker
