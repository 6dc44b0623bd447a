// The two frames of a message as the owner of the sockets stores them, messages that wait in the
// proxy, and the sample of old messages that may be replayed. All decisions about messages depend
// on headers only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "nemesis/proxy/actions/action.h"
#include "nemesis/proxy/byte_budget.h"

namespace capsize::nemesis::proxy {

/// Both frames of one message, in whatever form the owner of the sockets has them.
class Frames {
 public:
  virtual ~Frames() = default;
  /// The size of both frames.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  /// Returns the same frames with shared ownership. Allocates, so it is called only for messages
  /// that wait.
  [[nodiscard]] virtual std::shared_ptr<const Frames> keep() const = 0;
  /// Returns a copy with flipped bits (flip_bits()).
  [[nodiscard]] virtual std::shared_ptr<const Frames> corrupted(const Corruption& how) const = 0;
};

/// A message that waits in the proxy, or a copy of one.
struct QueuedMessage {
  wire::Header header;
  std::shared_ptr<const Frames> frames = {};
  /// Whether it is a duplicate or a replay, which evidence does not count as a message.
  bool copy = false;
  /// Ids of the holds that chose the message by counting or by chance. They are not applied again
  /// when it leaves, so their decision is stored here. May contain rules that have ended.
  std::vector<std::uint64_t> chosen_by = {};
  Charge charge = {};          // against the byte budget while it waits; empty otherwise
  base::Instant read_at = {};  // when the proxy read it, or the message that it is a copy of
  bool corrupted = false;      // by a rule
};

/// A number of messages and a number of their copies.
struct MessageCounts {
  std::uint64_t messages = 0;
  std::uint64_t copies = 0;
};

/// Returns a copy without a charge.
[[nodiscard]] inline QueuedMessage uncharged(const QueuedMessage& message) {
  return {message.header,  message.frames,   message.copy, message.chosen_by, {},
          message.read_at, message.corrupted};
}

/// The old messages of one link that a replaying rule keeps: a uniform sample of all that it was
/// offered (reservoir sampling, Vitter's algorithm R, ACM TOMS 11(1), 1985). A message of an old
/// term is therefore as likely to be replayed as the latest one; a ring buffer would forget it.
class ReplaySample {
 public:
  ReplaySample(base::Prng random, ByteBudget& budget) : random_(random), budget_(&budget) {}
  /// Adds the message to the sample with the right probability; the sample holds at most `keep`.
  /// `frames` is null for a message that another rule dropped. It takes its place in the sample all
  /// the same, so that the draws do not depend on other rules, but is never sent; likewise a
  /// message that exceeds the byte budget.
  void offer(const QueuedMessage& message, const Frames* frames, std::size_t keep);
  /// Draws a message from the sample; null if the sample is empty or the drawn message must not be
  /// sent.
  [[nodiscard]] const QueuedMessage* draw();
  /// Forgets the hold `rule`, which has ended: its id may be reused.
  void end_hold(std::uint64_t rule);

 private:
  [[nodiscard]] QueuedMessage make_sampled(const QueuedMessage& message, const Frames* frames);
  base::Prng random_;
  ByteBudget* budget_;
  std::uint64_t offered_ = 0;
  std::vector<QueuedMessage> kept_;
};

/// Flips `how.bits` different bits of a message. Never bits of the fields that a receiver rejects
/// before it verifies the checksum (magic, version, run id, length: node/wire/header.h), because
/// the checksum is what is tested. Precondition: the header has kHeaderBytes.
void flip_bits(const Corruption& how, std::span<char> header, std::span<char> payload);

}  // namespace capsize::nemesis::proxy
