#include "node/wire/header.h"

#include <charconv>

#include "base/check.h"
#include "base/crc32c.h"
#include "node/wire/little_endian.h"

namespace capsize::wire {
namespace {

constexpr std::uint32_t kMagic = 0x5a535043;  // "CPSZ" in memory
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kChecksumOffset = 68;

constexpr std::array<std::string_view, kMessageTypeCount> kTypeNames = {
    "",
    "RequestVote",
    "RequestVoteReply",
    "PreVote",
    "PreVoteReply",
    "AppendEntries",
    "Heartbeat",
    "AppendEntriesReply",
    "ReadIndexRequest",
    "ReadIndexReply",
    "Forward",
    "ForwardReply",
    "InstallSnapshot",
    "InstallSnapshotReply",
    "TimeoutNow",
};

constexpr std::array<std::string_view, kHeaderErrorCount> kErrorNames = {
    "wrong-length",   "wrong-magic", "wrong-version", "wrong-run",
    "wrong-checksum", "wrong-type",  "wrong-receiver"};

std::uint32_t checksum(const char* header, std::string_view payload) {
  return base::crc32c(payload, base::crc32c({header, kChecksumOffset}));
}

}  // namespace

std::string_view name(MessageType type) {
  const auto number = static_cast<std::size_t>(type);
  CHECK(number > 0 && number < kMessageTypeCount, "a message type is valid");
  return kTypeNames[number];
}

std::optional<MessageType> parse_type(std::string_view text) {
  for (std::size_t number = 1; number < kMessageTypeCount; ++number) {
    if (kTypeNames[number] == text) return static_cast<MessageType>(number);
  }
  return std::nullopt;
}

std::string_view name(HeaderError error) {
  return kErrorNames.at(static_cast<std::size_t>(error));
}

std::string node_name(std::uint32_t number) {
  return "n" + std::to_string(number);
}

std::optional<std::uint32_t> parse_node_name(std::string_view text) {
  // A leading zero would give one node two names.
  if (text.size() < 2 || text[0] != 'n' || text[1] == '0') return std::nullopt;
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc{} || stop != end || number > kNodeNumberMax) return std::nullopt;
  return number;
}

HeaderFrame encode(const Header& header, std::string_view payload) {
  CHECK(payload.size() <= kPayloadBytesMax, "a payload fits into one message");
  HeaderFrame frame;
  char* at = frame.data();
  put(at + 0, kMagic);
  put(at + 4, kVersion);
  put(at + 6, static_cast<std::uint16_t>(header.type));
  put(at + 8, header.run_id);
  put(at + 16, header.from);
  put(at + 20, header.to);
  put(at + 24, header.incarnation);
  put(at + 32, header.sequence);
  put(at + 40, header.sent_ns);
  put(at + 48, header.term);
  put(at + 56, header.index);
  put(at + 64, static_cast<std::uint32_t>(payload.size()));
  put(at + kChecksumOffset, checksum(at, payload));
  return frame;
}

std::variant<Header, HeaderError> decode(std::string_view frame, std::string_view payload,
                                         const Expected& expected) {
  if (frame.size() != kHeaderBytes || payload.size() > kPayloadBytesMax) {
    return HeaderError::kLength;
  }
  const char* at = frame.data();
  if (get<std::uint32_t>(at) != kMagic) return HeaderError::kMagic;
  if (get<std::uint16_t>(at + 4) != kVersion) return HeaderError::kVersion;
  Header header;
  header.run_id = get<std::uint64_t>(at + 8);
  if (header.run_id != expected.run_id) return HeaderError::kRun;
  if (get<std::uint32_t>(at + 64) != payload.size()) return HeaderError::kLength;
  if (get<std::uint32_t>(at + kChecksumOffset) != checksum(at, payload)) {
    return HeaderError::kChecksum;
  }
  const auto type = get<std::uint16_t>(at + 6);
  if (type == 0 || type >= kMessageTypeCount) return HeaderError::kType;
  header.type = static_cast<MessageType>(type);
  header.from = get<std::uint32_t>(at + 16);
  header.to = get<std::uint32_t>(at + 20);
  if (header.to != expected.to || header.from == 0 || header.from == header.to ||
      (expected.from != 0 && header.from != expected.from)) {
    return HeaderError::kReceiver;
  }
  header.incarnation = get<std::uint64_t>(at + 24);
  header.sequence = get<std::uint64_t>(at + 32);
  header.sent_ns = get<std::int64_t>(at + 40);
  header.term = get<std::uint64_t>(at + 48);
  header.index = get<std::uint64_t>(at + 56);
  return header;
}

}  // namespace capsize::wire
