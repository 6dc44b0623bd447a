#include "nemesis/proxy/frames.h"

#include <set>

namespace capsize::nemesis::proxy {

void ReplaySample::offer(const QueuedMessage& message, const Frames* frames, std::size_t keep) {
  CHECK(keep > 0 && keep <= kKeptMax, "the sample of a link is bounded");
  ++offered_;
  if (kept_.size() < keep) {
    kept_.push_back(make_sampled(message, frames));
    return;
  }
  const std::uint64_t place = random_.below(offered_);
  if (place >= keep) return;
  kept_[place] = QueuedMessage{};  // frees its bytes before the new one is charged
  kept_[place] = make_sampled(message, frames);
}

QueuedMessage ReplaySample::make_sampled(const QueuedMessage& message, const Frames* frames) {
  QueuedMessage kept{.header = message.header,
                     .copy = true,
                     .chosen_by = message.chosen_by,
                     .read_at = message.read_at};
  const std::size_t bytes = frames == nullptr ? 0 : frames->bytes() + kMessageOverheadBytes;
  if (frames == nullptr || !budget_->has(bytes)) return kept;
  kept.frames = frames->keep();
  kept.charge = Charge(*budget_, bytes);
  return kept;
}

const QueuedMessage* ReplaySample::draw() {
  if (kept_.empty()) return nullptr;
  const QueuedMessage& drawn = kept_[random_.below(kept_.size())];
  return drawn.frames == nullptr ? nullptr : &drawn;
}

void ReplaySample::end_hold(std::uint64_t rule) {
  for (QueuedMessage& message : kept_) std::erase(message.chosen_by, rule);
}

namespace {

// The bytes of the header that may be corrupted: from the sender's number up to the length of the
// payload, and the checksum.
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
  CHECK(header.size() == wire::kHeaderBytes, "only messages with a complete header are corrupted");
  base::Prng random(how.seed);
  std::set<std::uint64_t> flipped;
  while (flipped.size() < how.bits) {
    // Header and payload with equal probability: drawn by size, a header of 72 bytes in front of a
    // payload of 16 KiB would hardly ever be hit.
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
