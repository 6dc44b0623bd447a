// semaphore: permits that are acquired and released; the initial value says how many there are.
//
// As in Hazelcast's suite, an owner releases only what it has acquired (locks.h defines the owner).
// The state is the number of permits, those that unknown owners released, then each owner with what
// it holds, sorted.
//
// It stays undecided whose permit an unknown owner released, as long as the holders together have
// that many permits. This allows more than is possible in reality, never less: no legal history is
// refused.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "checker/history/malformed.h"
#include "checker/models/locks.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kPermits = 0, kReleasedByUnknown = 1, kFirstOwner = 2;

std::uint64_t held_by_all(const std::vector<ValueId>& state) {
  std::uint64_t held = 0;
  for (std::size_t i = kFirstOwner; i < state.size(); i += 2) held += state[i + 1];
  return held;
}

// Returns the position of the owner, or where it would be inserted.
std::size_t place_of(const std::vector<ValueId>& state, std::uint32_t owner) {
  std::size_t at = kFirstOwner;
  while (at < state.size() && state[at] < owner) at += 2;
  return at;
}

bool holds_any(const std::vector<ValueId>& state, std::size_t at, std::uint32_t owner) {
  return at < state.size() && state[at] == owner;
}

void acquire(std::vector<ValueId>& state, std::uint32_t owner, std::uint32_t permits) {
  const std::size_t at = place_of(state, owner);
  if (holds_any(state, at, owner)) {
    state[at + 1] += permits;
  } else {
    state.insert(state.begin() + static_cast<std::ptrdiff_t>(at), {owner, permits});
  }
}

// Takes up to `permits` permits from the owner, and returns how many it held.
std::uint32_t take(std::vector<ValueId>& state, std::uint32_t owner, std::uint32_t permits) {
  const std::size_t at = place_of(state, owner);
  if (!holds_any(state, at, owner)) return 0;
  const std::uint32_t taken = std::min(permits, state[at + 1]);
  state[at + 1] -= taken;
  if (state[at + 1] == 0) {
    const auto begin = state.begin() + static_cast<std::ptrdiff_t>(at);
    state.erase(begin, begin + 2);
  }
  return taken;
}

// Takes its own permits first, because permits of unknown owners may turn out to be another owner's
// later.
bool release(std::vector<ValueId>& state, std::uint32_t owner, std::uint32_t permits) {
  if (owner == kUnknownOwner) {
    state[kReleasedByUnknown] += permits;
  } else {
    const std::uint32_t own = take(state, owner, permits);
    if (own + take(state, kUnknownOwner, permits - own) < permits) return false;
  }
  return held_by_all(state) >= state[kReleasedByUnknown];
}

std::optional<State> step(StateTable& states, State before, std::uint8_t code,
                          const LockCall& call) {
  const auto parts = states.elements(before);
  std::vector<ValueId> state(parts.begin(), parts.end());
  const auto permits = call.number == kNoValue
                           ? 1
                           : static_cast<std::uint32_t>(states.values().as_integer(call.number));
  if (code == kCodeRemove) {
    if (!release(state, call.owner, permits)) return std::nullopt;
  } else {
    const std::uint64_t held = held_by_all(state) - state[kReleasedByUnknown];
    if (held + permits > state[kPermits]) return std::nullopt;
    acquire(state, call.owner, permits);
  }
  return states.list(state);
}

State initial(StateTable& states, ValueId value) {
  return states.list({static_cast<ValueId>(states.values().as_integer(value)), 0});
}

Prepared prepare(const History& history) {
  const ValueId value = history.initial.value_or(kNullValue);
  if (!is_permits(history.values, value)) {
    return {.refusal = fmt::format(
                "{}: found {}, expected --initial with the number of permits", history.file,
                value == kNullValue ? std::string("a semaphore of unknown size")
                                    : "the initial value " + excerpt(history.values.json(value)))};
  }
  return prepare_lock(history, LockNumber::kPermits, &step);
}

const ModelRegistrar kRegistrar({
    .name = "semaphore",
    .summary = "permits (--initial says how many): acquire, release, [n] at a time",
    .generalised_by = {},
    .functions = {"acquire", "release"},
    .decode = &decode_unprepared_lock,
    .guessed = false,
    .prepare = &prepare,
    .initial = &initial,
    .step = [](StateTable&, State, const KeyOperation&) { return std::optional<State>(); },
});

}  // namespace
}  // namespace capsize::checker
