// LineBlocks: the lines of a file, in their order, each parsed as far as possible without the
// others.
//
// The calling thread reads blocks of whole lines; as many threads as there are other cores parse
// them, and the caller gets them back in the order of the file, with their line numbers. It parses
// a block itself rather than wait for one that no thread has begun. A small file uses no second
// thread. At most a few blocks exist at any time, however long the file is.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "checker/history/line_reader.h"
#include "checker/history/plain_event.h"

namespace capsize::checker {

/// Takes a line apart; false where it is not as simple as that. Runs on any thread.
using PlainReader = bool (*)(std::string_view line, const Vocabulary& vocabulary,
                             PlainEvent& event);

struct BlockLine {
  std::string_view text;
  bool is_plain = false;
  PlainEvent event;  ///< if it is plain
};

class LineBlocks {
 public:
  struct Block {
    TextBlock text;
    std::vector<BlockLine> lines;
  };

  /// `read` may be nothing: then no line is plain. All arguments outlive the object.
  LineBlocks(LineReader& lines, PlainReader read, const Vocabulary& vocabulary);
  ~LineBlocks();
  LineBlocks(const LineBlocks&) = delete;
  LineBlocks& operator=(const LineBlocks&) = delete;

  /// The next block, which is valid until the next call; nothing at the end or after a failure of
  /// the reader. Only the last line of the last block may be without its line feed.
  const Block* next();

  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  enum class State { kFree, kFull, kTaken, kDone };
  struct Slot {
    Block block;
    State state = State::kFree;
  };

  void fill();
  void start_threads();
  void work();
  void take_apart(Block& block) const;

  LineReader& lines_;
  PlainReader read_;
  const Vocabulary& vocabulary_;
  std::vector<Slot> slots_;  // a ring
  std::size_t first_ = 0;    // the slot whose block comes next
  std::size_t filled_ = 0;   // slots from first_ on that hold blocks
  bool in_hand_ = false;     // the caller has the block of the slot before first_
  bool at_end_ = false;
  bool stop_ = false;
  mutable std::mutex mutex_;  // guards the states of the slots, and stop_
  std::condition_variable full_, done_;
  std::vector<std::jthread> threads_;
};

}  // namespace capsize::checker
