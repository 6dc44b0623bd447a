#include "node/kv/command.h"

#include <utility>

#include "base/check.h"
#include "node/kv/byte_codec.h"

namespace capsize::kv {
namespace {

// Command: version, operation, from version 2 on session u64 and time u64, client u64,
// sequence u64, key, value, expected (length u32, bytes); a txn: count u32, and for each step
// kind u8, key, value.
// Reply:   version 1, outcome, value, error.
constexpr std::uint8_t kReplyVersion = 1;

base::Error malformed_command(const std::string& what) {
  return {"malformed command: " + what};
}

bool known(Operation operation) {
  return operation >= Operation::kRead && operation <= Operation::kTxn;
}

bool takes_value(Operation operation) {
  return operation == Operation::kWrite || operation == Operation::kCas ||
         operation == Operation::kAppend;
}

template <class Text>
base::Status validate_steps(const BasicCommand<Text>& command) {
  if (command.operation != Operation::kTxn) {
    return command.steps.empty() ? base::Status{} : malformed_command("only a txn has steps");
  }
  if (!command.key.empty()) return malformed_command("a txn has its keys in its steps");
  if (command.steps.empty() || command.steps.size() > kTxnStepsMax) {
    return malformed_command("a txn has 1 to 64 steps");
  }
  std::size_t bytes = 0;
  for (const BasicStep<Text>& step : command.steps) {
    if (step.kind < Step::Kind::kRead || step.kind > Step::Kind::kAppend) {
      return malformed_command("unknown kind of step");
    }
    if (step.key.size() > kKeyBytesMax) return malformed_command("key is too long");
    if (step.value.empty() != (step.kind == Step::Kind::kRead)) {
      return malformed_command("a step has a value unless it reads");
    }
    bytes += step.value.size();
  }
  // The bound on the sum implies the bound on each step's value.
  return bytes > kValueBytesMax ? malformed_command("values are too long together")
                                : base::Status{};
}

void encode_steps(const std::vector<Step>& steps, ByteWriter& out) {
  out.u32(static_cast<std::uint32_t>(steps.size()));
  for (const Step& step : steps) {
    out.u8(static_cast<std::uint8_t>(step.kind));
    out.text(step.key);
    out.text(step.value);
  }
}

template <class Text>
std::vector<BasicStep<Text>> decode_steps(ByteReader& in) {
  std::vector<BasicStep<Text>> steps;
  // The loop ends with the bytes, so a forged count allocates nothing. It reads one step more than
  // allowed, so that validate() refuses the command.
  const std::uint32_t count = in.u32();
  while (in.ok() && steps.size() < count && steps.size() <= kTxnStepsMax) {
    BasicStep<Text> step;
    step.kind = static_cast<StepKind>(in.u8());
    step.key = in.text(kKeyBytesMax);
    step.value = in.text(kValueBytesMax);
    steps.push_back(std::move(step));
  }
  return steps;
}

template <class Text>
base::Status validate_session(const BasicCommand<Text>& command) {
  if (command.operation == Operation::kRegister &&
      (!command.key.empty() || command.session != SessionId{0})) {
    return malformed_command("register takes neither a key nor a session");
  }
  if (command.session != SessionId{0} && command.sequence == Sequence{0}) {
    return malformed_command("sequences in a session begin at 1");
  }
  return {};
}

template <class Text>
base::Status validate_all(const BasicCommand<Text>& command) {
  if (!known(command.operation)) return malformed_command("unknown operation");
  if (command.key.size() > kKeyBytesMax) return malformed_command("key is too long");
  if (command.value.size() > kValueBytesMax) return malformed_command("value is too long");
  if (command.expected.size() > kValueBytesMax)
    return malformed_command("expected value is too long");
  if (command.value.empty() == takes_value(command.operation)) {
    return malformed_command(command.value.empty() ? "value is missing"
                                                   : "this operation takes no value");
  }
  const bool takes_expected = command.operation == Operation::kCas;
  if (command.expected.empty() == takes_expected) {
    return malformed_command(takes_expected ? "expected value is missing"
                                            : "only cas expects a value");
  }
  if (base::Status status = validate_steps(command); !status) return status;
  return validate_session(command);
}

template <class Text>
base::Result<BasicCommand<Text>> decode_as(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint8_t version = in.u8();
  if (version < 1 || version > kCommandVersion)
    return malformed_command("version is neither 1 nor 2");
  BasicCommand<Text> command;
  command.operation = static_cast<Operation>(in.u8());
  if (version >= 2) {
    command.session = SessionId{in.u64()};
    command.time = LogTime{in.u64()};
  }
  command.client = ClientId{in.u64()};
  command.sequence = Sequence{in.u64()};
  command.key = in.text(kKeyBytesMax);
  command.value = in.text(kValueBytesMax);
  command.expected = in.text(kValueBytesMax);
  if (command.operation == Operation::kTxn) command.steps = decode_steps<Text>(in);
  if (!in.ok()) return malformed_command("truncated, or a field is over its bound");
  if (!in.at_end()) return malformed_command("bytes after the end");
  if (const base::Status status = validate_all(command); !status.ok()) return status.error();
  return command;
}

}  // namespace

bool changes_blindly(Operation operation) {
  return operation == Operation::kWrite || operation == Operation::kAppend ||
         operation == Operation::kDelete;
}

base::Status validate(const Command& command) {
  return validate_all(command);
}

std::string encode(const Command& command) {
  CHECK(validate(command).ok(), "only well-formed commands are encoded");
  ByteWriter out;
  out.reserve(46 + command.key.size() + command.value.size() + command.expected.size());
  out.u8(kCommandVersion);
  out.u8(static_cast<std::uint8_t>(command.operation));
  out.u64(command.session.value());
  out.u64(command.time.value());
  out.u64(command.client.value());
  out.u64(command.sequence.value());
  out.text(command.key);
  out.text(command.value);
  out.text(command.expected);
  if (command.operation == Operation::kTxn) encode_steps(command.steps, out);
  return std::move(out).take();
}

base::Result<Command> decode_command(std::string_view bytes) {
  return decode_as<std::string>(bytes);
}

std::optional<Operation> operation_of(std::string_view bytes) {
  const auto command = decode_as<std::string_view>(bytes);
  if (!command) return std::nullopt;
  return command.value().operation;
}

std::string encode(const Reply& reply) {
  CHECK(reply.value.size() <= kValueBytesMax && reply.error.size() <= kErrorBytesMax,
        "only replies within their bounds are encoded");
  ByteWriter out;
  out.u8(kReplyVersion);
  out.u8(static_cast<std::uint8_t>(reply.outcome));
  out.text(reply.value);
  out.text(reply.error);
  return std::move(out).take();
}

base::Result<Reply> decode_reply(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kReplyVersion) return base::Error{"malformed reply: version is not 1"};
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
