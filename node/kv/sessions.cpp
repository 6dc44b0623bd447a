#include "node/kv/sessions.h"

#include <algorithm>
#include <utility>

#include "node/kv/byte_codec.h"
#include "node/kv/store.h"

namespace capsize::kv {
namespace {

// State: version 1, time u64, count u32, and for each session in ascending order of ids: id u64,
// active u64, sequence u64, the encoded reply (length u32, bytes).
constexpr std::uint8_t kSessionsVersion = 1;
constexpr std::size_t kReplyBytesMax = kValueBytesMax + kErrorBytesMax + 16;

base::Error malformed_sessions(const std::string& what) {
  return {"malformed sessions: " + what};
}

}  // namespace

Reply Sessions::apply(Store& store, const Command& command, SessionId entry) {
  time_ = std::max(time_, command.time);
  if (command.operation == Operation::kRegister) return open(entry);
  if (command.session == SessionId{0}) return store.apply(command);
  return apply_in_session(store, command);
}

Reply Sessions::open(SessionId id) {
  // Expired sessions are removed here and not with every command: only a full table needs the
  // space.
  std::erase_if(sessions_, [this](const auto& entry) { return expired(entry.second); });
  if (sessions_.size() >= limits_.sessions_max) return {Outcome::kFail, "", "too-many-sessions"};
  sessions_.insert_or_assign(id, Session{time_, {}, {}});
  return {Outcome::kOk, std::to_string(id.value()), ""};
}

Reply Sessions::apply_in_session(Store& store, const Command& command) {
  const auto found = sessions_.find(command.session);
  if (found == sessions_.end()) return {Outcome::kFail, "", "unknown-session"};
  Session& session = found->second;
  if (expired(session)) {
    sessions_.erase(found);
    return {Outcome::kFail, "", "unknown-session"};
  }
  session.active = time_;
  if (command.sequence < session.sequence) return {Outcome::kInfo, "", "stale-sequence"};
  // A gap is allowed: the client gives up a command by sending the next one. From then on a late
  // copy of the old one is stale, and so cannot take effect after the new one (thesis 6.3).
  if (command.sequence > session.sequence) {
    session.sequence = command.sequence;
    session.reply = store.apply(command);
    // Reads bypass the log. If the log contains one all the same, its value must not fill the
    // table.
    if (session.reply.value.size() > kTxnReplyBytesMax + 1) {
      session.reply = {Outcome::kFail, "", "too-large"};
    }
  }
  return session.reply;
}

bool Sessions::expired(const Session& session) const {
  return time_ - session.active > static_cast<std::uint64_t>(limits_.idle_max.count());
}

std::string Sessions::encode() const {
  ByteWriter out;
  out.u8(kSessionsVersion);
  out.u64(time_.value());
  out.u32(static_cast<std::uint32_t>(sessions_.size()));
  for (const auto& [id, session] : sessions_) {
    out.u64(id.value());
    out.u64(session.active.value());
    out.u64(session.sequence.value());
    out.text(kv::encode(session.reply));
  }
  return std::move(out).take();
}

base::Result<Sessions> Sessions::decode(std::string_view bytes, SessionLimits limits) {
  ByteReader in(bytes);
  if (in.u8() != kSessionsVersion) return malformed_sessions("version is not 1");
  Sessions sessions(limits);
  sessions.time_ = LogTime{in.u64()};
  const std::uint32_t count = in.u32();
  if (count > limits.sessions_max) return malformed_sessions("more sessions than the limit");
  SessionId previous;
  for (std::uint32_t i = 0; i < count; ++i) {
    const SessionId id{in.u64()};
    const LogTime active{in.u64()};
    const Sequence sequence{in.u64()};
    auto reply = decode_reply(in.text(kReplyBytesMax));
    if (!in.ok()) return malformed_sessions("truncated, or a reply is over its bound");
    if (!reply) return reply.error();
    if (id <= previous) return malformed_sessions("ids are not ascending");
    if (active > sessions.time_) return malformed_sessions("active later than the state's time");
    previous = id;
    sessions.sessions_.emplace_hint(sessions.sessions_.end(), id,
                                    Session{active, sequence, std::move(reply).value()});
  }
  if (!in.ok() || !in.at_end()) return malformed_sessions("wrong length");
  return sessions;
}

std::uint64_t Sessions::hash(std::uint64_t start) const {
  return absorb(start, encode());
}

}  // namespace capsize::kv
