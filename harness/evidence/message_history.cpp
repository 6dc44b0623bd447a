#include "harness/evidence/message_history.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "nemesis/proxy/message_record.h"

namespace capsize::harness {
namespace {

using nemesis::proxy::MessageEvent;
using nemesis::proxy::MessageRecord;

constexpr std::uint64_t kBytes = nemesis::proxy::kMessageRecordBytes;
constexpr std::size_t kChunkRecords = 4096;
// How far beyond the window the fate of waiting messages is looked for: some seconds of a busy run.
constexpr std::uint64_t kBeyondRecordsMax = 500'000;
constexpr std::size_t kMessagesMax = 100'000;

/// The records of a file, by number. A torn last record does not exist.
class RecordFile {
 public:
  explicit RecordFile(const std::filesystem::path& path) : file_(path, std::ios::binary) {
    file_.seekg(0, std::ios::end);
    const auto size = static_cast<std::int64_t>(file_.tellg());
    if (!file_ || size < 0) return;
    bytes_ = static_cast<std::uint64_t>(size);
  }
  /// Error: no file, or not a record of a known version.
  base::Status check_header() {
    std::array<char, kBytes> header;
    file_.clear();
    file_.seekg(0);
    file_.read(header.data(), header.size());
    if (file_.bad() || !file_.is_open()) return base::Error{"found no readable file"};
    return nemesis::proxy::check_message_file_header(
        {header.data(), static_cast<std::size_t>(file_.gcount())});
  }
  [[nodiscard]] std::uint64_t size() const { return bytes_ < kBytes ? 0 : bytes_ / kBytes - 1; }

  /// The record, if it is whole and plausible.
  std::optional<MessageRecord> at(std::uint64_t number) {
    if (number < first_ || number >= first_ + loaded_) load(number);
    if (number >= first_ + loaded_) return std::nullopt;
    return nemesis::proxy::decode_message_record(chunk_.data() + (number - first_) * kBytes);
  }
  /// As at(), without reading ahead: for jumps.
  std::optional<MessageRecord> probe(std::uint64_t number) {
    std::array<char, kBytes> bytes;
    file_.clear();
    file_.seekg(static_cast<std::streamoff>((number + 1) * kBytes));
    file_.read(bytes.data(), bytes.size());
    if (file_.gcount() < static_cast<std::streamsize>(kBytes)) return std::nullopt;
    return nemesis::proxy::decode_message_record(bytes.data());
  }

 private:
  void load(std::uint64_t number) {
    chunk_.resize(kChunkRecords * kBytes);
    file_.clear();
    file_.seekg(static_cast<std::streamoff>((number + 1) * kBytes));
    file_.read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
    first_ = number;
    loaded_ = static_cast<std::uint64_t>(std::max<std::streamsize>(file_.gcount(), 0)) / kBytes;
  }

  std::ifstream file_;
  std::uint64_t bytes_ = 0;
  std::vector<char> chunk_;
  std::uint64_t first_ = 0;
  std::uint64_t loaded_ = 0;
};

/// The number of the first record at or after a time. Damaged records have no time: the search
/// looks at the next plausible one, a bounded distance away.
std::uint64_t first_at(RecordFile& file, std::int64_t time) {
  constexpr std::uint64_t kDamagedRunMax = 1024;
  std::uint64_t begin = 0;
  std::uint64_t end = file.size();
  while (begin < end) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    std::uint64_t probe = middle;
    auto record = file.probe(probe);
    while (!record && ++probe < end && probe - middle < kDamagedRunMax) record = file.probe(probe);
    if (record && record->time_ns < time) {
      begin = probe + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;  // link, incarnation, sequence
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    const auto [link, incarnation, sequence] = key;
    return std::hash<std::uint64_t>()(sequence * 0x9e3779b97f4a7c15U ^
                                      (std::uint64_t{incarnation} << 32 | link));
  }
};
Key key_of(const MessageRecord& record) {
  return {std::uint32_t{record.from} << 16 | record.to, record.incarnation, record.sequence};
}

/// How much a message tells, 0 most: what elects, what the proxy interfered with, what carries
/// entries and reads, heartbeats.
unsigned tier_of(const MessageRecord& record) {
  const std::string_view type = type_name(record);
  const bool heartbeat = type == "Heartbeat";
  const bool elects = type.find("Vote") != type.npos || type == "TimeoutNow";
  if (elects || type.starts_with("InstallSnapshot")) return 0;
  const bool undisturbed = record.event == MessageEvent::kReadDelivered;
  if (heartbeat) return undisturbed ? 4 : 3;
  return undisturbed ? 2 : 1;
}

/// Joins the events of each message, and keeps the messages that tell most.
class MessageCollector {
 public:
  explicit MessageCollector(const MessageWindow& window)
      : window_(window),
        messages_max_(std::min(window.messages_max, kMessagesMax)),
        focus_(window.focus.value_or(window.end)) {}

