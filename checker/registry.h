// Registry: where the models, formats and properties of the program put themselves.
//
// Each is one file with one static registrar, so that adding one edits no list. Registrars run
// before main() in no particular order; the entries are kept sorted by name, so that the order
// never shows. After main() has begun a registry is constant and may be read by any thread.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capsize::checker {

template <class Item>
class Registry {
 public:
  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  void add(Item item) {
    if (find(item.name) != nullptr) {
      std::fprintf(stderr, "two things register themselves as \"%s\"\n",
                   std::string(item.name).c_str());
      std::abort();
    }
    owned_.push_back(std::make_unique<Item>(std::move(item)));
    const Item* added = owned_.back().get();
    items_.insert(std::upper_bound(items_.begin(), items_.end(), added,
                                   [](const Item* a, const Item* b) { return a->name < b->name; }),
                  added);
  }

  [[nodiscard]] std::span<const Item* const> items() const { return items_; }

  [[nodiscard]] const Item* find(std::string_view name) const {
    for (const Item* item : items_) {
      if (item->name == name) return item;
    }
    return nullptr;
  }

  /// "a, b, c", for messages that say what would have been accepted.
  [[nodiscard]] std::string names() const {
    std::string out;
    for (const Item* item : items_) out += (out.empty() ? "" : ", ") + std::string(item->name);
    return out;
  }

 private:
  std::vector<std::unique_ptr<Item>> owned_;
  std::vector<const Item*> items_;
};

}  // namespace capsize::checker
