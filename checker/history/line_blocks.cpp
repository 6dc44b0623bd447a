#include "checker/history/line_blocks.h"

#include <algorithm>
#include <cstring>

namespace capsize::checker {
namespace {

constexpr unsigned kThreadsMax = 8;
constexpr std::size_t kBlocksPerThread = 3;

}  // namespace

LineBlocks::LineBlocks(LineReader& lines, PlainReader read, const Vocabulary& vocabulary)
    : lines_(lines), read_(read), vocabulary_(vocabulary) {
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1u, kThreadsMax);
  slots_ = std::vector<Slot>(read == nullptr ? 2 : 2 + kBlocksPerThread * (cores - 1));
}

LineBlocks::~LineBlocks() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  full_.notify_all();
}

std::uint64_t LineBlocks::memory_bytes() const {
  std::uint64_t bytes = 0;
  const std::lock_guard lock(mutex_);
  for (const Slot& slot : slots_) {
    if (slot.state == State::kTaken) continue;  // being parsed; a few hundred kilobytes
    bytes += slot.block.text.bytes.capacity() + slot.block.lines.capacity() * sizeof(BlockLine);
  }
  return bytes;
}

void LineBlocks::start_threads() {
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1u, kThreadsMax);
  for (unsigned i = 1; i < cores; ++i) threads_.emplace_back([this] { work(); });
}

// Reads until all slots are full. Does not touch the slot of the current block.
void LineBlocks::fill() {
  const std::size_t usable = slots_.size() - (block_in_use_ ? 1 : 0);
  while (!at_end_ && filled_ < usable) {
    Slot& slot = slots_[(first_ + filled_) % slots_.size()];
    if (!lines_.take_block(slot.block.text)) {
      at_end_ = true;
      break;
    }
    {
      const std::lock_guard lock(mutex_);
      slot.state = State::kFull;
    }
    ++filled_;
    full_.notify_one();
    // Further threads start with the second block, because a small file does not need them.
    if (filled_ > 1 && read_ != nullptr && threads_.empty()) start_threads();
  }
}

const LineBlocks::Block* LineBlocks::next() {
  block_in_use_ = false;
  fill();
  if (filled_ == 0) return nullptr;
  Slot& slot = slots_[first_];
  std::unique_lock lock(mutex_);
  if (slot.state == State::kFull) {
    slot.state = State::kTaken;
    lock.unlock();
    take_apart(slot.block);
    lock.lock();
    slot.state = State::kDone;
  }
  done_.wait(lock, [&slot] { return slot.state == State::kDone; });
  slot.state = State::kFree;
  first_ = (first_ + 1) % slots_.size();
  --filled_;
  block_in_use_ = true;
  return &slot.block;
}

void LineBlocks::work() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    // Any full block will do, because the ring is short and the caller takes them in order.
    const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                   [](const Slot& each) { return each.state == State::kFull; });
    if (slot == slots_.end()) {
      full_.wait(lock);
      continue;
    }
    slot->state = State::kTaken;
    lock.unlock();
    take_apart(slot->block);
    lock.lock();
    slot->state = State::kDone;
    done_.notify_one();
  }
}

void LineBlocks::take_apart(Block& block) const {
  block.lines.clear();
  std::string_view rest = block.text.view();
  while (!rest.empty()) {
    const void* const feed = std::memchr(rest.data(), '\n', rest.size());
    const std::size_t length =
        feed == nullptr ? rest.size()
                        : static_cast<std::size_t>(static_cast<const char*>(feed) - rest.data());
    BlockLine& line = block.lines.emplace_back();
    line.text = rest.substr(0, length);
    line.is_plain = read_ != nullptr && read_(line.text, vocabulary_, line.event);
    rest.remove_prefix(std::min(rest.size(), length + 1));
  }
}

}  // namespace capsize::checker
