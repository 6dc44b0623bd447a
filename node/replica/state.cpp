#include "node/replica/state.h"

#include "node/bugs/seeded_bug.h"
#include "node/kv/byte_codec.h"

namespace capsize::replica {
namespace {

constexpr std::size_t kLengthBytes = 8;

}  // namespace

std::string FrozenState::encode() const {
  std::string bytes(kLengthBytes, '\0');
  store_.append_to(bytes);
  kv::ByteWriter length;
  length.u64(bytes.size() - kLengthBytes);
  bytes.replace(0, kLengthBytes, std::move(length).take());
  return bytes += SEEDED_BUG("sessions-not-in-snapshot") ? kv::Sessions().encode() : sessions_;
}

std::optional<State> decode_state(std::string_view bytes, std::uint64_t store_bytes_max) {
  if (bytes.size() < kLengthBytes) return std::nullopt;
  const std::uint64_t length = kv::ByteReader(bytes.substr(0, kLengthBytes)).u64();
  const std::string_view rest = bytes.substr(kLengthBytes);
  if (length > rest.size()) return std::nullopt;
  auto store = kv::Store::deserialize(rest.substr(0, length), store_bytes_max);
  auto sessions = kv::Sessions::decode(rest.substr(length));
  if (!store || !sessions) return std::nullopt;
  return State{std::move(*store), std::move(sessions).value()};
}

}  // namespace capsize::replica
