// The replicated state machine: a map from key to canonical JSON text. Deterministic: the same
// commands in the same order give the same content and the same replies on every node.
//
// `null` stands for an absent key, everywhere: writing null deletes, a read of nothing gives null,
// a cas may expect it. So equality of values is equality of bytes, without a special case.
//
// Its content is bounded, so that a snapshot of the whole state always fits (kSnapshotBytesMax): a
// command that would make it larger than the bound fails with `state-full` and changes nothing.
// What shrinks it, or leaves it as large as it is, always works. The bound is part of the
// state machine's definition: the same content and command give the same answer on every node, and
// the size is counted anew from a snapshot.
//
// Sessions (thesis 6.3) live beside the map, as replicated state of their own: sessions.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/kv/command.h"
#include "node/kv/freezable_map.h"

namespace capsize::kv {

/// What stands for an absent key.
inline constexpr std::string_view kAbsent = "null";

/// Joins an element to the JSON text of a value, as `append` does, alone or in a transaction. In
/// place: to an array an element, to a string a string; absent counts as an empty array. Returns an
/// error of node/PROTOCOL.md, and then `value` is unchanged; empty if all is well. Amortised
/// O(size of the element), however long the value is already.
[[nodiscard]] std::string_view append_element(std::string& value, std::string_view element);

/// Hash of the replicated state, for tests and status: equal states have equal hashes.
inline constexpr std::uint64_t kHashStart = 0xcbf29ce484222325ULL;
/// FNV-1a over the bytes, then the length, so that neighbours cannot lend each other bytes.
[[nodiscard]] inline std::uint64_t absorb(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash ^ bytes.size()) * 0x9e3779b97f4a7c15ULL;
}

/// The content of a Store at one moment; another thread may have it.
class FrozenStore {
 public:
  explicit FrozenStore(std::shared_ptr<const FreezableMap::Map> values)
      : values_(std::move(values)) {}
  /// Everything, as the bytes of a snapshot (snapshot_codec.cpp): equal contents give equal bytes.
  /// O(size of the content), and little more than copying it.
  void append_to(std::string& out) const;

 private:
  std::shared_ptr<const FreezableMap::Map> values_;
};

/// What `key` with `value` weighs in a snapshot.
[[nodiscard]] inline std::uint64_t entry_bytes(std::string_view key, std::string_view value) {
  return 8 + key.size() + value.size();
}
/// Of a store without keys in a snapshot.
inline constexpr std::uint64_t kStoreOverheadBytes = 16;
/// Three quarters of a snapshot; a quarter and a little more is for the sessions (replica/state.h).
inline constexpr std::uint64_t kStoreBytesMax = std::uint64_t{750} * 1024 * 1024;

class Store {
 public:
  /// `bytes_max`: of all keys and values, by entry_bytes(). The same on all nodes.
  explicit Store(std::uint64_t bytes_max = kStoreBytesMax) : bytes_max_(bytes_max) {}

  /// Carries out a command on keys (so: no register); the reply is its outcome: ok, or fail with
  /// `mismatch`, `wrong-type`, `too-large` or `state-full`, in which case nothing changed.
  /// Amortised O(size of the command), O(log keys).
  Reply apply(const Command& command);

  /// The value a client would read now.
  [[nodiscard]] Reply read(std::string_view key) const;
  /// Would this cas find what it expects?
  [[nodiscard]] bool matches(std::string_view key, std::string_view expected) const;

  /// Over the whole content, in key order. O(size of the content): for tests and for status.
  [[nodiscard]] std::uint64_t hash() const;
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// Of the whole content, by entry_bytes(). May be above the bound after deserialize().
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// What the store holds now, for a snapshot, to be written out elsewhere while this store goes
  /// on. O(1). Precondition: not frozen.
  [[nodiscard]] FrozenStore freeze() { return FrozenStore(values_.freeze()); }
  /// Whoever had the frozen one is done with it. O(what was changed meanwhile).
  void thaw() { values_.thaw(); }
  /// Nothing unless `bytes` are what FrozenStore::append_to makes, whole and undamaged.
  [[nodiscard]] static std::optional<Store> deserialize(std::string_view bytes,
                                                        std::uint64_t bytes_max = kStoreBytesMax);

 private:
  /// What the content weighs of this key now; 0 if it is absent.
  [[nodiscard]] std::uint64_t bytes_of(std::string_view key) const;
  /// May what now weighs `before` weigh `after`?
  [[nodiscard]] bool fits(std::uint64_t before, std::uint64_t after) const;
  /// Precondition: it fits.
  void put(const std::string& key, const std::string& value);
  void erase(std::string_view key);
  Reply write(const Command& command);
  Reply append(const Command& command);
  Reply transact(const std::vector<Step>& steps);  // transaction.cpp

  std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  FreezableMap values_;  // never holds "null"
};

}  // namespace capsize::kv
