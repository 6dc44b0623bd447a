#include "node/codec/peer_codec.h"

#include "node/codec/overloaded.h"
#include "node/wire/little_endian.h"

namespace capsize::codec {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::InstallSnapshot;
using raft::InstallSnapshotReply;
using raft::ReadIndexReply;
using raft::ReadIndexRequest;
using raft::RequestVote;
using raft::RequestVoteReply;
using raft::TimeoutNow;
using replica::Forward;
using replica::ForwardReply;
using wire::append;
using wire::MessageType;
using wire::Reader;

/// Keeps terms and indexes far from where next() would wrap around.
constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 62;
// Half of that, so that a log can still grow after the largest index that a snapshot may claim.
constexpr std::uint64_t kIndexMax = std::uint64_t{1} << 61;
constexpr std::size_t kEntryHeaderBytes = 13;  // term, type, length

void put_entry_id(std::string& out, const raft::EntryId& id) {
  append(out, id.term.value());
  append(out, id.index.value());
}

// An AppendEntriesReply begins with 0 (refused), 1 (success) or 2 (AppendEntriesReply::lost).
constexpr std::uint8_t kRefusedAfterLoss = 2;

void put_flag(std::string& out, bool flag) {
  append(out, static_cast<std::uint8_t>(flag));
}

void put(std::string& out, const RequestVote& body) {
  put_entry_id(out, body.last);
  put_flag(out, body.transfer);
}

void put(std::string&, const TimeoutNow&) {}

void put(std::string& out, const RequestVoteReply& body) {
  append(out, body.round.value());
  put_flag(out, body.granted);
}

void put(std::string& out, const AppendEntries& body) {
  std::size_t bytes = 36;
  for (const raft::Entry& entry : body.entries) bytes += kEntryHeaderBytes + entry.payload->size();
  out.reserve(bytes);
  put_entry_id(out, body.previous);
  append(out, body.commit.value());
  append(out, body.read_round.value());
  append(out, static_cast<std::uint32_t>(body.entries.size()));
  raft::Index expected = body.previous.index;
  for (const raft::Entry& entry : body.entries) {
    CHECK(entry.index == ++expected, "the entries of one AppendEntries are contiguous");
    append(out, entry.term.value());
    append(out, static_cast<std::uint8_t>(entry.type));
    append(out, static_cast<std::uint32_t>(entry.payload->size()));
    out += *entry.payload;
  }
}

void put(std::string& out, const AppendEntriesReply& body) {
  append(out, static_cast<std::uint8_t>(body.lost ? kRefusedAfterLoss : body.success ? 1 : 0));
  append(out, body.match.value());
  put_entry_id(out, body.conflict);
  append(out, body.rejected.value());
  append(out, body.read_round.value());
}

void put(std::string& out, const ReadIndexRequest& body) {
  append(out, body.id);
}

void put(std::string& out, const ReadIndexReply& body) {
  append(out, body.id);
  put_flag(out, body.index.has_value());
  append(out, body.index.value_or(raft::Index(0)).value());
}

void put(std::string& out, const Forward& body) {
  append(out, body.id.value());
  append(out, body.incarnation);
  out += kv::encode(body.command);
}

void put(std::string& out, const ForwardReply& body) {
  append(out, body.id.value());
  append(out, body.incarnation);
  out += kv::encode(body.reply);
}

void put(std::string& out, const InstallSnapshot& body) {
  const std::string configuration = raft::encode(body.configuration);
  out.reserve(59 + configuration.size() + body.piece.size());
  put_entry_id(out, body.last.id);
  append(out, body.last.hash);
  append(out, body.size);
  append(out, body.checksum);
  append(out, body.offset);
  put_flag(out, body.is_last());
  append(out, static_cast<std::uint16_t>(configuration.size()));
  out += configuration;
  append(out, static_cast<std::uint32_t>(body.piece.size()));
  out += body.piece;
}

void put(std::string& out, const InstallSnapshotReply& body) {
  put_entry_id(out, body.last);
  append(out, body.wanted);
  put_flag(out, body.installed);
}

/// Reads terms, indexes and rounds. A number above its bound makes the payload as invalid as a
/// missing byte.
class NumberReader : public Reader {
 public:
  using Reader::Reader;
  template <class Strong>
  Strong strong() {
    const auto value = number<std::uint64_t>();
    const bool is_index = std::is_same_v<Strong, raft::Index>;
    in_bounds_ = in_bounds_ && (is_index ? value <= kIndexMax : value < kNumberMax);
    return Strong(value);
  }
  raft::EntryId entry_id() {
    const auto term = strong<raft::Term>();
    return {term, strong<raft::Index>()};
  }
  [[nodiscard]] bool in_bounds() const { return in_bounds_; }

