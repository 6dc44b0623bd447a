#include "checker/history/values.h"

#include <fmt/format.h>

#include <algorithm>

namespace capsize::checker {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93u;
  return x ^ (x >> 32);
}

// Keeps neighbouring integers together, eight to a group: clients mostly write consecutive numbers,
// and a million of them would otherwise cause a million cache misses.
std::uint64_t integer_hash(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return (mix(bits >> 3) << 3) | (bits & 7);
}

std::uint64_t bytes_hash(std::uint64_t seed, std::string_view bytes) {
  std::uint64_t hash = mix(seed + bytes.size());
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3u;
  }
  return mix(hash);
}

std::uint64_t list_hash(ValueTable::Kind kind, std::span<const ValueId> elements) {
  std::uint64_t hash = mix((kind == ValueTable::Kind::kMap ? 0x13 : 0x11) + elements.size());
  for (const ValueId element : elements) hash = mix(hash + element);
  return hash;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

ValueTable::ValueTable() : integer_slots_(16), other_slots_(16) {
  add({0, 0, Kind::kNull});
  list({});
}

ValueId ValueTable::add(Entry entry) {
  entries_.push_back(entry);
  return static_cast<ValueId>(entries_.size() - 1);
}

ValueId ValueTable::integer(std::int64_t value) {
  const std::uint64_t mask = integer_slots_.size() - 1;
  std::uint64_t at = integer_hash(value) & mask;
  for (; integer_slots_[at].id != kNoValue; at = (at + 1) & mask) {
    if (integer_slots_[at].key == value) return integer_slots_[at].id;
  }
  const ValueId id = add({static_cast<std::uint64_t>(value), 0, Kind::kInteger});
  integer_slots_[at] = {value, id};
  if (++integers_ * 2 > integer_slots_.size()) grow_integers();
  return id;
}

void ValueTable::grow_integers() {
  std::vector<IntegerSlot> bigger(integer_slots_.size() * 2);
  const std::uint64_t mask = bigger.size() - 1;
  for (const IntegerSlot& slot : integer_slots_) {
    if (slot.id == kNoValue) continue;
    std::uint64_t at = integer_hash(slot.key) & mask;
    while (bigger[at].id != kNoValue) at = (at + 1) & mask;
    bigger[at] = slot;
  }
  integer_slots_ = std::move(bigger);
}

// Returns the slot that holds the value, or the free slot for it.
std::uint64_t ValueTable::bytes_slot(std::uint64_t hash, Kind wanted,
                                     std::string_view value) const {
  const std::uint64_t mask = other_slots_.size() - 1;
  std::uint64_t at = hash & mask;
  for (; other_slots_[at].id != kNoValue; at = (at + 1) & mask) {
    if (other_slots_[at].hash != hash) continue;
    const ValueId id = other_slots_[at].id;
    if (kind(id) == wanted && as_text(id) == value) break;
  }
  return at;
}

std::uint64_t ValueTable::list_slot(std::uint64_t hash, Kind wanted,
                                    std::span<const ValueId> elements) const {
  const std::uint64_t mask = other_slots_.size() - 1;
  std::uint64_t at = hash & mask;
  for (; other_slots_[at].id != kNoValue; at = (at + 1) & mask) {
    if (other_slots_[at].hash != hash) continue;
    const ValueId id = other_slots_[at].id;
    if (kind(id) == wanted && std::ranges::equal(as_list(id), elements)) break;
  }
  return at;
}

void ValueTable::grow_others() {
  std::vector<OtherSlot> bigger(other_slots_.size() * 2);
  const std::uint64_t mask = bigger.size() - 1;
  for (const OtherSlot& slot : other_slots_) {
    if (slot.id == kNoValue) continue;
    std::uint64_t at = slot.hash & mask;
    while (bigger[at].id != kNoValue) at = (at + 1) & mask;
    bigger[at] = slot;
  }
  other_slots_ = std::move(bigger);
}

ValueId ValueTable::bytes_value(Kind kind, std::string_view value) {
  if ((others_ + 1) * 2 > other_slots_.size()) grow_others();
  const std::uint64_t hash = bytes_hash(static_cast<std::uint64_t>(kind), value);
  OtherSlot& slot = other_slots_[bytes_slot(hash, kind, value)];
  if (slot.id != kNoValue) return slot.id;
  slot = {hash, add({bytes_.size(), static_cast<std::uint32_t>(value.size()), kind})};
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  ++others_;
  return slot.id;
}

ValueId ValueTable::text(std::string_view value) {
  return bytes_value(Kind::kText, value);
}

ValueId ValueTable::raw(std::string_view json) {
  return bytes_value(Kind::kRaw, json);
}

ValueId ValueTable::list(std::span<const ValueId> elements) {
  return elements_value(Kind::kList, elements);
}

ValueId ValueTable::map(std::span<const ValueId> members) {
  std::vector<std::pair<ValueId, ValueId>> sorted;
  for (std::size_t i = 0; i + 1 < members.size(); i += 2) {
    sorted.emplace_back(members[i], members[i + 1]);
  }
  // Equal values have equal numbers, so ordering by number is the same for equal maps.
  std::sort(sorted.begin(), sorted.end());
  std::vector<ValueId> canonical;
  for (const auto& [key, value] : sorted) canonical.insert(canonical.end(), {key, value});
  return elements_value(Kind::kMap, canonical);
}

ValueId ValueTable::elements_value(Kind kind, std::span<const ValueId> elements) {
  if ((others_ + 1) * 2 > other_slots_.size()) grow_others();
  const std::uint64_t hash = list_hash(kind, elements);
  OtherSlot& slot = other_slots_[list_slot(hash, kind, elements)];
  if (slot.id != kNoValue) return slot.id;
  slot = {hash, add({elements_.size(), static_cast<std::uint32_t>(elements.size()), kind})};
  elements_.insert(elements_.end(), elements.begin(), elements.end());
  ++others_;
  return slot.id;
}

ValueId ValueTable::find_text(std::string_view value) const {
  const std::uint64_t hash = bytes_hash(static_cast<std::uint64_t>(Kind::kText), value);
  return other_slots_[bytes_slot(hash, Kind::kText, value)].id;
}

ValueId ValueTable::find_list(std::span<const ValueId> elements) const {
  return other_slots_[list_slot(list_hash(Kind::kList, elements), Kind::kList, elements)].id;
}

std::string ValueTable::json(ValueId id) const {
  // Recursion is bounded: the readers refuse values that are nested deeper than a few dozen levels.
  std::string out;
  switch (kind(id)) {
    case Kind::kNull:
      return "null";
    case Kind::kInteger:
      return fmt::format("{}", as_integer(id));
    case Kind::kRaw:
      return std::string(as_text(id));
    case Kind::kText:
      append_json_string(out, as_text(id));
      return out;
    case Kind::kList:
      for (const ValueId element : as_list(id)) out += (out.empty() ? "" : ",") + json(element);
      return "[" + out + "]";
    case Kind::kMap:
      return map_json(id);
  }
  return out;
}

// Sorted by the text of the keys, so that the result is the same in every history. JSON keys are
// strings: a key of another kind is written as the string of its JSON text.
std::string ValueTable::map_json(ValueId id) const {
  const auto members = as_list(id);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < members.size(); i += 2) {
    std::string text;
    append_json_string(text, kind(members[i]) == Kind::kText ? std::string(as_text(members[i]))
                                                             : json(members[i]));
    texts.push_back(text + ":" + json(members[i + 1]));
  }
  std::sort(texts.begin(), texts.end());
  return fmt::format("{{{}}}", fmt::join(texts, ","));
}

std::uint64_t ValueTable::memory_bytes_with_growth() const {
  const auto soon = [](const auto& items) {
    const std::uint64_t bytes = items.capacity() * sizeof(items[0]);
    return items.size() * 8 > items.capacity() * 7 ? 2 * bytes : 0;
  };
  const std::uint64_t integer_bytes = integer_slots_.size() * sizeof(IntegerSlot);
  const std::uint64_t other_bytes = other_slots_.size() * sizeof(OtherSlot);
  return memory_bytes() + soon(entries_) + soon(bytes_) + soon(elements_) +
         (integers_ * 5 > integer_slots_.size() * 2 ? 2 * integer_bytes : 0) +
         (others_ * 5 > other_slots_.size() * 2 ? 2 * other_bytes : 0);
}

std::uint64_t ValueTable::memory_bytes() const {
  return entries_.capacity() * sizeof(Entry) + integer_slots_.size() * sizeof(IntegerSlot) +
         other_slots_.size() * sizeof(OtherSlot) + bytes_.capacity() +
         elements_.capacity() * sizeof(ValueId);
}

}  // namespace capsize::checker
