#include "node/kv/store.h"

#include <algorithm>

#include "node/base/check.h"
#include "node/kv/hash.h"

namespace capsize::kv {
namespace {

Reply ok() {
  return {Outcome::kOk, "", ""};
}
Reply fail(std::string error) {
  return {Outcome::kFail, "", std::move(error)};
}

bool is_array(std::string_view json) {
  return json.size() >= 2 && json.front() == '[' && json.back() == ']';
}
bool is_string(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' && json.back() == '"';
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
    case Operation::kRegister:
      break;
  }
  CHECK(false, "only decoded commands on keys are applied to the store");
}

Reply Store::read(std::string_view key) const {
  const auto found = values_.find(key);
  return {Outcome::kOk, found == values_.end() ? std::string(kAbsent) : found->second, ""};
}

bool Store::matches(std::string_view key, std::string_view expected) const {
  const auto found = values_.find(key);
  return expected == (found == values_.end() ? kAbsent : std::string_view(found->second));
}

void Store::put(const std::string& key, const std::string& value) {
  if (value == kAbsent) {
    values_.erase(key);
  } else {
    values_.insert_or_assign(key, value);
  }
}

Reply Store::append(const Command& command) {
  const std::string& element = command.value;
  const auto found = values_.find(command.key);
  if (found == values_.end()) {
    if (element.size() + 2 > kValueBytesMax) return fail("too-large");
    values_.emplace(command.key, "[" + element + "]");
    return ok();
  }
  std::string& value = found->second;
  const bool array = is_array(value);
  if (!array && !(is_string(value) && is_string(element))) return fail("wrong-type");
  if (value.size() + element.size() + 1 > kValueBytesMax) return fail("too-large");
  // In place, at the end: the text grows by what is added, however long it is already.
  value.pop_back();
  if (array) {
    if (value.size() > 1) value.push_back(',');
    value.append(element).push_back(']');
  } else {
    value.append(element, 1);
  }
  return ok();
}

std::uint64_t Store::hash() const {
  std::uint64_t hash = kHashStart;
  for (const auto& [key, value] : values_) hash = absorb(absorb(hash, key), value);
  return hash;
}

}  // namespace capsize::kv
