// Strong numbers: a Term cannot be passed where an Index is expected, at no run-time cost.
//
// They offer only the operations that the protocol needs: compare, next, previous, distance.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace capsize::base {

template <class Tag, class Rep = std::uint64_t>
class StrongNumber {
 public:
  using rep = Rep;
  constexpr StrongNumber() = default;
  constexpr explicit StrongNumber(Rep value) : value_(value) {}

  [[nodiscard]] constexpr Rep value() const { return value_; }
  [[nodiscard]] constexpr StrongNumber next() const { return StrongNumber(value_ + 1); }
  /// Precondition: not zero.
  [[nodiscard]] constexpr StrongNumber previous() const { return StrongNumber(value_ - 1); }
  constexpr StrongNumber& operator++() {
    ++value_;
    return *this;
  }
  friend constexpr auto operator<=>(StrongNumber, StrongNumber) = default;
  friend constexpr StrongNumber operator+(StrongNumber a, Rep n) {
    return StrongNumber(a.value_ + n);
  }
  /// Distance. Precondition: a >= b.
  friend constexpr Rep operator-(StrongNumber a, StrongNumber b) { return a.value_ - b.value_; }

 private:
  Rep value_{};
};

}  // namespace capsize::base

template <class Tag, class Rep>
struct std::hash<capsize::base::StrongNumber<Tag, Rep>> {
  std::size_t operator()(capsize::base::StrongNumber<Tag, Rep> n) const noexcept {
    return std::hash<Rep>{}(n.value());
  }
};
