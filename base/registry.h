// A registry of things that add themselves: one new file, and no list to edit.
//
//   const Registered<Strategy, Kill> registered;      // at namespace scope of the new file
//
// Registration happens before main() and the registry is only read afterwards, so it needs no lock.
// The file must be linked as an object (the build uses OBJECT libraries): a linker drops members of
// a static library that nobody names.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace capsize::base {

template <class Interface>
class Registry {
 public:
  static Registry& instance() {
    static Registry registry;
    return registry;
  }
  void add(std::unique_ptr<Interface> item) {
    CHECK(find(item->name()) == nullptr, "names in a registry are unique");
    items_.push_back(std::move(item));
    std::sort(items_.begin(), items_.end(),
              [](const auto& a, const auto& b) { return a->name() < b->name(); });
  }
  /// Null when nothing of that name is registered.
  [[nodiscard]] const Interface* find(std::string_view name) const {
    for (const auto& item : items_) {
      if (item->name() == name) return item.get();
    }
    return nullptr;
  }
  /// Sorted by name: the order of static initialisation must not show.
  [[nodiscard]] const std::vector<std::unique_ptr<Interface>>& all() const { return items_; }
  /// "a, b, c", for error messages and help.
  [[nodiscard]] std::string names() const {
    std::string joined;
    for (const auto& item : items_) {
      if (!joined.empty()) joined += ", ";
      joined += item->name();
    }
    return joined;
  }

 private:
  std::vector<std::unique_ptr<Interface>> items_;
};

template <class Interface, class Concrete>
struct Registered {
  Registered() { Registry<Interface>::instance().add(std::make_unique<Concrete>()); }
};

}  // namespace capsize::base
