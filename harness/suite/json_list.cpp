#include "harness/suite/json_list.h"

#include <fmt/core.h>

namespace capsize::harness {

base::Json list_of(const base::Json& object, const char* key) {
  base::Json list = object.value(key, base::Json::array());
  if (list.is_array()) return list;
  throw base::JsonTypeError(
      fmt::format("key '{}': found {}, expected a list", key, list.type_name()));
}

}  // namespace capsize::harness
