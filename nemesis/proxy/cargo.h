// The frames of one message, as whoever owns the sockets keeps them. Everything that decides about
// messages looks at headers only.
#pragma once

#include <cstddef>
#include <memory>

#include "nemesis/proxy/action.h"

namespace capsize::nemesis::proxy {

class Cargo {
 public:
  virtual ~Cargo() = default;
  /// Of both frames.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  /// The same frames, for as long as they are needed. Costs an allocation: asked for only what
  /// waits.
  [[nodiscard]] virtual std::shared_ptr<const Cargo> keep() const = 0;
  /// A copy with flipped bits (corruption.h).
  [[nodiscard]] virtual std::shared_ptr<const Cargo> corrupted(const Corruption& how) const = 0;
};

/// A message that waits.
struct Parcel {
  wire::Header header;
  std::shared_ptr<const Cargo> cargo;
};

}  // namespace capsize::nemesis::proxy
