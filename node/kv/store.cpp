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
      put(command.key, command.value);
      return ok();
    case Operation::kCas:
      if (!matches(command.key, command.expected)) return fail("mismatch");
      put(command.key, command.value);
      return ok();
    case Operation::kAppend:
      return append(command);
    case Operation::kDelete:
      values_.erase(command.key);
      return ok();
    case Operation::kTxn:
      return transact(command.steps);
    case Operation::kRegister:
      break;
  }
  CHECK(false, "only decoded commands on keys are applied to the store");
}

Reply Store::read(std::string_view key) const {
  const std::string* found = values_.find(key);
  return {Outcome::kOk, found == nullptr ? std::string(kAbsent) : *found, ""};
}

bool Store::matches(std::string_view key, std::string_view expected) const {
  const std::string* found = values_.find(key);
  return expected == (found == nullptr ? kAbsent : std::string_view(*found));
}

void Store::put(const std::string& key, const std::string& value) {
  if (value == kAbsent) {
    values_.erase(key);
  } else {
    values_.put(key, value);
  }
}

Reply Store::append(const Command& command) {
  const bool fresh = values_.find(command.key) == nullptr;
  const std::string_view error = append_element(values_.at_or(command.key, kAbsent), command.value);
  if (error.empty()) return ok();
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