  void add(const MessageRecord& record, std::uint64_t number) {
    if (record.time_ns > window_.end) return apply_to_kept(record);
    if (is_read(record.event)) return begin_message(record, number);
    const auto kept = by_key_.find(key_of(record));
    if (kept != by_key_.end()) return apply(record, kept->second->second);
    // Not kept: either it was sent before the window, or it gave way to others.
    if (sent_ns(record) < window_.begin) begin_message(record, number);
  }
  [[nodiscard]] bool waits_for_more() const { return waiting_ > 0; }

  MessageHistory finish() && {
    MessageHistory history;
    for (auto& [rank, tracked] : kept_) history.messages.push_back(finished(tracked));
    std::stable_sort(
        history.messages.begin(), history.messages.end(),
        [](const MessageEvents& a, const MessageEvents& b) { return a.sent_ns < b.sent_ns; });
    history.left_out = left_out_;
    return history;
  }

 private:
  struct Tracked {
    MessageEvents message;
    std::uint64_t deliveries = 0;
    bool at_once = false;
    bool waits = false;
    bool stopped = false;
    bool copies_only = false;  // it was sent, and left or not, before the window
  };
  using Rank = std::tuple<unsigned, std::uint64_t, std::uint64_t>;  // tier, distance, number
  using Kept = std::map<Rank, Tracked>;

  static std::int64_t sent_ns(const MessageRecord& record) {
    return record.time_ns - std::int64_t{record.waited_us} * 1000;
  }

  std::uint64_t distance(std::int64_t time) const {
    // As unsigned numbers: a forged time may be so large that the difference overflows.
    const auto a = static_cast<std::uint64_t>(time);
    const auto b = static_cast<std::uint64_t>(focus_);
    return time >= focus_ ? a - b : b - a;
  }

  void begin_message(const MessageRecord& record, std::uint64_t number) {
    if (messages_max_ == 0) {
      ++left_out_;
      return;
    }
    const Rank rank{tier_of(record), distance(record.time_ns), number};
    if (kept_.size() >= messages_max_) {
      ++left_out_;
      const auto last = std::prev(kept_.end());
      if (last->first < rank) return;
      drop(last);
    }
    const Key key = key_of(record);
    const auto kept = kept_.emplace(rank, Tracked{.message = first_of(record)}).first;
    kept->second.copies_only = record.copy;
    // Assigned: a sender that has lost its disk, or a forged file, may have used the key before.
    by_key_[key] = kept;
    apply(record, kept->second);
  }

  void drop(Kept::iterator kept) {
    if (kept->second.waits) --waiting_;
    const auto named = by_key_.find(key_of(kept->second.message));
    if (named != by_key_.end() && named->second == kept) by_key_.erase(named);
    kept_.erase(kept);
  }

  static Key key_of(const MessageEvents& message) {
    return {nemesis::wire_number(message.from) << 16 | nemesis::wire_number(message.to),
            message.incarnation, message.sequence};
  }
  static Key key_of(const MessageRecord& record) { return harness::key_of(record); }

  /// Precondition: a number that decode_message_record() accepts.
  static nemesis::Node node_of(std::uint16_t number) {
    return *nemesis::node_of("n" + std::to_string(number));
  }

  static MessageEvents first_of(const MessageRecord& record) {
    return {.from = node_of(record.from),
            .to = node_of(record.to),
            .type = type_name(record),
            .term = record.term,
            .index = record.index,
            .incarnation = record.incarnation,
            .sequence = record.sequence,
            .sent_ns = sent_ns(record)};
  }

  void apply_to_kept(const MessageRecord& record) {
    if (is_read(record.event)) return;
    const auto kept = by_key_.find(key_of(record));
    if (kept != by_key_.end()) apply(record, kept->second->second);
  }

