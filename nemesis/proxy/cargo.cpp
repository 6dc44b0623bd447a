#include "nemesis/proxy/cargo.h"

#include <set>

namespace capsize::nemesis::proxy {

void Memory::offer(const Parcel& message, const Cargo* cargo, std::size_t keep) {
  CHECK(keep > 0 && keep <= kKeptMax, "what is kept of a link is bounded");
  ++offered_;
  if (kept_.size() < keep) {
    kept_.push_back(kept(message, cargo));
    return;
  }
  const std::uint64_t place = random_.below(offered_);
  if (place >= keep) return;
  kept_[place] = Parcel{};  // its room is free before the next one asks for room
  kept_[place] = kept(message, cargo);
}

Parcel Memory::kept(const Parcel& message, const Cargo* cargo) {
  Parcel parcel{.header = message.header, .copy = true, .chosen_by = message.chosen_by};
  const std::size_t bytes = cargo == nullptr ? 0 : cargo->bytes() + kParcelBytes;
  if (cargo == nullptr || !room_->has(bytes)) return parcel;
  parcel.cargo = cargo->keep();
  parcel.charge = Charge(*room_, bytes);
  return parcel;
}

const Parcel* Memory::draw() {
  if (kept_.empty()) return nullptr;
  const Parcel& drawn = kept_[random_.below(kept_.size())];
  return drawn.cargo == nullptr ? nullptr : &drawn;
}

void Memory::end_hold(std::uint64_t rule) {
  for (Parcel& parcel : kept_) std::erase(parcel.chosen_by, rule);
}

namespace {

// From the sender's number up to the length of the payload, and the checksum.
constexpr std::size_t kFieldsBegin = 16, kFieldsEnd = 64;
constexpr std::size_t kChecksumBegin = 68;
constexpr std::size_t kFieldBytes = kFieldsEnd - kFieldsBegin;
constexpr std::size_t kHeaderChoices = kFieldBytes + (wire::kHeaderBytes - kChecksumBegin);

char& byte_at(std::size_t choice, std::span<char> header, std::span<char> payload) {
  if (choice < kFieldBytes) return header[kFieldsBegin + choice];
  if (choice < kHeaderChoices) return header[kChecksumBegin + choice - kFieldBytes];
  return payload[choice - kHeaderChoices];
}

}  // namespace

void flip_bits(const Corruption& how, std::span<char> header, std::span<char> payload) {
  CHECK(header.size() == wire::kHeaderBytes, "only messages with a whole header are corrupted");
  base::Prng random(how.seed);
  std::set<std::uint64_t> flipped;
  while (flipped.size() < how.bits) {
    // Header and payload alike often, however long the payload is.
    const bool in_header = payload.empty() || random.chance(0.5);
    const std::uint64_t choice =
        in_header ? random.below(kHeaderChoices) : kHeaderChoices + random.below(payload.size());
    const std::uint64_t bit = choice * 8 + random.below(8);
    if (!flipped.insert(bit).second) continue;
    char& byte = byte_at(choice, header, payload);
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (bit % 8)));
  }
}

}  // namespace capsize::nemesis::proxy
