#include "harness/runner/line_input.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace capsize::harness {

std::vector<std::string> LineInput::take() {
  std::vector<std::string> lines;
  std::array<char, 4096> block{};
  pollfd readable{descriptor_, POLLIN, 0};
  while (!closed_ && ::poll(&readable, 1, 0) > 0) {
    const auto bytes = ::read(descriptor_, block.data(), block.size());
    if (bytes < 0 && (errno == EINTR || errno == EAGAIN)) break;
    if (bytes <= 0) {
      closed_ = true;
      break;
    }
    rest_.append(block.data(), static_cast<std::size_t>(bytes));
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      lines.push_back(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
    closed_ = rest_.size() > kLineBytesMax;
  }
  return lines;
}

}  // namespace capsize::harness
