// Lost or stale: what became of an acknowledged mutation that a later operation did not observe.
//
// By that operation alone the two cases are indistinguishable: the system lost the mutation, or it
// answered from an old copy. Only the observations of other operations tell them apart.
//
//   stale   an operation that begins after the late one has ended observes a value that is newer
//           than the late one's and was acknowledged before the late one began. So that value was
//           there all the time.
//   lost    no operation that may have observed the mutation ever observes it, or anything that may
//           have overwritten it; and operations of at least two processes read, one after the
//           other.
//   either  everything else.
//
// Why so strict? On a key that many clients write, an acknowledged write is often overwritten
// before any client reads it:
//
//     write 7, write 9, read 7, write 10, read 10
//
// That 9 is never read proves nothing: the first read may have been served by a lagging replica,
// while 9 was there until 10 replaced it. The same holds for one read at the end of a history. And
// two reads of one process may both come from the one lagging replica that it is connected to.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/report/anomaly.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

struct LateObservation {
  /// A mutation acknowledged before `late` began; nullptr if no acknowledged mutation is missing.
  const KeyOperation* missing = nullptr;
  /// The operation that observed an older value.
  const KeyOperation* late = nullptr;
  /// Whether an operation observes the state, or the relevant part of it.
  std::function<bool(const KeyOperation&)> observes_state;
  /// Whether an operation began after the end of `late`, or of another operation that observed as
  /// old a state, and observed a newer value that was certainly there before that one began. Empty:
  /// only a lost mutation is considered.
  std::function<bool(const KeyOperation&)> proves_stale;
  /// Whether an operation may have observed the missing mutation, or one that overwrote it.
  std::function<bool(const KeyOperation&)> may_see_newer;
};

struct LostOrStale {
  enum class Kind : std::uint8_t { kStale, kLost, kEither } kind = Kind::kEither;
  /// kLost: an operation of another process that did not observe the mutation either.
  const KeyOperation* other = nullptr;
};

/// The values that a register may have held, and since when: the operations of a key, by written
/// value. Values may repeat.
class RegisterWriters {
 public:
  explicit RegisterWriters(std::span<const KeyOperation> operations);

  [[nodiscard]] bool is_written_once(ValueId value) const { return of(value).size() == 1; }
  /// Returns the end of the last operation that wrote a value and did not end before `since`; 0 if
  /// there is none.
  [[nodiscard]] Position last_end(ValueId value, Position since) const;
  /// Whether a value may have been written by an acknowledged mutation, or after it. A chain of cas
  /// is as old as the write with which it begins. `older` was there before the mutation.
  [[nodiscard]] bool may_be_newer(ValueId value, const KeyOperation& mutation, ValueId older) const;

 private:
  [[nodiscard]] const std::vector<const KeyOperation*>& of(ValueId value) const;

  std::unordered_map<ValueId, std::vector<const KeyOperation*>> writers_;
  std::vector<const KeyOperation*> none_;
};

/// "write 9 to x was acknowledged to process 2, but no operation ever sees it: 1 ms after that,
/// read of x by process 4 returned 7, and read of x by process 5 returned 7, too: a lost write".
[[nodiscard]] std::string lost_sentence(const KeyProblem& problem, const KeyOperation& lost,
                                        const KeyOperation& late, const KeyOperation& other,
                                        Anomaly anomaly);

/// O(operations of the key) calls of the predicates.
[[nodiscard]] LostOrStale lost_or_stale(const KeyProblem& problem,
                                        const LateObservation& observation);

}  // namespace capsize::checker
