// LineBlocks: the lines of a file in order, parsed in parallel as far as a line can be parsed on
// its own.
//
// The calling thread reads blocks of whole lines, one thread for each other core parses them, and
// the caller receives them in the order of the file, with their line numbers. If no thread has
// begun the next block, the caller parses it itself instead of waiting. A small file uses no second
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

/// Parses a simple line; returns false for any other line. Called on any thread.
using PlainReader = bool (*)(std::string_view line, const Vocabulary& vocabulary,
                             PlainEvent& event);

struct BlockLine {
  std::string_view text;
  bool is_plain = false;
  PlainEvent event;  ///< valid if the line is plain
};

class LineBlocks {
 public:
  struct Block {
    TextBlock text;
    std::vector<BlockLine> lines;
  };

  /// If `read` is null, no line is plain. All arguments must outlive the object.
  LineBlocks(LineReader& lines, PlainReader read, const Vocabulary& vocabulary);
  ~LineBlocks();
  LineBlocks(const LineBlocks&) = delete;
  LineBlocks& operator=(const LineBlocks&) = delete;

  /// Returns the next block, valid until the next call; nothing at the end or after a failure of
  /// the reader. Only the last line of the last block may lack its line feed.
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
  std::vector<Slot> slots_;    // a ring buffer
  std::size_t first_ = 0;      // the slot of the next block
  std::size_t filled_ = 0;     // slots from first_ on that hold blocks
  bool block_in_use_ = false;  // the caller is using the block of the slot before first_
  bool at_end_ = false;
  bool stop_ = false;
  mutable std::mutex mutex_;  // guards the states of the slots, and stop_
  std::condition_variable full_, done_;
  std::vector<std::jthread> threads_;
};

}  // namespace capsize::checker
