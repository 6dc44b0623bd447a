// The frames of messages, as the owner of the sockets keeps them: those that wait, the sample that
// may be replayed, and copies with flipped bits. Everything that decides about messages looks at
// headers only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "nemesis/proxy/action.h"

namespace capsize::nemesis::proxy {

/// Both frames of one message.
class Cargo {
 public:
  virtual ~Cargo() = default;
  /// Of both frames.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  /// The same frames, for as long as they are needed. Costs an allocation: asked for only what
  /// waits.
  [[nodiscard]] virtual std::shared_ptr<const Cargo> keep() const = 0;
  /// A copy with flipped bits (flip_bits).
  [[nodiscard]] virtual std::shared_ptr<const Cargo> corrupted(const Corruption& how) const = 0;
};

/// A message that waits.
struct Parcel {
  wire::Header header;
  std::shared_ptr<const Cargo> cargo;
};

/// What a replaying rule keeps of one link: an even sample of all messages it was offered, however
/// many there were (reservoir sampling, Vitter's algorithm R, ACM TOMS 11(1), 1985). So a message
/// of a term long over is as likely to come again as the last one.
class Memory {
 public:
  explicit Memory(base::Prng random) : random_(random) {}
  /// Keeps it, or not; at most `keep` are kept. `keep()` of the cargo is called only if it is.
  void offer(const wire::Header& header, const Cargo& cargo, std::size_t keep);
  /// One of those that are kept; null when there is none.
  [[nodiscard]] const Parcel* draw();

 private:
  base::Prng random_;
  std::uint64_t offered_ = 0;
  std::vector<Parcel> kept_;
};

/// Flips as many different bits of a message as `how` says. Never those at which a receiver stops
/// before it looks at the checksum (magic, version, run, length: node/wire/header.h): the checksum
/// is what is tested. Precondition: the header is one of kHeaderBytes.
void flip_bits(const Corruption& how, std::span<char> header, std::span<char> payload);

}  // namespace capsize::nemesis::proxy
