// What the models of locks with owners have in common: the owner of an operation, and its fence or
// permits.
//
// Facts from the Jepsen suite for Hazelcast: an acknowledged operation says in its value which
// client it was by ({client, uid, fence}), the invocation may say something else (a random id); a
// reentrant lock may be held twice, and its fence stays the same while it is.
//
// Who the owner is says, for the whole history, the first of these that any operation has:
//  1. the field `client` or `owner` of a map, in the completion or in the invocation. An operation
//     without one that was not acknowledged is by the owner that another operation of its process
//     names, else by an unknown owner, who may be any: no legal history is refused for it, but a
//     violation may be missed. An acknowledged one without is refused.
//  2. The invocation's value, a text or a number (for a semaphore a number is its permits).
//  3. The process. In Jepsen a client whose operation is indeterminate becomes another process,
//     and is another owner then.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "checker/specification/collection.h"
#include "checker/specification/model.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {

/// Owners are numbers without further meaning; this one may be any of them.
inline constexpr std::uint32_t kUnknownOwner = 0xFFFFFFFFu;

enum class LockNumber : std::uint8_t {
  kNone,
  kFence,    ///< that an acquire returned: a number, or the field `fence` of a map
  kPermits,  ///< that are acquired or released: a number, the field `permits`, or else 1
};

struct LockCall {
  std::uint32_t owner = kUnknownOwner;
  ValueId number = kNoValue;  ///< kNoValue: none, or a fence that no completion showed

  auto operator<=>(const LockCall&) const = default;
};

/// The owners and arguments of all operations of a history. A KeyOperation has the place of its
/// call as its argument.
struct LockCalls {
  std::vector<LockCall> calls;              ///< different ones
  std::vector<std::uint32_t> of_operation;  ///< places in `calls`, as History::operations
};

/// Or the refusal: an acknowledged operation has no owner though others have, or no fence.
[[nodiscard]] std::variant<LockCalls, std::string> lock_calls(const History& history,
                                                              LockNumber number);

/// Whether it is a number of permits: from 1, and so few that sums of them never overflow.
[[nodiscard]] bool is_permits(const ValueTable& values, ValueId number);

/// kCodeAdd and kCodeRemove. Precondition: an operation of the history that the calls are of.
[[nodiscard]] Decoded decode_lock(const History& history, const Operation& operation,
                                  const LockCalls& calls);
/// Without calls: no operation can be decoded before the history as a whole was read.
[[nodiscard]] Decoded decode_unprepared_lock(const History& history, const Operation& operation,
                                             const DecodeOptions& options);

/// How often an owner may hold a reentrant lock where the history does not say: as in Hazelcast's
/// suite.
inline constexpr std::uint32_t kReentrancyMax = 2;

/// What a lock with an owner demands besides that only its owner releases it.
struct LockRules {
  bool reentrant = false;  ///< its owner may acquire it again, up to the initial value
  bool fenced = false;     ///< each acquisition returns a larger fence than those before
};

[[nodiscard]] Model owned_lock(std::string_view name, std::string_view summary, LockRules rules,
                               Prepared (*prepare)(const History&));
/// The state after what a call does; nothing where it cannot take effect.
using LockStep = std::optional<State> (*)(StateTable& states, State state, std::uint8_t code,
                                          const LockCall& call);
/// Decodes and steps by the calls of the history; a refusal where it has none that fit.
[[nodiscard]] Prepared prepare_lock(const History& history, LockNumber number, LockStep step);

/// What `prepare` of such a model does.
[[nodiscard]] Prepared prepare_owned_lock(const History& history, LockRules rules);

}  // namespace capsize::checker
