#include "checker/models/locks.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "checker/history/malformed.h"
#include "checker/specification/map_value.h"

namespace capsize::checker {
namespace {

enum class OwnerIs : std::uint8_t { kField, kValue, kProcess };

bool is_acquire(const History& history, const Operation& operation) {
  return history.functions[operation.function] == "acquire";
}

// Returns the owner that a map of the operation names, in its completion or else in its invocation.
ValueId owner_field(const ValueTable& values, const Operation& operation) {
  for (const ValueId value : {operation.result, operation.argument}) {
    for (const char* name : {"client", "owner"}) {
      const ValueId owner = map_field(values, value, name);
      if (owner != kNoValue && owner != kNullValue) return owner;
    }
  }
  return kNoValue;
}

// Returns a number of the operation: its value, or a field of a map.
ValueId number_of(const ValueTable& values, ValueId value, std::string_view field) {
  if (values.kind(value) == ValueTable::Kind::kInteger) return value;
  const ValueId number = map_field(values, value, field);
  return values.kind(number) == ValueTable::Kind::kInteger ? number : kNoValue;
}

// Finds the owners of all operations.
class Owners {
 public:
  Owners(const History& history, LockNumber number)
      : values_(history.values), number_is_permits_(number == LockNumber::kPermits) {
    bool values_name = false;
    for (const Operation& operation : history.operations) {
      if (const ValueId owner = owner_field(values_, operation); owner != kNoValue) {
        owner_is_ = OwnerIs::kField;
        by_process_.emplace(operation.process, owner);
      }
      values_name = values_name || is_name(operation.argument);
    }
    if (owner_is_ != OwnerIs::kField && values_name) owner_is_ = OwnerIs::kValue;
  }

  std::uint32_t of(const Operation& operation) {
    if (owner_is_ == OwnerIs::kProcess) {
      return processes_.try_emplace(operation.process, size(processes_)).first->second;
    }
    if (owner_is_ == OwnerIs::kValue) {
      return is_name(operation.argument) ? operation.argument : kUnknownOwner;
    }
    if (const ValueId named = owner_field(values_, operation); named != kNoValue) return named;
    if (operation.outcome == Outcome::kOk) return kUnknownOwner;
    const auto known = by_process_.find(operation.process);
    return known == by_process_.end() ? kUnknownOwner : known->second;
  }

 private:
  static std::uint32_t size(const std::unordered_map<std::int64_t, std::uint32_t>& numbers) {
    return static_cast<std::uint32_t>(numbers.size());
  }
  bool is_name(ValueId value) const {
    const auto kind = values_.kind(value);
    return kind == ValueTable::Kind::kText ||
           (kind == ValueTable::Kind::kInteger && !number_is_permits_);
  }

