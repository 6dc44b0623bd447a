#include "checker/history/line_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace capsize::checker {
namespace {

// Small enough to stay in a cache, large enough that reading costs next to nothing.
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), buffer_(kPadding) {}

LineReader LineReader::of_text(std::string_view text) {
  return LineReader(text_source(text));
}

std::optional<Malformed> LineReader::failure(const std::string& file) const {
  if (too_long_) {
    return Malformed{file, number_ + 1, kLineBytesMax, "a line that continues",
                     fmt::format("at most {} bytes a line", kLineBytesMax)};
  }
  if (auto failure = source_->failure()) {
    return Malformed{file, 0, 0, std::move(failure->found), std::move(failure->expected)};
  }
  return std::nullopt;
}

bool LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (end_ + kPadding + kBlockBytes / 2 > buffer_.size()) {
    buffer_.resize(std::max(buffer_.size() * 2, kBlockBytes + kPadding));
  }
  const std::size_t got = source_->read(buffer_.data() + end_, buffer_.size() - kPadding - end_);
  if (got == 0) {
    at_end_ = true;
    return false;
  }
  end_ += got;
  return true;
}

void LineReader::look_ahead() {
  std::vector<char> scratch(kBlockBytes);
  for (int blocks = 0; blocks < 8 && source_->read(scratch.data(), scratch.size()) > 0; ++blocks) {
  }
  at_end_ = true;
}

bool LineReader::would_wait() const {
  return !peeked_ && !at_end_ &&
         std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_) == nullptr;
}

std::optional<Line> LineReader::peek() {
  if (!peeked_) peeked_ = next();
  return peeked_;
}

// Reads until the buffer has the whole next line, up to feed_; returns false if the file has no
// further line feed.
bool LineReader::read_whole_line() {
  for (;;) {
    if (too_long_) return false;
    const char* from = buffer_.data() + scanned_;
    if (const void* feed = std::memchr(from, '\n', end_ - scanned_)) {
      feed_ = static_cast<std::size_t>(static_cast<const char*>(feed) - buffer_.data());
      return true;
    }
    scanned_ = end_;
    if (end_ - begin_ > kLineBytesMax) {
      too_long_ = true;
      return false;
    }
    if (at_end_ || !fill()) return false;
  }
}

std::optional<Line> LineReader::next() {
  if (peeked_) return std::exchange(peeked_, std::nullopt);
  if (read_whole_line()) {
    const Line line{{buffer_.data() + begin_, feed_ - begin_}, ++number_, true};
    begin_ = scanned_ = feed_ + 1;
    return line;
  }
  if (too_long_ || begin_ == end_ || source_->failure()) return std::nullopt;
  const Line line{{buffer_.data() + begin_, end_ - begin_}, ++number_, false};
  begin_ = scanned_ = end_;
  return line;
}

bool LineReader::take_block(TextBlock& block) {
  if (peeked_) {
    begin_ = scanned_ = static_cast<std::size_t>(peeked_->text.data() - buffer_.data());
    --number_;
    peeked_.reset();
  }
  std::size_t last = end_;
  if (read_whole_line()) {
    const std::string_view whole(buffer_.data() + begin_, end_ - begin_);
    last = begin_ + whole.rfind('\n') + 1;
  } else if (too_long_ || begin_ == end_ || source_->failure()) {
    return false;
  } else {
    last = end_;
  }
  block.begin = begin_;
  block.end = last;
  // Copies the rest, the beginning of a line, to the other buffer.
  const std::size_t rest = end_ - last;
  if (block.bytes.size() < rest + kPadding) block.bytes.resize(rest + kPadding);
  std::memcpy(block.bytes.data(), buffer_.data() + last, rest);
  std::swap(block.bytes, buffer_);
  begin_ = scanned_ = 0;
  end_ = rest;
  return true;
}

}  // namespace capsize::checker
