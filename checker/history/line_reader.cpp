#include "checker/history/line_reader.h"

#include <fmt/format.h>

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
    return Malformed{file, number_, kLineBytesMax, "a line that goes on",
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

bool LineReader::would_wait() const {
  return !peeked_ && !at_end_ &&
         std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_) == nullptr;
}

std::optional<Line> LineReader::peek() {
  if (!peeked_) peeked_ = next();
  return peeked_;
}

std::optional<Line> LineReader::next() {
  if (peeked_) return std::exchange(peeked_, std::nullopt);
  for (;;) {
    if (too_long_) return std::nullopt;
    const char* from = buffer_.data() + scanned_;
    if (const void* feed = std::memchr(from, '\n', end_ - scanned_)) {
      const auto length =
          static_cast<std::size_t>(static_cast<const char*>(feed) - (buffer_.data() + begin_));
      const Line line{{buffer_.data() + begin_, length}, ++number_, true};
      begin_ += length + 1;
      scanned_ = begin_;
      return line;
    }
    scanned_ = end_;
    if (end_ - begin_ > kLineBytesMax) {
      too_long_ = true;
      ++number_;
      return std::nullopt;
    }
    if (at_end_ || !fill()) break;
  }
  if (begin_ == end_ || source_->failure()) return std::nullopt;
  const Line line{{buffer_.data() + begin_, end_ - begin_}, ++number_, false};
  begin_ = scanned_ = end_;
  return line;
}

}  // namespace capsize::checker