  const ValueTable& values_;
  bool number_is_permits_;
  OwnerIs owner_is_ = OwnerIs::kProcess;
  std::unordered_map<std::int64_t, ValueId> by_process_;
  std::unordered_map<std::int64_t, std::uint32_t> processes_;
};

std::string refusal_of(const History& history, const Operation& operation,
                       std::string_view expected) {
  const ValueId shown = operation.result != kNullValue ? operation.result : operation.argument;
  return fmt::format("{}: found {} with {} at index {}, expected {}", history.file,
                     history.functions[operation.function], excerpt(history.values.json(shown)),
                     history.index_of(operation.invoke), expected);
}

ValueId lock_number(const History& history, const Operation& operation, LockNumber number) {
  const ValueTable& values = history.values;
  if (number == LockNumber::kPermits) {
    // A number in the completion may have another meaning, such as the remaining permits.
    const ValueId asked = number_of(values, operation.argument, "permits");
    return asked != kNoValue ? asked : map_field(values, operation.result, "permits");
  }
  const bool answered = operation.outcome == Outcome::kOk && is_acquire(history, operation);
  if (number == LockNumber::kFence && answered) return number_of(values, operation.result, "fence");
  return kNoValue;
}

// ---- the state of a lock with an owner ----

struct HeldLock {
  std::uint32_t limit = 1;              // how many times the owner may hold it
  std::uint32_t count = 0;              // how many times the owner holds it
  std::uint32_t owner = kUnknownOwner;  // if count > 0
  ValueId fence = kNoValue;             // of the owner; kNoValue: not known
  ValueId highest = kNoValue;           // the largest fence so far
};

HeldLock held_lock(const StateTable& states, State state) {
  const auto parts = states.elements(state);
  return {parts[0], parts[1], parts[2], parts[3], parts[4]};
}

State state_of(StateTable& states, const HeldLock& lock) {
  return states.list({lock.limit, lock.count, lock.owner, lock.fence, lock.highest});
}

bool may_be_same(std::uint32_t owner, std::uint32_t other) {
  return owner == other || owner == kUnknownOwner || other == kUnknownOwner;
}

// Returns false if it cannot be the fence of this acquisition. While a lock is held its fence is
// the same.
bool take_fence(const ValueTable& values, ValueId fence, HeldLock& lock) {
  if (fence == kNoValue) return true;
  if (lock.fence != kNoValue) return values.as_integer(fence) == values.as_integer(lock.fence);
  if (lock.highest != kNoValue && values.as_integer(fence) <= values.as_integer(lock.highest)) {
    return false;
  }
  lock.fence = lock.highest = fence;
  return true;
}

std::optional<State> step_owned_lock(StateTable& states, State state, std::uint8_t code,
                                     const LockCall& call) {
  HeldLock lock = held_lock(states, state);
  if (lock.count > 0) {
    if (!may_be_same(lock.owner, call.owner)) return std::nullopt;
    // Only the holder can use the lock now, so an unknown owner is the holder.
    if (lock.owner == kUnknownOwner) lock.owner = call.owner;
  }
  if (code == kCodeAdd) {
    if (lock.count == lock.limit) return std::nullopt;
    if (lock.count++ == 0) lock.owner = call.owner;
    if (!take_fence(states.values(), call.number, lock)) return std::nullopt;
  } else {
    if (lock.count == 0) return std::nullopt;
    if (--lock.count == 0) lock.owner = kUnknownOwner;
    if (lock.count == 0) lock.fence = kNoValue;
  }
  return state_of(states, lock);
}

State initial_owned_lock(StateTable& states, ValueId initial, bool reentrant) {
  HeldLock lock;
  if (reentrant) {
    lock.limit = initial == kNullValue
                     ? kReentrancyMax
                     : static_cast<std::uint32_t>(states.values().as_integer(initial));
  }
  return state_of(states, lock);
}

}  // namespace

std::variant<LockCalls, std::string> lock_calls(const History& history, LockNumber number) {
  Owners owners(history, number);
  LockCalls all;
  std::map<LockCall, std::uint32_t> places;
  all.of_operation.reserve(history.operations.size());
  for (const Operation& operation : history.operations) {
    const LockCall call{owners.of(operation), lock_number(history, operation, number)};
    const bool acknowledged = operation.outcome == Outcome::kOk;
    if (acknowledged && call.owner == kUnknownOwner) {
      return refusal_of(history, operation,
                        "an owner, as other operations name one: a text, a number, or the field "
                        "client or owner of a map");
    }
    if (acknowledged && number == LockNumber::kFence && is_acquire(history, operation) &&
        call.number == kNoValue) {
      return refusal_of(history, operation,
                        "the fence that it returned: a whole number, or the field fence of a map");
    }
    if (number == LockNumber::kPermits && call.number != kNoValue &&
        !is_permits(history.values, call.number)) {
      return refusal_of(history, operation, "at least 1 permit, less than 2^30");
    }
    const auto [place, added] =
        places.try_emplace(call, static_cast<std::uint32_t>(all.calls.size()));
    if (added) all.calls.push_back(call);
    all.of_operation.push_back(place->second);
  }
  return all;
}

bool is_permits(const ValueTable& values, ValueId number) {
  const std::int64_t permits = values.as_integer(number);
  return permits >= 1 && permits < (std::int64_t{1} << 30);
}

Decoded decode_lock(const History& history, const Operation& operation, const LockCalls& calls) {
  const auto place = static_cast<std::size_t>(&operation - history.operations.data());
  CHECK(place < calls.of_operation.size(), "the operation is one of the history of these calls");
  Decoded decoded;
  decoded.operation.code = is_acquire(history, operation) ? kCodeAdd : kCodeRemove;
  decoded.operation.argument = calls.of_operation[place];
  if (operation.outcome == Outcome::kFail) decoded.kind = Decoded::Kind::kDrop;
  return decoded;
}

Decoded decode_unprepared_lock(const History&, const Operation&, const DecodeOptions&) {
  return {Decoded::Kind::kMalformed, {}, "a history that was prepared for this model"};
}

Model owned_lock(std::string_view name, std::string_view summary, LockRules rules,
                 Prepared (*prepare)(const History&)) {
  return {
      .name = name,
      .summary = summary,
      .generalised_by = {},
      .functions = {"acquire", "release"},
      .decode = &decode_unprepared_lock,
      .guessed = false,
      .prepare = prepare,
      .initial =
          [rules](StateTable& states, ValueId initial) {
            return initial_owned_lock(states, initial, rules.reentrant);
          },
      .step = [](StateTable&, State, const KeyOperation&) { return std::optional<State>(); },
  };
}

Prepared prepare_owned_lock(const History& history, LockRules rules) {
  const ValueId initial = history.initial.value_or(kNullValue);
  const bool is_limit = rules.reentrant && history.values.as_integer(initial) >= 1;
  if (initial != kNullValue && !is_limit) {
    return {.refusal = fmt::format(
                "{}: found the initial value {}, expected {}", history.file,
                excerpt(history.values.json(initial)),
                rules.reentrant
                    ? "how often an owner may hold the lock, a whole number of at least 1"
                    : "none: a lock is free at first")};
  }
  return prepare_lock(history, rules.fenced ? LockNumber::kFence : LockNumber::kNone,
                      &step_owned_lock);
}

Prepared prepare_lock(const History& history, LockNumber number, LockStep step) {
  auto found = lock_calls(history, number);
  if (auto* refusal = std::get_if<std::string>(&found)) return {.refusal = std::move(*refusal)};
  const auto calls = std::make_shared<LockCalls>(std::get<LockCalls>(std::move(found)));
  Prepared prepared;
  prepared.decode = [calls](const History& its_history, const Operation& operation,
                            const DecodeOptions&) {
    return decode_lock(its_history, operation, *calls);
  };
  prepared.step = [calls, step](StateTable& states, State state, const KeyOperation& operation) {
    return step(states, state, operation.code, calls->calls[operation.argument]);
  };
  return prepared;
}

}  // namespace capsize::checker
