#include "node/kv/store.h"

#include <algorithm>

#include "base/check.h"
#include "node/kv/command.h"

namespace capsize::kv {
namespace {

bool is_array(std::string_view json) {
  return json.size() >= 2 && json.front() == '[' && json.back() == ']';
}
bool is_string(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' && json.back() == '"';
}

Reply ok() {
  return {Outcome::kOk, "", ""};
}
Reply fail(std::string error) {
  return {Outcome::kFail, "", std::move(error)};
}

}  // namespace

Reply Store::apply(const Command& command) {
  switch (command.operation) {
    case Operation::kRead:
      return read(command.key);
    case Operation::kWrite:
      return write(command);
    case Operation::kCas:
      return matches(command.key, command.expected) ? write(command) : fail("mismatch");
    case Operation::kAppend:
      return append(command);
    case Operation::kDelete:
      erase(command.key);
      return ok();
    case Operation::kTxn:
      return transact(command.steps);
    case Operation::kRegister:
      break;
  }
  CHECK(false, "only validated commands on keys are applied to the store");
}

Reply Store::read(std::string_view key) const {
  const std::string* found = values_.find(key);
  return {Outcome::kOk, found == nullptr ? std::string(kAbsent) : *found, ""};
}

bool Store::matches(std::string_view key, std::string_view expected) const {
  const std::string* found = values_.find(key);
  return expected == (found == nullptr ? kAbsent : std::string_view(*found));
}

std::uint64_t Store::bytes_of(std::string_view key) const {
  const std::string* found = values_.find(key);
  return found == nullptr ? 0 : entry_bytes(key, *found);
}

bool Store::fits(std::uint64_t before, std::uint64_t after) const {
  // A command that shrinks the content is never refused, even if the content exceeds its bound.
  return after <= before || bytes_ - before + after <= bytes_max_;
}

void Store::put(const std::string& key, const std::string& value) {
  if (value == kAbsent) return erase(key);
  const auto replaced = values_.put(key, value);
  bytes_ += entry_bytes(key, value);
  if (replaced) bytes_ -= entry_bytes(key, {}) + *replaced;
}

void Store::erase(std::string_view key) {
  bytes_ -= bytes_of(key);
  values_.erase(key);
}

Reply Store::write(const Command& command) {
  const std::uint64_t after =
      command.value == kAbsent ? 0 : entry_bytes(command.key, command.value);
  const bool has_room = bytes_ + after <= bytes_max_;  // nearly always true: saves the lookup
  if (!has_room && !fits(bytes_of(command.key), after)) return fail("state-full");
  put(command.key, command.value);
  return ok();
}

Reply Store::append(const Command& command) {
  const std::uint64_t before = bytes_of(command.key);
  const bool fresh = before == 0;
  std::string& value = values_.at_or(command.key, kAbsent);
  // An array grows by the element and a comma, a new array has two brackets. A string grows by a
  // little less; the estimate is then too high, but equally so on every node.
  const std::uint64_t after =
      fresh ? entry_bytes(command.key, command.value) + 2 : before + command.value.size() + 1;
  const std::string_view error =
      fits(before, after) ? append_element(value, command.value) : "state-full";
  if (error.empty()) {
    bytes_ = bytes_ - before + entry_bytes(command.key, value);
    return ok();
  }
  if (fresh) values_.erase(command.key);
  return fail(std::string(error));
}

std::uint64_t Store::hash() const {
  std::uint64_t hash = kHashStart;
  values_.for_each([&hash](const std::string& key, const std::string& value) {
    hash = absorb(absorb(hash, key), value);
  });
  return hash;
}

std::string_view append_element(std::string& value, std::string_view element) {
  if (value == kAbsent) {
    if (element.size() + 2 > kValueBytesMax) return "too-large";
    value.assign("[").append(element).push_back(']');
    return {};
  }
  const bool array = is_array(value);
  if (!array && !(is_string(value) && is_string(element))) return "wrong-type";
  if (value.size() + element.size() + 1 > kValueBytesMax) return "too-large";
  value.pop_back();
  if (array) {
    if (value.size() > 1) value.push_back(',');
    value.append(element).push_back(']');
  } else {
    value.append(element, 1);
  }
  return {};
}

}  // namespace capsize::kv