 private:
  bool in_bounds_ = true;
};

/// Whether the payload is valid for the entry's type. A node could store and commit any other
/// payload, but would fail to apply it: on every replica, and again after each restart.
bool is_content_of(raft::EntryType type, std::string_view payload) {
  switch (type) {
    case raft::EntryType::kNoop:
      return payload.empty();
    case raft::EntryType::kConfiguration: {
      const auto configuration = raft::decode_configuration(payload);
      return configuration && !configuration->empty();
    }
    case raft::EntryType::kNormal:
    case raft::EntryType::kSession: {
      const auto operation = kv::operation_of(payload);
      if (!operation || operation == kv::Operation::kRead) return false;
      const bool opens = operation == kv::Operation::kRegister;
      return opens == (type == raft::EntryType::kSession);
    }
    case raft::EntryType::kSnapshotMark:
      break;  // never part of a replicated log
  }
  return false;
}

RequestVote get_request_vote(NumberReader& in, bool pre_vote) {
  const raft::EntryId last = in.entry_id();
  return {pre_vote, last, in.flag()};
}

RequestVoteReply get_request_vote_reply(NumberReader& in, bool pre_vote) {
  const auto round = in.strong<raft::Term>();
  return {pre_vote, round, in.flag()};
}

std::optional<AppendEntries> get_append_entries(NumberReader& in, bool heartbeat) {
  AppendEntries body;
  body.previous = in.entry_id();
  body.commit = in.strong<raft::Index>();
  body.read_round = in.strong<raft::ReadRound>();
  const auto count = in.number<std::uint32_t>();
  // Checked before reserve(): a forged count must not allocate more than the frame's size
  // justifies.
  if (!in.ok() || count > in.left() / kEntryHeaderBytes || (count == 0) != heartbeat) {
    return std::nullopt;
  }
  body.entries.reserve(count);
  raft::Index index = body.previous.index;
  for (std::uint32_t i = 0; i < count; ++i) {
    raft::Entry entry;
    entry.term = in.strong<raft::Term>();
    entry.index = ++index;
    const auto type = in.number<std::uint8_t>();
    if (type < static_cast<std::uint8_t>(raft::EntryType::kNormal) ||
        type > static_cast<std::uint8_t>(raft::EntryType::kSnapshotMark)) {
      return std::nullopt;
    }
    entry.type = static_cast<raft::EntryType>(type);
    const auto length = in.number<std::uint32_t>();
    const std::string_view payload = in.bytes(length);
    if (!in.ok() || !is_content_of(entry.type, payload)) return std::nullopt;
    entry.payload = std::make_shared<const std::string>(payload);
    body.entries.push_back(std::move(entry));
  }
  return body;
}

std::optional<AppendEntriesReply> get_append_entries_reply(NumberReader& in) {
  AppendEntriesReply body;
  const auto outcome = in.number<std::uint8_t>();
  if (outcome > kRefusedAfterLoss) return std::nullopt;
  body.success = outcome == 1;
  body.lost = outcome == kRefusedAfterLoss;
  body.match = in.strong<raft::Index>();
  body.conflict = in.entry_id();
  body.rejected = in.strong<raft::Index>();
  body.read_round = in.strong<raft::ReadRound>();
  return body;
}

std::optional<ReadIndexReply> get_read_index_reply(NumberReader& in) {
  ReadIndexReply body;
  body.id = in.number<std::uint64_t>();
  const bool has_index = in.flag();
  const auto index = in.strong<raft::Index>();
  if (has_index) body.index = index;
  if (!has_index && index != raft::Index(0)) return std::nullopt;
  return body;
}

std::optional<InstallSnapshot> get_install_snapshot(NumberReader& in) {
  InstallSnapshot body;
  body.last.id = in.entry_id();
  body.last.hash = in.number<std::uint64_t>();
  body.size = in.number<std::uint64_t>();
  body.checksum = in.number<std::uint32_t>();
  body.offset = in.number<std::uint64_t>();
  const bool last = in.flag();
  const auto configuration = raft::decode_configuration(in.bytes(in.number<std::uint16_t>()));
  const auto length = in.number<std::uint32_t>();
  // Compares differences, not sums, so that no value from the sender can wrap around.
  if (!in.ok() || !configuration || body.size > raft::kSnapshotBytesMax ||
      body.offset > body.size || length != in.left() || length > body.size - body.offset) {
    return std::nullopt;
  }
  body.configuration = *configuration;
  body.piece = in.bytes(length);
  if (last != body.is_last()) return std::nullopt;
  return body;
}

std::optional<InstallSnapshotReply> get_install_snapshot_reply(NumberReader& in) {
  InstallSnapshotReply body;
  body.last = in.entry_id();
  body.wanted = in.number<std::uint64_t>();
  body.installed = in.flag();
  if (body.wanted > raft::kSnapshotBytesMax) return std::nullopt;
  return body;
}

template <class Body, class Decode>
std::optional<Body> get_forwarded(NumberReader& in, Decode decode) {
  const replica::RequestId id(in.number<std::uint64_t>());
  const auto incarnation = in.number<std::uint64_t>();
  auto content = decode(in.bytes(in.left()));
  if (!in.ok() || !content) return std::nullopt;
  return Body{id, incarnation, std::move(content).value()};
}

/// An older version may be in a log, but no peer sends it: a payload has exactly one encoding.
base::Result<kv::Command> decode_forwarded_command(std::string_view bytes) {
  if (bytes.empty() || static_cast<std::uint8_t>(bytes.front()) != kv::kCommandVersion) {
    return base::Error{"expected a forwarded command of the current version"};
  }
  return kv::decode_command(bytes);
}

using Body = decltype(replica::PeerMessage::body);

template <class T>
std::optional<Body> wrap(std::optional<T> body) {
  if (!body) return std::nullopt;
  if constexpr (std::is_same_v<T, Forward> || std::is_same_v<T, ForwardReply>) {
    return Body(std::move(*body));
  } else {
    return Body(raft::MessageBody(std::move(*body)));
  }
}

std::optional<Body> get_body(MessageType type, NumberReader& in) {
  switch (type) {
    case MessageType::kRequestVote:
    case MessageType::kPreVote:
      return wrap(std::optional(get_request_vote(in, type == MessageType::kPreVote)));
    case MessageType::kRequestVoteReply:
    case MessageType::kPreVoteReply:
      return wrap(std::optional(get_request_vote_reply(in, type == MessageType::kPreVoteReply)));
    case MessageType::kAppendEntries:
    case MessageType::kHeartbeat:
      return wrap(get_append_entries(in, type == MessageType::kHeartbeat));
    case MessageType::kAppendEntriesReply:
      return wrap(get_append_entries_reply(in));
    case MessageType::kReadIndexRequest:
      return wrap(std::optional(ReadIndexRequest{in.number<std::uint64_t>()}));
    case MessageType::kReadIndexReply:
      return wrap(get_read_index_reply(in));
    case MessageType::kInstallSnapshot:
      return wrap(get_install_snapshot(in));
    case MessageType::kInstallSnapshotReply:
      return wrap(get_install_snapshot_reply(in));
    case MessageType::kTimeoutNow:
      return wrap(std::optional(TimeoutNow{}));
    case MessageType::kForward:
      return wrap(get_forwarded<Forward>(in, decode_forwarded_command));
    case MessageType::kForwardReply:
      return wrap(get_forwarded<ForwardReply>(in, kv::decode_reply));
  }
  return std::nullopt;
}

Described describe_raft(const raft::MessageBody& message) {
  return std::visit(
      Overloaded{
          [](const RequestVote& body) -> Described {
            return {body.pre_vote ? MessageType::kPreVote : MessageType::kRequestVote,
                    body.last.index.value()};
          },
          [](const RequestVoteReply& body) -> Described {
            return {body.pre_vote ? MessageType::kPreVoteReply : MessageType::kRequestVoteReply, 0};
          },
          [](const AppendEntries& body) -> Described {
            return {body.entries.empty() ? MessageType::kHeartbeat : MessageType::kAppendEntries,
                    body.previous.index.value() + body.entries.size()};
          },
          [](const AppendEntriesReply& body) -> Described {
            return {MessageType::kAppendEntriesReply,
                    body.success ? body.match.value() : body.conflict.index.value()};
          },
          [](const InstallSnapshot& body) -> Described {
            return {MessageType::kInstallSnapshot, body.last.id.index.value()};
          },
          [](const InstallSnapshotReply& body) -> Described {
            return {MessageType::kInstallSnapshotReply,
                    body.installed ? body.last.index.value() : 0};
          },
          [](const TimeoutNow&) -> Described {
            return {MessageType::kTimeoutNow, 0};
          },
          [](const ReadIndexRequest&) -> Described {
            return {MessageType::kReadIndexRequest, 0};
          },
          [](const ReadIndexReply& body) -> Described {
            return {MessageType::kReadIndexReply, body.index.value_or(raft::Index(0)).value()};
          }},
      message);
}

}  // namespace

Described describe(const replica::PeerMessage& message) {
  return std::visit(Overloaded{[](const raft::MessageBody& body) { return describe_raft(body); },
                               [](const Forward&) -> Described {
                                 return {MessageType::kForward, 0};
                               },
                               [](const ForwardReply&) -> Described {
                                 return {MessageType::kForwardReply, 0};
                               }},
                    message.body);
}

void encode_payload(const replica::PeerMessage& message, std::string& out) {
  const auto put_body = [&out](const auto& body) { put(out, body); };
  std::visit(Overloaded{[&](const raft::MessageBody& body) { std::visit(put_body, body); },
                        [&](const Forward& body) { put(out, body); },
                        [&](const ForwardReply& body) { put(out, body); }},
             message.body);
}

std::optional<replica::PeerMessage> decode_payload(const wire::Header& header,
                                                   std::string_view payload) {
  if (header.term >= kNumberMax) return std::nullopt;
  NumberReader in(payload);
  auto body = get_body(header.type, in);
  if (!body || !in.finished() || !in.in_bounds()) return std::nullopt;
  return replica::PeerMessage{raft::NodeId(header.from), raft::NodeId(header.to),
                              raft::Term(header.term), std::move(*body)};
}

}  // namespace capsize::codec
