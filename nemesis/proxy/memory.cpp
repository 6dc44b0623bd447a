#include "nemesis/proxy/memory.h"

namespace capsize::nemesis::proxy {

void Memory::offer(const wire::Header& header, const Cargo& cargo, std::size_t keep) {
  CHECK(keep > 0 && keep <= kKeptMax, "what is kept of a link is bounded");
  ++offered_;
  if (kept_.size() < keep) {
    kept_.push_back({header, cargo.keep()});
    return;
  }
  const std::uint64_t place = random_.below(offered_);
  if (place < keep) kept_[place] = {header, cargo.keep()};
}

const Parcel* Memory::draw() {
  return kept_.empty() ? nullptr : &kept_[random_.below(kept_.size())];
}

}  // namespace capsize::nemesis::proxy
