#include "node/kv/command.h"

#include <utility>

#include "node/base/check.h"
#include "node/kv/byte_codec.h"

namespace capsize::kv {
namespace {

// Command: version 1, operation, client u64, sequence u64, key, value, expected (length u32,
// bytes). Reply:   version 1, outcome, value, error.
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kErrorBytesMax = 256;

base::Error malformed(const std::string& what) {
  return {"malformed command: " + what};
}

bool known(Operation operation) {
  return operation >= Operation::kRead && operation <= Operation::kDelete;
}

}  // namespace

base::Status validate(const Command& command) {
  if (!known(command.operation)) return malformed("unknown operation");
  if (command.key.size() > kKeyBytesMax) return malformed("key is too long");
  if (command.value.size() > kValueBytesMax) return malformed("value is too long");
  if (command.expected.size() > kValueBytesMax) return malformed("expected value is too long");
  const bool takes_value =
      command.operation != Operation::kRead && command.operation != Operation::kDelete;
  if (command.value.empty() == takes_value) {
    return malformed(takes_value ? "value is missing" : "this operation takes no value");
  }
  const bool takes_expected = command.operation == Operation::kCas;
  if (command.expected.empty() == takes_expected) {
    return malformed(takes_expected ? "expected value is missing" : "only cas expects a value");
  }
  return {};
}

std::string encode(const Command& command) {
  CHECK(validate(command).ok(), "only well-formed commands are encoded");
  ByteWriter out;
  out.reserve(30 + command.key.size() + command.value.size() + command.expected.size());
  out.u8(kVersion);
  out.u8(static_cast<std::uint8_t>(command.operation));
  out.u64(command.client.value());
  out.u64(command.sequence.value());
  out.text(command.key);
  out.text(command.value);
  out.text(command.expected);
  return std::move(out).take();
}

base::Result<Command> decode_command(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kVersion) return malformed("version is not 1");
  Command command;
  command.operation = static_cast<Operation>(in.u8());
  command.client = ClientId{in.u64()};
  command.sequence = Sequence{in.u64()};
  command.key = in.text(kKeyBytesMax);
  command.value = in.text(kValueBytesMax);
  command.expected = in.text(kValueBytesMax);
  if (!in.ok()) return malformed("cut short, or a field is over its bound");
  if (!in.at_end()) return malformed("bytes behind the end");
  if (const base::Status status = validate(command); !status.ok()) return status.error();
  return command;
}

std::string encode(const Reply& reply) {
  CHECK(reply.value.size() <= kValueBytesMax && reply.error.size() <= kErrorBytesMax,
        "only replies within their bounds are encoded");
  ByteWriter out;
  out.u8(kVersion);
  out.u8(static_cast<std::uint8_t>(reply.outcome));
  out.text(reply.value);
  out.text(reply.error);
  return std::move(out).take();
}

base::Result<Reply> decode_reply(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kVersion) return base::Error{"malformed reply: version is not 1"};
  Reply reply;
  reply.outcome = static_cast<Outcome>(in.u8());
  reply.value = in.text(kValueBytesMax);
  reply.error = in.text(kErrorBytesMax);
  if (!in.ok() || !in.at_end()) return base::Error{"malformed reply: wrong length"};
  if (reply.outcome < Outcome::kOk || reply.outcome > Outcome::kInfo) {
    return base::Error{"malformed reply: unknown outcome"};
  }
  return reply;
}

}  // namespace capsize::kv
