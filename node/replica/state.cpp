#include "node/replica/state.h"

#include "node/kv/byte_codec.h"

namespace capsize::replica {
namespace {

constexpr std::size_t kLengthBytes = 8;

}  // namespace

std::string encode_state(const kv::Store& store, const kv::Sessions& sessions) {
  const std::string content = store.serialize();
  kv::ByteWriter length;
  length.u64(content.size());
  return std::move(length).take() + content + sessions.encode();
}

std::optional<State> decode_state(std::string_view bytes) {
  if (bytes.size() < kLengthBytes) return std::nullopt;
  const std::uint64_t length = kv::ByteReader(bytes.substr(0, kLengthBytes)).u64();
  const std::string_view rest = bytes.substr(kLengthBytes);
  if (length > rest.size()) return std::nullopt;
  auto store = kv::Store::deserialize(rest.substr(0, length));
  auto sessions = kv::Sessions::decode(rest.substr(length));
  if (!store || !sessions) return std::nullopt;
  return State{std::move(*store), std::move(sessions).value()};
}

}  // namespace capsize::replica
