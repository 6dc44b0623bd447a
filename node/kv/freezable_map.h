// An ordered map from string to string that can be frozen: as it is then, another thread may read
// it, while changes go on beside it (copy on write by key). Freezing costs nothing; thawing costs
// what was changed meanwhile.
//
//   freeze()  ──> the map as it is, read-only, for whoever writes a snapshot
//   changes       go to an overlay, which hides what lies below
//   thaw()        the overlay is merged
//
// Thawing changes the frozen map: whoever was given it must be done with it.
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

  /// Null if it is absent. Good until the next change.
  [[nodiscard]] const std::string* find(std::string_view key) const;
  /// The value, to be changed in place; `otherwise` if it is absent.
  [[nodiscard]] std::string& at_or(std::string_view key, std::string_view otherwise);
  /// Returns the size of the value that was there; nothing if it was absent.
  std::optional<std::size_t> put(std::string_view key, std::string value);
  /// The same for a key behind all others, in O(1). Precondition: not frozen.
  void put_last(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// In the order of keys.
  template <class Visit>
  void for_each(Visit visit) const;

  /// Precondition: not frozen.
  [[nodiscard]] std::shared_ptr<const Map> freeze();
  /// Does nothing if it is not frozen.
  void thaw();

 private:
  std::shared_ptr<Map> base_ = std::make_shared<Map>();
  // Only while frozen. Nothing stands for a key that is gone.
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
