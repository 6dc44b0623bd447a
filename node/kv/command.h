// What a client asks of the key-value state machine, and what it learns. Values are canonical JSON
// text (no insignificant blanks), so that equality of values is equality of bytes.
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
/// Grows with each command of a client, from 1 on; a session tells a retry by it.
using Sequence = base::StrongNumber<struct SequenceTag>;
/// Index of the log entry that registered the session; 0 is none.
using SessionId = base::StrongNumber<struct SessionIdTag>;
/// Nanoseconds that leaders have measured, see sessions.h.
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

/// One step of a transaction. Numbers are in the log, too.
enum class StepKind : std::uint8_t { kRead = 1, kWrite = 2, kAppend = 3 };
/// `Text` is std::string, or std::string_view where a command is only looked at.
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
  Text expected;                       // cas: the value that must be there; "null": an absent key
  std::vector<BasicStep<Text>> steps;  // txn: carried out in this order, all of them or none
  SessionId session;                   // of a retriable command
  LogTime time;                        // stamped by the leader that proposes it
};
using Command = BasicCommand<std::string>;

/// Names one command of one client, in whichever entries of the log it arrives.
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

/// ok: took effect. fail: certainly neither took nor will take effect. info: anything else.
struct Reply {
  Outcome outcome = Outcome::kInfo;
  std::string value;  // JSON text. txn: its steps, reads filled in. read: "null" for an absent key;
                      // register: the session
  std::string error;  // fail, info: one word of the list in node/PROTOCOL.md
};

inline constexpr std::size_t kKeyBytesMax = 1024;
inline constexpr std::size_t kValueBytesMax = 1024 * 1024;
inline constexpr std::size_t kTxnStepsMax = 64;
/// Smaller than a value: the reply is kept for each session.
inline constexpr std::size_t kTxnReplyBytesMax = 64 * 1024;
inline constexpr std::size_t kErrorBytesMax = 256;

/// Whether carrying it out changes a key and tells nothing that was there before.
[[nodiscard]] bool changes_blindly(Operation operation);

/// Bounds, and exactly the fields that the operation takes. What a peer or a client sends is held
/// against this before anything else is done with it.
[[nodiscard]] base::Status validate(const Command& command);

/// What encode() writes; the first byte.
inline constexpr std::uint8_t kCommandVersion = 2;

/// The payload of a log entry: versioned, little endian; decode refuses what encode cannot make.
/// Version 1, which knew neither sessions nor time, is still read: it may be in a log.
/// Precondition of encode: validate(command).ok().
[[nodiscard]] std::string encode(const Command& command);
[[nodiscard]] base::Result<Command> decode_command(std::string_view bytes);
/// The operation of what decode_command() would decode; nothing where it would fail. Copies
/// nothing.
[[nodiscard]] std::optional<Operation> operation_of(std::string_view bytes);
[[nodiscard]] std::string encode(const Reply& reply);
[[nodiscard]] base::Result<Reply> decode_reply(std::string_view bytes);

}  // namespace capsize::kv
