// The replicated state machine: a map from key to canonical JSON text. Deterministic: the same
// commands in the same order produce the same content and the same replies on every node.
//
// `null` represents an absent key everywhere: writing null deletes, reading an absent key returns
// null, a cas may expect null. So values are equal exactly if their bytes are.
//
// The content is bounded, so that a snapshot of the whole state always fits (kSnapshotBytesMax): a
// command that would exceed the bound fails with `state-full` and changes nothing. Commands that
// do not grow the content always succeed. The bound is part of the state machine's definition: the
// same content and command give the same reply on every node. A node that loads a snapshot
// recomputes the size from it.
//
// Sessions (thesis 6.3) are separate replicated state: sessions.h.
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

/// The value of an absent key.
inline constexpr std::string_view kAbsent = "null";

/// Implements `append`, alone or within a transaction: appends an element to an array, or a string
/// to a string, in the JSON text `value`, in place. An absent value counts as an empty array.
/// Returns empty on success, otherwise an error of node/PROTOCOL.md, with `value` unchanged.
/// Amortised O(size of the element), independent of the size of the value.
[[nodiscard]] std::string_view append_element(std::string& value, std::string_view element);

/// Hash of the replicated state, for tests and status: equal states have equal hashes.
inline constexpr std::uint64_t kHashStart = 0xcbf29ce484222325ULL;
/// FNV-1a over the bytes, then the length, so that "ab", "c" and "a", "bc" have different hashes.
[[nodiscard]] inline std::uint64_t absorb(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash ^ bytes.size()) * 0x9e3779b97f4a7c15ULL;
}

/// The content of a Store at one moment, for reading in another thread.
class FrozenStore {
 public:
  explicit FrozenStore(std::shared_ptr<const FreezableMap::Map> values)
      : values_(std::move(values)) {}
  /// Appends the content in the format of a snapshot (snapshot_codec.cpp): equal contents produce
  /// equal bytes. O(size of the content), and hardly slower than copying it.
  void append_to(std::string& out) const;

 private:
  std::shared_ptr<const FreezableMap::Map> values_;
};

/// The size of `key` with `value` in a snapshot.
[[nodiscard]] inline std::uint64_t entry_bytes(std::string_view key, std::string_view value) {
  return 8 + key.size() + value.size();
}
/// The size of a store without keys in a snapshot.
inline constexpr std::uint64_t kStoreOverheadBytes = 16;
/// Three quarters of a snapshot; the rest is for the sessions (replica/state.h).
inline constexpr std::uint64_t kStoreBytesMax = std::uint64_t{750} * 1024 * 1024;

class Store {
 public:
  /// `bytes_max`: bound of all keys and values, by entry_bytes(). Must be equal on all nodes.
  explicit Store(std::uint64_t bytes_max = kStoreBytesMax) : bytes_max_(bytes_max) {}

  /// Executes a command on keys (not register). The reply is ok, or fail with `mismatch`,
  /// `wrong-type`, `too-large` or `state-full`, in which case nothing has changed. Amortised O(size
  /// of the command + log keys).
  Reply apply(const Command& command);

  /// The value that a client would read now.
  [[nodiscard]] Reply read(std::string_view key) const;
  /// Whether a cas that expects `expected` would succeed.
  [[nodiscard]] bool matches(std::string_view key, std::string_view expected) const;

  /// Hash of the whole content, in key order. O(size of the content): for tests and status.
  [[nodiscard]] std::uint64_t hash() const;
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// Size of the whole content, by entry_bytes(). May exceed the bound after deserialize().
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// The current content, to be written to a snapshot by another thread while this store continues
  /// to change. O(1). Precondition: not frozen.
  [[nodiscard]] FrozenStore freeze() { return FrozenStore(values_.freeze()); }
  /// Precondition: the frozen content is no longer read. O(changes since freeze()).
  void thaw() { values_.thaw(); }
  /// nullopt unless `bytes` are exactly what FrozenStore::append_to produces.
  [[nodiscard]] static std::optional<Store> deserialize(std::string_view bytes,
                                                        std::uint64_t bytes_max = kStoreBytesMax);

 private:
  /// The current size of this key with its value; 0 if it is absent.
  [[nodiscard]] std::uint64_t bytes_of(std::string_view key) const;
  /// Whether a part of the content may change its size from `before` to `after`.
  [[nodiscard]] bool fits(std::uint64_t before, std::uint64_t after) const;
  /// Precondition: the change fits.
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
