// The messages between the nodes around a moment, from the proxy's record (messages.bin, format in
// nemesis/proxy/message_record.h): sender, receiver, time, and what the proxy did with each.
//
// The proxy appends what happens; this joins the events of one message. The file may be large (256
// MiB), cut, damaged or forged: records are validated one by one, what is not plausible
// is counted and skipped, and memory depends on `messages_max` only. The beginning of the window is
// found by binary search, because the times of the records rise.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nemesis/model/cluster.h"

namespace capsize::harness {

enum class MessageFate : std::uint8_t {
  kDelivered,  // at once
  kDelayed,    // later: it was delayed, held or overtaken, or a copy of it was replayed
  kStopped,    // by a rule, such as a cut; no copy of it was delivered
  kLost,       // the receiver's socket refused it, or the proxy had no room for it to wait
  kWaiting,    // it still waited where the reader stopped
};
/// "delivered", "delayed", "stopped", "lost", "waiting".
[[nodiscard]] std::string_view name(MessageFate fate);

struct MessageEvents {
  nemesis::Node from = 0;
  nemesis::Node to = 0;
  std::string_view type;  // "AppendEntries", …; a constant of the program
  std::uint64_t term = 0;
  std::uint64_t index = 0;  // its meaning depends on the type (node/wire/header.h)
  std::uint32_t incarnation = 0;
  std::uint64_t sequence = 0;  // of the link, in this incarnation of the sender
  /// When the proxy read it; may be before the window for one that arrived within it.
  std::int64_t sent_ns = 0;
  /// When the first copy went to the receiver; nothing: none did, as far as was read.
  std::optional<std::int64_t> arrived_ns;
  MessageFate fate = MessageFate::kWaiting;
  std::uint64_t copies = 0;  // deliveries beyond the first
  bool corrupted = false;    // a rule flipped bits, so the receiver drops what arrives
};

struct MessageWindow {
  /// Nanoseconds on CLOCK_MONOTONIC, as in traces; both ends are included.
  std::int64_t begin = 0;
  std::int64_t end = 0;
  /// If more messages are in the window, those are kept that tell most: heartbeats go first, then
  /// entries and reads that arrived at once; among equals the ones farther from `focus`.
  std::size_t messages_max = 400;
  std::optional<std::int64_t> focus = {};  // nothing: the end
};

struct MessageHistory {
  std::vector<MessageEvents> messages;  // by sent_ns, then in the order of the file
  std::uint64_t left_out = 0;           // messages of the window beyond the bound
  std::uint64_t damaged = 0;            // records skipped because they are not plausible
  /// Events within the window that the proxy could not record: its disk was too slow.
  std::uint64_t unrecorded = 0;
  /// The record ended before the window did: it had reached its size (--messages-max), or the run
  /// or the proxy ended. Messages may be missing after `recorded_until` (nothing: no record).
  bool ended_early = false;
  std::optional<std::int64_t> recorded_until;
};

/// Reads the messages that were sent or arrived within the window. Reads a bounded distance beyond
/// its end, to find out what became of those that waited. Error: the file cannot be read, or is no
/// record of messages of a known version; names the file. Never fails because of records.
[[nodiscard]] base::Result<MessageHistory> read_messages(const std::filesystem::path& file,
                                                         const MessageWindow& window);

}  // namespace capsize::harness
