// The frames of messages, as the owner of the sockets keeps them: those that wait, the sample that
// may be replayed, and copies with flipped bits. Everything that decides about messages looks at
// headers only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "nemesis/proxy/actions/action.h"
#include "nemesis/proxy/room.h"

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

/// A message that waits, or a copy of one.
struct Parcel {
  wire::Header header;
  std::shared_ptr<const Cargo> cargo = {};
  /// A duplicate or a replay: the evidence of a rule counts it apart from the messages.
  bool copy = false;
  /// Holds that chose the message by its place among others or by chance. They are not asked
  /// again, so the parcel remembers their answer; ids, also of rules that have ended.
  std::vector<std::uint64_t> chosen_by = {};
  Charge charge = {};  // of what waits; empty otherwise
};

/// How many parcels something happened to.
struct Parcels {
  std::uint64_t messages = 0;
  std::uint64_t copies = 0;
};

/// The same once more, as nothing that waits.
[[nodiscard]] inline Parcel uncharged(const Parcel& parcel) {
  return {parcel.header, parcel.cargo, parcel.copy, parcel.chosen_by, {}};
}

/// What a replaying rule keeps of one link: an even sample of all messages it was offered, however
/// many there were (reservoir sampling, Vitter's algorithm R, ACM TOMS 11(1), 1985). So a message
/// of a term long over is as likely to come again as the last one.
class Memory {
 public:
  Memory(base::Prng random, Room& room) : random_(random), room_(&room) {}
  /// Keeps it, or not; at most `keep` are kept. `keep()` of the cargo is called only if it is.
  /// `cargo` is null for a message that was dropped: it takes its place in the sample, so that the
  /// draws do not depend on other rules, but is never sent. So does one that finds no room.
  void offer(const Parcel& message, const Cargo* cargo, std::size_t keep);
  /// One of those that are kept; null when there is none, or when the one drawn was dropped.
  [[nodiscard]] const Parcel* draw();
  /// Hold `rule` has ended: another rule may get its id.
  void end_hold(std::uint64_t rule);

 private:
  [[nodiscard]] Parcel kept(const Parcel& message, const Cargo* cargo);
  base::Prng random_;
  Room* room_;
  std::uint64_t offered_ = 0;
  std::vector<Parcel> kept_;
};

/// Flips as many different bits of a message as `how` says. Never those at which a receiver stops
/// before it looks at the checksum (magic, version, run, length: node/wire/header.h): the checksum
/// is what is tested. Precondition: the header is one of kHeaderBytes.
void flip_bits(const Corruption& how, std::span<char> header, std::span<char> payload);

}  // namespace capsize::nemesis::proxy
