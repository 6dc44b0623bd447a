// What a replaying rule keeps of one link: an even sample of all messages it was offered, however
// many there were (reservoir sampling, Vitter's algorithm R, ACM TOMS 11(1), 1985). So a message of
// a term long over is as likely to come again as the last one.
#pragma once

#include <vector>

#include "nemesis/proxy/cargo.h"

namespace capsize::nemesis::proxy {

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

}  // namespace capsize::nemesis::proxy
