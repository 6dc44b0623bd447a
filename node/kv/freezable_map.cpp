#include "node/kv/freezable_map.h"

#include <utility>

#include "base/check.h"

namespace capsize::kv {

const std::string* FreezableMap::find(std::string_view key) const {
  if (frozen_) {
    const auto changed = overlay_.find(key);
    if (changed != overlay_.end()) return changed->second ? &*changed->second : nullptr;
  }
  const auto found = base_->find(key);
  return found == base_->end() ? nullptr : &found->second;
}

std::string& FreezableMap::at_or(std::string_view key, std::string_view otherwise) {
  if (!frozen_) {
    const auto at = base_->lower_bound(key);
    if (at != base_->end() && at->first == key) return at->second;
    ++size_;
    return base_->emplace_hint(at, key, otherwise)->second;
  }
  // Copies the value to the overlay before its first change: the snapshot thread may be reading the
  // original.
  const std::string* known = find(key);
  if (known == nullptr) ++size_;
  const auto changed = overlay_.find(key);
  if (changed != overlay_.end() && changed->second) return *changed->second;
  std::string copy(known == nullptr ? otherwise : std::string_view(*known));
  return *overlay_.insert_or_assign(std::string(key), std::move(copy)).first->second;
}

std::optional<std::size_t> FreezableMap::put(std::string_view key, std::string value) {
  const std::size_t known = size_;
  std::string& there = at_or(key, "");
  const std::size_t before = there.size();
  there = std::move(value);
  return size_ > known ? std::nullopt : std::optional(before);
}

void FreezableMap::put_last(std::string_view key, std::string_view value) {
  CHECK(!frozen_, "the content of a frozen map does not change");
  base_->emplace_hint(base_->end(), key, value);
  ++size_;
}

void FreezableMap::erase(std::string_view key) {
  if (find(key) == nullptr) return;
  --size_;
  if (frozen_) {
    overlay_.insert_or_assign(std::string(key), std::nullopt);
  } else {
    base_->erase(base_->find(key));
  }
}

std::shared_ptr<const FreezableMap::Map> FreezableMap::freeze() {
  CHECK(!frozen_, "a map is frozen once at a time");
  frozen_ = true;
  return base_;
}

void FreezableMap::thaw() {
  if (!std::exchange(frozen_, false)) return;
  for (auto& [key, value] : std::exchange(overlay_, {})) {
    if (value) {
      base_->insert_or_assign(key, std::move(*value));
    } else if (const auto found = base_->find(key); found != base_->end()) {
      base_->erase(found);
    }
  }
}

}  // namespace capsize::kv
