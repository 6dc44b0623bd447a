// ValueTable: stores every distinct JSON value of a history once, under a small number.
//
// The checker compares values for equality very often. With interned values that is a comparison of
// two integers, and an operation is a flat record of fixed size. Only output needs the text.
//
// Equality is JSON's: 1 and 1.0 are the same number, 1 and "1" are not, arrays compare element by
// element, maps (JSON objects) whatever the order of their members. Other numbers, such as 1.5 and
// those beyond 64 bits, compare by their canonical text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace capsize::checker {

using ValueId = std::uint32_t;

/// Returns a text as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

/// JSON null: what a read of an absent key returns. Always present, always number 0.
inline constexpr ValueId kNullValue = 0;
/// The empty list: the initial value of a list. Always present.
inline constexpr ValueId kEmptyList = 1;
/// The absence of a value, which is not the same as null. Never stored in a table.
inline constexpr ValueId kNoValue = 0xFFFFFFFFu;

class ValueTable {
 public:
  enum class Kind : std::uint8_t { kNull, kInteger, kText, kList, kRaw, kMap };

  ValueTable();

  /// Each returns the number of the stored value that is equal, or stores a new one.
  ValueId integer(std::int64_t value);
  ValueId text(std::string_view value);
  ValueId list(std::span<const ValueId> elements);
  /// Keys and values in turn; the order of the members does not matter.
  ValueId map(std::span<const ValueId> members);
  /// Any other value, by its JSON text (true, 1.5).
  ValueId raw(std::string_view json);

  /// Returns the number of an equal value, kNoValue if there is none.
  [[nodiscard]] ValueId find_text(std::string_view value) const;
  [[nodiscard]] ValueId find_list(std::span<const ValueId> elements) const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// kNull for a number that is not in the table, kNoValue above all.
  [[nodiscard]] Kind kind(ValueId id) const {
    return id < entries_.size() ? entries_[id].kind : Kind::kNull;
  }
  /// Each returns 0, nothing or an empty list if the value is of another kind or not in the table.
  /// Views are valid until the next value is added.
  [[nodiscard]] std::int64_t as_integer(ValueId id) const {
    return kind(id) == Kind::kInteger ? static_cast<std::int64_t>(entries_[id].begin) : 0;
  }
  [[nodiscard]] std::string_view as_text(ValueId id) const {
    if (kind(id) != Kind::kText && kind(id) != Kind::kRaw) return {};
    return {bytes_.data() + entries_[id].begin, entries_[id].size};
  }
  /// Of a map: its keys and values in turn, in an order that is the same for equal maps.
  [[nodiscard]] std::span<const ValueId> as_list(ValueId id) const {
    if (kind(id) != Kind::kList && kind(id) != Kind::kMap) return {};
    return std::span(elements_).subspan(entries_[id].begin, entries_[id].size);
  }

  /// Returns the value as JSON text: 5, "a", [1,2], null.
  [[nodiscard]] std::string json(ValueId id) const;
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// The same, plus the temporary memory of the next doubling of any of its arrays.
  [[nodiscard]] std::uint64_t memory_bytes_with_growth() const;

 private:
  // `begin` and `size` point into bytes_ (text, raw) or elements_ (list, map); for an integer
  // `begin` is the integer itself.
  struct Entry {
    std::uint64_t begin;
    std::uint32_t size;
    Kind kind;
  };
  struct IntegerSlot {
    std::int64_t key = 0;
    ValueId id = kNoValue;
  };

  struct OtherSlot {
    std::uint64_t hash = 0;
    ValueId id = kNoValue;
  };

  [[nodiscard]] std::uint64_t bytes_slot(std::uint64_t hash, Kind kind, std::string_view) const;
  [[nodiscard]] std::uint64_t list_slot(std::uint64_t hash, Kind kind,
                                        std::span<const ValueId>) const;
  ValueId elements_value(Kind kind, std::span<const ValueId> elements);
  [[nodiscard]] std::string map_json(ValueId id) const;
  ValueId add(Entry entry);
  ValueId bytes_value(Kind kind, std::string_view value);
  void grow_integers();
  void grow_others();

  std::vector<Entry> entries_;
  std::vector<IntegerSlot> integer_slots_;  // open addressing, power of two
  std::size_t integers_ = 0;
  std::vector<OtherSlot> other_slots_;  // open addressing, power of two
  std::size_t others_ = 0;
  std::vector<char> bytes_;
  std::vector<ValueId> elements_;
};

}  // namespace capsize::checker
