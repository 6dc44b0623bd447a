#include "node/kv/append_element.h"

#include "node/kv/command.h"

namespace capsize::kv {
namespace {

bool is_array(std::string_view json) {
  return json.size() >= 2 && json.front() == '[' && json.back() == ']';
}
bool is_string(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' && json.back() == '"';
}

}  // namespace

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
