// Payload frames: the first byte is the type. What decodes encodes to the same bytes.
#include "base/check.h"
#include "node/codec/peer_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capsize;
  if (size == 0) return 0;
  wire::Header header;
  header.type = static_cast<wire::MessageType>(1 + data[0] % (wire::kMessageTypeCount - 1));
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto message = codec::decode_payload(header, payload);
  if (!message) return 0;
  CHECK(codec::describe(*message).type == header.type, "a payload is of the type of its header");
  std::string again;
  codec::encode_payload(*message, again);
  CHECK(again == payload, "a payload has one encoding");
  return 0;
}
