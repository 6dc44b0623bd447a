#include "harness/live/growing_lines.h"

namespace capsize::harness {

GrowingLines::Reading GrowingLines::read(const OpenDirectory& directory, std::size_t bytes_max,
                                         bool from_end) {
  Reading reading;
  const auto file = directory.file(path_);
  if (!file) return reading;  // not begun yet
  buffer_.erase(0, lines_end_);
  lines_end_ = 0;
  if (file->inode != inode_ || file->bytes < position_) {
    reading.anew = inode_ != 0;
    inode_ = file->inode;
    position_ = 0;
    buffer_.clear();
    inside_long_line_ = false;
  }
  if (from_end && file->bytes - position_ > bytes_max) {
    position_ = file->bytes - bytes_max;
    buffer_.clear();
    inside_long_line_ = true;  // its first part is not known, so what follows is no line
    reading.skipped = true;
  }
  const std::string added = file->read(position_, bytes_max);
  position_ += added.size();
  std::string_view fresh = added;
  if (inside_long_line_) {
    const auto feed = fresh.find('\n');
    inside_long_line_ = feed == fresh.npos;
    fresh.remove_prefix(inside_long_line_ ? fresh.size() : feed + 1);
  }
  const auto feed = fresh.rfind('\n');
  lines_end_ = feed == fresh.npos ? 0 : buffer_.size() + feed + 1;
  buffer_ += fresh;
  if (buffer_.size() - lines_end_ > kLineBytesMax) {
    buffer_.resize(lines_end_);
    inside_long_line_ = true;
  }
  reading.bytes = file->bytes;
  reading.read = position_;
  reading.lines = std::string_view(buffer_).substr(0, lines_end_);
  return reading;
}

void for_each_line(std::string_view lines, const std::function<void(std::string_view)>& on_line) {
  while (!lines.empty()) {
    const auto feed = lines.find('\n');
    if (feed == lines.npos) return;
    on_line(lines.substr(0, feed));
    lines.remove_prefix(feed + 1);
  }
}

}  // namespace capsize::harness
