#include "harness/behaviour/behaviours.h"

#include <string_view>

namespace capsize::harness {
namespace {

/// FNV-1a, 64 bits: the numbers are kept in files, so they must not depend on the standard library.
Behaviour hash(std::string_view context, std::string_view chain) {
  Behaviour value = 0xcbf29ce484222325;
  const auto add = [&value](std::string_view text) {
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    value = (value ^ 0xff) * 0x100000001b3;
  };
  add(context);
  add(chain);
  return value;
}

}  // namespace

base::Result<Behaviours> parse_behaviours(const base::Json& reply) {
  const base::Error malformed{"the proxy's chains are malformed"};
  const auto contexts = reply.find("contexts");
  if (contexts == reply.end() || !contexts->is_object()) return malformed;
  Behaviours all;
  all.uncounted = reply.value("uncounted", std::uint64_t{0});
  for (const auto& [context, chains] : contexts->items()) {
    if (!chains.is_object()) return malformed;
    for (const auto& [chain, times] : chains.items()) {
      if (!times.is_unsigned()) return malformed;
      all.times[hash(context, chain)] += times.get<std::uint64_t>();
    }
  }
  return all;
}

}  // namespace capsize::harness
