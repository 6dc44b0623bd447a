// How many bytes may wait in the proxy: per link and in all. What a rule holds back, what a queue
// throttles and what a replaying rule keeps is charged here, so that no rule and no sender fills
// the memory, however large the messages are. What finds no room is dropped and counted.
//
// One thread.
#pragma once

#include <cstddef>
#include <utility>

namespace capsize::nemesis::proxy {

/// What a waiting message costs beside its frames: header, bookkeeping, allocations.
inline constexpr std::size_t kParcelBytes = 512;

struct Limits {
  static constexpr std::size_t kLinkBytes = std::size_t{64} << 20;
  static constexpr std::size_t kAllBytes = std::size_t{256} << 20;
  std::size_t link_bytes = kLinkBytes;
  std::size_t all_bytes = kAllBytes;
};

/// A bound on bytes. The rooms of all links share `parent`, which outlives them.
class Room {
 public:
  explicit Room(std::size_t bytes_max, Room* parent = nullptr)
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
  Room* parent_;
};

/// Bytes taken from a room until this is destroyed.
class Charge {
 public:
  Charge() = default;
  /// Precondition: room.has(bytes).
  Charge(Room& room, std::size_t bytes) : room_(&room), bytes_(bytes) { room.take(bytes); }
  Charge(Charge&& other) noexcept
      : room_(std::exchange(other.room_, nullptr)), bytes_(other.bytes_) {}
  Charge& operator=(Charge&& other) noexcept {
    std::swap(room_, other.room_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Charge() {
    if (room_ != nullptr) room_->give_back(bytes_);
  }

 private:
  Room* room_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace capsize::nemesis::proxy
