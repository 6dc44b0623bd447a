// A registry of implementations that register themselves: adding one is a new file, without a list
// to edit.
//
//   const Registered<Strategy, Kill> registered;      // at namespace scope of the new file
//
// Registration happens before main(), and the registry is only read afterwards, so it needs no
// lock. The file must be linked as an object (the build uses OBJECT libraries): a linker drops
// members of a static library that nothing refers to.
//
// All code that does not depend on the type is in registry.cpp: otherwise each registered file
// would compile it again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capsize::base {

/// Pointers by name, sorted, so that the result does not depend on the order of static
/// initialisation.
class PointersByName {
 public:
  struct Entry {
    std::string name;
    void* item;
  };
  /// Precondition (CHECK): the name is not registered yet.
  void add(std::string_view name, void* item);
  /// Null if the name is not registered.
  [[nodiscard]] void* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// "a, b, c".
  [[nodiscard]] std::string names() const;

 private:
  std::vector<Entry> entries_;
};

template <class Interface>
class Registry {
 public:
  class Iterator {
   public:
    explicit Iterator(const PointersByName::Entry* entry) : entry_(entry) {}
    Interface* operator*() const { return static_cast<Interface*>(entry_->item); }
    Iterator& operator++() {
      ++entry_;
      return *this;
    }
    friend bool operator==(Iterator, Iterator) = default;

   private:
    const PointersByName::Entry* entry_;
  };
  /// The registered items, sorted by name, for loops.
  class Range {
   public:
    explicit Range(const std::vector<PointersByName::Entry>& entries) : entries_(entries) {}
    [[nodiscard]] Iterator begin() const { return Iterator(entries_.data()); }
    [[nodiscard]] Iterator end() const { return Iterator(entries_.data() + entries_.size()); }

   private:
    const std::vector<PointersByName::Entry>& entries_;
  };

  static Registry& instance() {
    static Registry registry;
    return registry;
  }
  /// The item must exist until the program ends.
  void add(Interface& item) {
    if constexpr (requires { item.name(); }) {
      items_.add(item.name(), &item);
    } else {
      items_.add(item.name, &item);  // a plain struct
    }
  }
  /// Null if the name is not registered.
  [[nodiscard]] Interface* find(std::string_view name) const {
    return static_cast<Interface*>(items_.find(name));
  }
  [[nodiscard]] Range all() const { return Range(items_.entries()); }
  /// The same as a list, for what needs its size.
  [[nodiscard]] std::vector<const Interface*> list() const {
    std::vector<const Interface*> items;
    for (const Interface* item : all()) items.push_back(item);
    return items;
  }
  /// "a, b, c", for error messages and help.
  [[nodiscard]] std::string names() const { return items_.names(); }

 private:
  PointersByName items_;
};

/// Owns and registers one item.
template <class Interface, class Concrete>
class Registered {
 public:
  Registered() { Registry<Interface>::instance().add(item_); }

 private:
  Concrete item_;
};

/// Holds and registers a plain struct with a `name`, as a constant at namespace scope:
///   const Registrar<Model> kRegistrar({.name = "register", ...});
template <class Item>
class Registrar {
 public:
  explicit Registrar(Item item) : item_(std::move(item)) { Registry<Item>::instance().add(item_); }
  Registrar(const Registrar&) = delete;
  Registrar& operator=(const Registrar&) = delete;

 private:
  Item item_;
};

}  // namespace capsize::base
