// Budgets of bytes that may wait in the proxy, for each link and in total. Messages that a rule
// delays, holds or keeps for replay are charged here, so that no rule and no sender can exhaust the
// sample, however large the messages are. A message beyond the budget is dropped and counted.
//
// One thread.
#pragma once

#include <cstddef>
#include <utility>

namespace capsize::nemesis::proxy {

/// What a waiting message costs in addition to its frames: header, bookkeeping, allocations.
inline constexpr std::size_t kMessageOverheadBytes = 512;

struct Limits {
  static constexpr std::size_t kLinkBytes = std::size_t{64} << 20;
  static constexpr std::size_t kAllBytes = std::size_t{256} << 20;
  std::size_t link_bytes = kLinkBytes;
  std::size_t all_bytes = kAllBytes;
};

/// A budget of bytes. The budgets of all links share `parent`, which outlives them.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes_max, ByteBudget* parent = nullptr)
      : bytes_max_(bytes_max), parent_(parent) {}
  [[nodiscard]] bool has(std::size_t bytes) const {
    return bytes <= bytes_max_ - used_ && (parent_ == nullptr || parent_->has(bytes));
  }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] std::size_t bytes_max() const { return bytes_max_; }

 private:
  friend class Charge;
  void take(std::size_t bytes) {
    used_ += bytes;
    if (parent_ != nullptr) parent_->take(bytes);
  }
  void give_back(std::size_t bytes) {
    used_ -= bytes;
    if (parent_ != nullptr) parent_->give_back(bytes);
  }
  std::size_t bytes_max_, used_ = 0;
  ByteBudget* parent_;
};

/// Takes bytes from a budget until it is destroyed.
class Charge {
 public:
  Charge() = default;
  /// Precondition: budget.has(bytes).
  Charge(ByteBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {
    budget.take(bytes);
  }
  Charge(Charge&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
  Charge& operator=(Charge&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Charge() {
    if (budget_ != nullptr) budget_->give_back(bytes_);
  }

 private:
  ByteBudget* budget_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace capsize::nemesis::proxy
