#include "checker/check/connected_objects.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

#include "base/check.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kObjectsNamed = 8;

// Union-find (Tarjan), with path halving.
class Groups {
 public:
  explicit Groups(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), ValueId{0});
  }
  ValueId of(ValueId object) {
    while (parent_[object] != object) object = parent_[object] = parent_[parent_[object]];
    return object;
  }
  void join(ValueId a, ValueId b) {
    // The smaller number leads, so that names and order do not depend on the order of the unions.
    a = of(a);
    b = of(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<ValueId> parent_;
};

std::string display(const ValueTable& values, ValueId object) {
  return values.kind(object) == ValueTable::Kind::kText ? std::string(values.as_text(object))
                                                        : values.json(object);
}

std::string display(const ValueTable& values, const std::vector<ValueId>& objects) {
  std::string text;
  for (std::size_t i = 0; i < std::min(objects.size(), kObjectsNamed); ++i) {
    text += (i == 0 ? "" : ", ") + display(values, objects[i]);
  }
  if (objects.size() <= kObjectsNamed) return text;
  return text + fmt::format(" and {} more", objects.size() - kObjectsNamed);
}

}  // namespace

History group_connected_objects(const History& history, const Model& model) {
  CHECK(model.touches != nullptr, "the model says which objects an operation touches");
  Groups groups(history.values.size());
  std::vector<ValueId> first(history.operations.size(), kNullValue);  // null: touches nothing
  std::vector<ValueId> objects, all;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    objects.clear();
    model.touches(history, history.operations[i], objects);
    if (objects.empty()) continue;
    first[i] = objects.front();
    for (const ValueId object : objects) groups.join(first[i], object);
    all.insert(all.end(), objects.begin(), objects.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());

  std::map<ValueId, std::vector<ValueId>> members;
  for (const ValueId object : all) members[groups.of(object)].push_back(object);
  History grouped = history;
  grouped.keys.clear();
  std::unordered_map<ValueId, KeyId> key_of;
  const auto key_for = [&](ValueId group) {
    const auto [entry, added] = key_of.try_emplace(group, static_cast<KeyId>(key_of.size()));
    if (added) grouped.keys.push_back(display(history.values, members[group]));
    return entry->second;
  };
  for (std::size_t i = 0; i < first.size(); ++i) {
    grouped.operations[i].key = key_for(groups.of(first[i]));
  }
  std::sort(grouped.operations.begin(), grouped.operations.end(),
            [](const Operation& a, const Operation& b) {
              return a.key != b.key ? a.key < b.key : a.invoke < b.invoke;
            });
  grouped.counts.keys = grouped.keys.size();
  grouped.key_begin.assign(grouped.keys.size() + 1, 0);
  for (const Operation& operation : grouped.operations) ++grouped.key_begin[operation.key + 1];
  std::partial_sum(grouped.key_begin.begin(), grouped.key_begin.end(), grouped.key_begin.begin());
  return grouped;
}

}  // namespace capsize::checker
