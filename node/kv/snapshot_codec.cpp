// The store's content as the bytes of a snapshot:
//
//   u32  version, 1
//   u64  number of keys
//   …    for each, in ascending order: key and value, each with its length in 32 bits
//   u32  CRC32C of everything before
//
// Equal contents have equal bytes, so snapshots of replicas can be compared. The ascending order
// also lets a reader refuse duplicate keys.

#include "base/crc32c.h"
#include "node/kv/byte_codec.h"
#include "node/kv/store.h"

namespace capsize::kv {
namespace {

constexpr std::uint32_t kSnapshotVersion = 1;
constexpr std::size_t kChecksumBytes = 4;

}  // namespace

void FrozenStore::append_to(std::string& out) const {
  std::size_t bytes = kStoreOverheadBytes;
  for (const auto& [key, value] : *values_) bytes += entry_bytes(key, value);
  const std::size_t begin = out.size();
  ByteWriter writer(std::move(out));
  writer.reserve(begin + bytes);
  writer.u32(kSnapshotVersion);
  writer.u64(values_->size());
  for (const auto& [key, value] : *values_) {
    writer.text(key);
    writer.text(value);
  }
  writer.u32(base::crc32c(std::string_view(writer.bytes()).substr(begin)));
  out = std::move(writer).take();
}

std::optional<Store> Store::deserialize(std::string_view bytes, std::uint64_t bytes_max) {
  if (bytes.size() < kChecksumBytes) return std::nullopt;
  const std::string_view content = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (ByteReader(bytes.substr(content.size())).u32() != base::crc32c(content)) return std::nullopt;
  ByteReader in(content);
  if (in.u32() != kSnapshotVersion) return std::nullopt;
  const std::uint64_t count = in.u64();
  Store store(bytes_max);
  std::string_view last;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view key = in.text(kKeyBytesMax);
    const std::string_view value = in.text(kValueBytesMax);
    const bool ascends = i == 0 || last < key;
    if (!in.ok() || !ascends || value.empty() || value == kAbsent) return std::nullopt;
    store.values_.put_last(key, value);
    store.bytes_ += entry_bytes(key, value);
    last = key;
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return store;
}

}  // namespace capsize::kv
