// Records of messages: any bytes are read or refused, within the bound; what is shown is in the
// window, and every message has exactly one fate.
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/check.h"
#include "harness/evidence/message_history.h"
#include "nemesis/proxy/message_record.h"

namespace {

using namespace capsize;
constexpr std::size_t kBytes = nemesis::proxy::kMessageRecordBytes;

/// The path of a file in memory, which the reader opens like any other.
const std::string& path() {
  static const std::string made = "/dev/shm/message-record-fuzz-" + std::to_string(::getpid());
  static const bool registered = [] {
    return std::atexit([] { ::unlink(path().c_str()); }) == 0;
  }();
  (void)registered;
  return made;
}

/// The same records with a right header and right checks, few keys and near times: a fuzzer would
/// not guess them.
std::string plausible(std::string_view input) {
  std::string file(kBytes, '\0');
  nemesis::proxy::encode_message_file_header(1, file.data());
  std::int64_t time = 0;
  for (; input.size() >= 4; input.remove_prefix(4)) {
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(input[n]); };
    time += byte(0) % 8;
    const nemesis::proxy::MessageRecord record{
        .time_ns = time,
        .sequence = byte(1) % 4U,
        .index = byte(1),
        .waited_us = byte(2) / 64U,
        .from = static_cast<std::uint16_t>(1 + byte(1) / 128),
        .to = 3,
        .type = static_cast<decltype(record.type)>(1 + byte(2) % 14),
        .event = static_cast<nemesis::proxy::MessageEvent>(byte(3) % 12),
        .copy = byte(3) >= 128,
        .corrupted = false};
    file.resize(file.size() + kBytes);
    encode(record, file.data() + file.size() - kBytes);
  }
  return file;
}

void read(std::string_view bytes, const harness::MessageWindow& window) {
  std::ofstream(path(), std::ios::binary) << bytes;
  const auto read = harness::read_messages(path(), window);
  if (!read) return;
  CHECK(read.value().messages.size() <= window.messages_max, "the number is bounded");
  for (const auto& message : read.value().messages) {
    const bool arrived = message.arrived_ns.has_value();
    CHECK(message.sent_ns <= window.end, "it was sent before the window ended");
    CHECK(message.sent_ns >= window.begin || (!arrived || *message.arrived_ns >= window.begin),
          "it was sent or arrived within the window");
    const bool delivered = message.fate == harness::MessageFate::kDelivered ||
                           message.fate == harness::MessageFate::kDelayed;
    CHECK(arrived == delivered, "what was delivered has a time");
    CHECK(arrived || message.copies == 0, "copies are deliveries");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes, {.begin = 0, .end = 1'000'000'000'000, .messages_max = 10});
  std::string headed(kBytes, '\0');
  nemesis::proxy::encode_message_file_header(1, headed.data());
  headed += bytes;
  read(headed, {.begin = 100, .end = 1'000'000'000'000, .messages_max = 10});
  const std::string made = plausible(bytes);
  read(made, {.begin = 8, .end = 64, .messages_max = 5});
  read(made, {.begin = 0, .end = 10'000, .messages_max = 400, .focus = 20});
  return 0;
}