  void apply(const MessageRecord& record, Tracked& tracked) {
    const bool waited = std::exchange(tracked.waits, waits_after(record, tracked.waits));
    waiting_ += static_cast<std::uint64_t>(tracked.waits) - static_cast<std::uint64_t>(waited);
    tracked.message.corrupted |= record.corrupted;
    switch (record.event) {
      case MessageEvent::kReadDelivered:
      case MessageEvent::kDelivered:
        if (tracked.deliveries++ > 0) return;
        tracked.at_once = record.event == MessageEvent::kReadDelivered;
        tracked.message.arrived_ns = record.time_ns;
        return;
      case MessageEvent::kReadStopped:
      case MessageEvent::kStopped:
        tracked.stopped = true;
        return;
      default:
        return;
    }
  }

  static bool waits_after(const MessageRecord& record, bool waits) {
    if (record.event == MessageEvent::kReadWaits) return true;
    return waits && record.copy;  // only the message itself, not a copy, ends its waiting
  }

  static MessageEvents finished(const Tracked& tracked) {
    MessageEvents message = tracked.message;
    const std::uint64_t firsts = tracked.deliveries > 0 && !tracked.copies_only ? 1 : 0;
    message.copies = tracked.deliveries - firsts;
    if (tracked.deliveries > 0) {
      message.fate = tracked.at_once ? MessageFate::kDelivered : MessageFate::kDelayed;
    } else if (tracked.waits) {
      message.fate = MessageFate::kWaiting;
    } else {
      message.fate = tracked.stopped ? MessageFate::kStopped : MessageFate::kLost;
    }
    return message;
  }

  const MessageWindow window_;
  const std::size_t messages_max_;
  const std::int64_t focus_;
  Kept kept_;
  std::unordered_map<Key, Kept::iterator, KeyHash> by_key_;
  std::uint64_t waiting_ = 0;
  std::uint64_t left_out_ = 0;
};

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return a + b < a ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

/// Passes the records from `number` on, until the window has ended and nothing waits.
void collect(RecordFile& file, std::uint64_t number, const MessageWindow& window,
             MessageCollector& collector, MessageHistory& history) {
  std::uint64_t beyond = 0;
  history.ended_early = true;
  for (; number < file.size(); ++number) {
    const auto record = file.at(number);
    if (!record || record->time_ns < window.begin) {
      ++history.damaged;
      continue;
    }
    const bool inside = record->time_ns <= window.end;
    if (!inside) {
      history.ended_early = false;
      if (!collector.waits_for_more() || ++beyond > kBeyondRecordsMax) return;
    }
    history.recorded_until = record->time_ns;
    if (record->event == MessageEvent::kGap) {
      if (inside) history.unrecorded = saturating_sum(history.unrecorded, record->index);
    } else if (record->event != MessageEvent::kEnd) {
      collector.add(*record, number);
    }
  }
}

}  // namespace

std::string_view name(MessageFate fate) {
  switch (fate) {
    case MessageFate::kDelivered:
      return "delivered";
    case MessageFate::kDelayed:
      return "delayed";
    case MessageFate::kStopped:
      return "stopped";
    case MessageFate::kLost:
      return "lost";
    case MessageFate::kWaiting:
      return "waiting";
  }
  return "waiting";
}

base::Result<MessageHistory> read_messages(const std::filesystem::path& path,
                                           const MessageWindow& window) {
  const auto error = [&](const std::string& why) {
    return base::Error{path.string() + ": " + why};
  };
  std::error_code ignored;
  // A pipe would make the reader wait.
  if (!std::filesystem::is_regular_file(path, ignored)) return error("found no file");
  RecordFile file(path);
  if (const auto status = file.check_header(); !status) return error(status.error().message);
  MessageCollector collector(window);
  MessageHistory found;
  const std::uint64_t first = first_at(file, window.begin);
  if (const auto before = first > 0 ? file.probe(first - 1) : std::nullopt) {
    found.recorded_until = before->time_ns;
  }
  collect(file, first, window, collector, found);
  MessageHistory history = std::move(collector).finish();
  history.damaged = found.damaged;
  history.unrecorded = found.unrecorded;
  history.ended_early = found.ended_early;
  history.recorded_until = found.recorded_until;
  return history;
}

}  // namespace capsize::harness
