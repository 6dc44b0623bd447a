#include "base/registry.h"

#include <algorithm>

#include "base/check.h"

namespace capsize::base {
namespace {

auto position(const std::vector<PointersByName::Entry>& entries, std::string_view name) {
  return std::find_if(entries.begin(), entries.end(),
                      [&](const PointersByName::Entry& entry) { return entry.name >= name; });
}

}  // namespace

void PointersByName::add(std::string_view name, void* item) {
  const auto at = position(entries_, name);
  CHECK(at == entries_.end() || at->name != name, "names in a registry are unique");
  entries_.insert(at, {std::string(name), item});
}

void* PointersByName::find(std::string_view name) const {
  const auto at = position(entries_, name);
  return at == entries_.end() || at->name != name ? nullptr : at->item;
}

std::string PointersByName::names() const {
  std::string joined;
  for (const Entry& entry : entries_) joined += (joined.empty() ? "" : ", ") + entry.name;
  return joined;
}

}  // namespace capsize::base
