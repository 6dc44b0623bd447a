// Header frames: any bytes decode or yield an error; a decoded header encodes to the same bytes.
#include "base/check.h"
#include "node/wire/header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capsize;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view frame = bytes.substr(0, wire::kHeaderBytes);
  const std::string_view payload = bytes.substr(frame.size());
  const auto decoded = wire::decode(frame, payload, {/*run_id=*/0, /*to=*/2, /*from=*/0});
  if (const auto* header = std::get_if<wire::Header>(&decoded)) {
    const wire::HeaderFrame again = wire::encode(*header, payload);
    CHECK(frame == std::string_view(again.data(), again.size()), "a header has one encoding");
  }
  // The fuzzer cannot guess checksums: try the same fields with a correct one.
  wire::Header made;
  made.type = static_cast<wire::MessageType>(size % wire::kMessageTypeCount);
  made.from = size > 0 ? data[0] : 0;
  made.to = 2;
  const wire::HeaderFrame good = wire::encode(made, payload);
  (void)wire::decode({good.data(), good.size()}, payload, {0, 2, 0});
  return 0;
}
