// The commands of the key-value state machine, and its replies. Values are canonical JSON text (no
// insignificant whitespace), so that equal values have equal bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"

namespace capsize::kv {

using ClientId = base::StrongNumber<struct ClientIdTag>;
/// Grows with each command of a client, from 1 on; a session recognises retries by it.
using Sequence = base::StrongNumber<struct SequenceTag>;
/// Index of the log entry that registered the session; 0 is none.
using SessionId = base::StrongNumber<struct SessionIdTag>;
/// Nanoseconds, stamped by leaders, see sessions.h.
using LogTime = base::StrongNumber<struct LogTimeTag>;

/// Numbers are in the log and on the wire: never renumber.
enum class Operation : std::uint8_t {
  kRead = 1,
  kWrite = 2,
  kCas = 3,
  kAppend = 4,
  kDelete = 5,
  kRegister = 6,
  kTxn = 7,
};

/// The kind of a transaction's step. The numbers are in the log as well.
enum class StepKind : std::uint8_t { kRead = 1, kWrite = 2, kAppend = 3 };
/// `Text` is std::string, or std::string_view to inspect an encoded command without copying.
template <class Text>
struct BasicStep {
  using Kind = StepKind;
  Kind kind = Kind::kRead;
  Text key;
  Text value;  // write: the value; append: the element; read: empty
};
using Step = BasicStep<std::string>;

template <class Text>
struct BasicCommand {
  ClientId client;
  Sequence sequence;
  Operation operation = Operation::kRead;
  Text key;
  Text value;                          // write: the value; cas: the new value; append: the element
  Text expected;                       // cas: the current value required; "null": an absent key
  std::vector<BasicStep<Text>> steps;  // txn: executed in this order, all of them or none
  SessionId session;                   // of a retriable command
  LogTime time;                        // stamped by the leader that proposes it
};
using Command = BasicCommand<std::string>;

/// Identifies a client's command. Several log entries may hold it: the original and its retries.
struct CommandId {
  SessionId session;
  ClientId client;
  Sequence sequence;
  friend auto operator<=>(const CommandId&, const CommandId&) = default;
};
[[nodiscard]] inline CommandId id_of(const Command& command) {
  return {command.session, command.client, command.sequence};
}

enum class Outcome : std::uint8_t { kOk = 1, kFail = 2, kInfo = 3 };

/// ok: took effect. fail: definitely has not taken effect and never will. info: indeterminate.
struct Reply {
  Outcome outcome = Outcome::kInfo;
  std::string value;  // JSON text. txn: its steps, reads filled in. read: "null" for an absent key;
                      // register: the session
  std::string error;  // fail, info: one of the errors listed in node/PROTOCOL.md, Clients
};

inline constexpr std::size_t kKeyBytesMax = 1024;
inline constexpr std::size_t kValueBytesMax = 1024 * 1024;
inline constexpr std::size_t kTxnStepsMax = 64;
/// Smaller than a value's bound: each session stores its latest reply.
inline constexpr std::size_t kTxnReplyBytesMax = 64 * 1024;
inline constexpr std::size_t kErrorBytesMax = 256;

/// Whether the operation changes a key and its reply reveals nothing about the previous value.
[[nodiscard]] bool changes_blindly(Operation operation);

/// Checks the bounds, and that exactly the fields of the operation are set. Commands from peers and
/// clients are validated before any other use.
[[nodiscard]] base::Status validate(const Command& command);

/// The version that encode() writes, in the first byte.
inline constexpr std::uint8_t kCommandVersion = 2;

/// The payload of a log entry: versioned, little endian; decode refuses anything that encode cannot
/// produce. Version 1, without session and time, is still read, since it may be in a log.
/// Precondition of encode: validate(command).ok().
[[nodiscard]] std::string encode(const Command& command);
[[nodiscard]] base::Result<Command> decode_command(std::string_view bytes);
/// The operation of the command that decode_command() would return; nullopt if it would fail.
/// Allocates no copy of keys and values.
[[nodiscard]] std::optional<Operation> operation_of(std::string_view bytes);
[[nodiscard]] std::string encode(const Reply& reply);
[[nodiscard]] base::Result<Reply> decode_reply(std::string_view bytes);

}  // namespace capsize::kv
