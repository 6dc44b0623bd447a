// An ordered map from string to string that can be frozen: another thread then reads the frozen
// content while this one continues to change the map (copy on write per key). Freezing is O(1);
// thawing costs as much as was changed in between.
//
//   freeze()     returns the current content, read-only, for the snapshot writer
//   changes      go to an overlay, which hides the frozen content per key
//   thaw()       merges the overlay
//
// thaw() modifies the frozen content: its reader must have finished.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace capsize::kv {

class FreezableMap {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  FreezableMap() = default;
  FreezableMap(FreezableMap&&) = default;
  FreezableMap& operator=(FreezableMap&&) = default;

  /// Null if the key is absent. Valid until the next change.
  [[nodiscard]] const std::string* find(std::string_view key) const;
  /// The value, to be changed in place; inserts `otherwise` if the key is absent.
  [[nodiscard]] std::string& at_or(std::string_view key, std::string_view otherwise);
  /// Returns the size of the replaced value; nullopt if the key was absent.
  std::optional<std::size_t> put(std::string_view key, std::string value);
  /// Inserts a key that is greater than all others, in O(1). Precondition: not frozen.
  void put_last(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Visits all keys in ascending order.
  template <class Visit>
  void for_each(Visit visit) const;

  /// Precondition: not frozen.
  [[nodiscard]] std::shared_ptr<const Map> freeze();
  /// Does nothing if the map is not frozen.
  void thaw();

 private:
  std::shared_ptr<Map> base_ = std::make_shared<Map>();
  // Changes made while frozen; nullopt marks an erased key.
  std::map<std::string, std::optional<std::string>, std::less<>> overlay_;
  std::size_t size_ = 0;
  bool frozen_ = false;
};

template <class Visit>
void FreezableMap::for_each(Visit visit) const {
  auto below = base_->begin();
  for (const auto& [key, value] : overlay_) {
    for (; below != base_->end() && below->first < key; ++below) visit(below->first, below->second);
    if (below != base_->end() && below->first == key) ++below;
    if (value) visit(key, *value);
  }
  for (; below != base_->end(); ++below) visit(below->first, below->second);
}

}  // namespace capsize::kv
