#include "base/format_version.h"

#include <string>

namespace capsize::base {

Status check_format_version(const Json& object, std::string_view key, std::uint64_t known) {
  constexpr std::size_t kShownMax = 64;
  const auto found = object.find(key);
  if (found == object.end() ? known == 1 : *found == Json(known)) return {};
  return Error{std::string("found ") +
               (found == object.end() ? "none" : found->dump().substr(0, kShownMax)) +
               ", expected " + std::to_string(known)};
}

}  // namespace capsize::base
