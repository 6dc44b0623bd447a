#include "harness/campaign/engine_process.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

namespace capsize::harness {
namespace {

/// 8 MiB: a tenth of the longest answer.
constexpr std::size_t kBlocksMax = 128;

struct Pipe {
  OwnedDescriptor read;
  OwnedDescriptor write;
};

base::Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return base::Error{fmt::format("a pipe cannot be made: {}", std::strerror(errno))};
  }
  return Pipe{OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1])};
}

void do_not_wait(const OwnedDescriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

base::Result<EngineProcess> EngineProcess::start(const std::filesystem::path& program,
                                                 const std::vector<std::string>& arguments,
                                                 const std::filesystem::path& log,
                                                 std::size_t line_bytes_max) {
  auto in = make_pipe();
  if (!in) return in.error();
  auto out = make_pipe();
  if (!out) return out.error();
  auto child = ChildProcess::spawn({.program = program,
                                    .arguments = arguments,
                                    .log = log,
                                    .standard_input = in.value().read.get(),
                                    .standard_output = out.value().write.get()});
  if (!child) return child.error();
  // The child's ends stay open in the child only: then its end is the end of its output.
  do_not_wait(in.value().write);
  do_not_wait(out.value().read);
  return EngineProcess(std::move(child).value(), std::move(in.value().write),
                       std::move(out.value().read), line_bytes_max);
}

EngineProcess::EngineProcess(ChildProcess child, OwnedDescriptor input, OwnedDescriptor output,
                             std::size_t line_bytes_max)
    : child_(std::move(child)),
      input_(std::move(input)),
      output_(std::move(output)),
      line_bytes_max_(line_bytes_max) {}

void EngineProcess::send(const std::string& lines) {
  unsent_ += lines;
  write_rest();
}

void EngineProcess::write_rest() {
  while (!unsent_.empty() && input_) {
    const ssize_t wrote = ::write(input_.get(), unsent_.data(), unsent_.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;  // full, or the engine has ended, which receive() notices
    unsent_.erase(0, static_cast<std::size_t>(wrote));
  }
}

std::vector<std::string> EngineProcess::receive() {
  write_rest();
  std::vector<std::string> lines;
  std::array<char, 65536> block;
  // Bounded: an engine that writes without a pause must not keep the caller from everything else.
  for (std::size_t blocks = 0; blocks < kBlocksMax && ended_.empty(); ++blocks) {
    const ssize_t got = ::read(output_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      // A process that it started may still hold its output.
      if (const auto ending = child_.poll()) ended_ = describe(*ending);
      break;
    }
    if (got <= 0) {
      const auto ending = child_.wait(std::chrono::milliseconds(200));
      ended_ = ending ? describe(*ending) : "it closed its standard output";
      break;
    }
    unread_.append(block.data(), static_cast<std::size_t>(got));
    take_lines(lines);
    if (unread_.size() > line_bytes_max_) ended_ = "a line of its output is too long";
  }
  return lines;
}

void EngineProcess::take_lines(std::vector<std::string>& lines) {
  std::size_t begin = 0;
  for (std::size_t end = unread_.find('\n', searched_); end != std::string::npos;
       end = unread_.find('\n', begin)) {
    lines.push_back(unread_.substr(begin, end - begin));
    begin = end + 1;
  }
  unread_.erase(0, begin);
  searched_ = unread_.size();
}

void EngineProcess::stop(std::chrono::milliseconds bound) {
  input_ = OwnedDescriptor();
  if (child_.wait(bound)) return;
  child_.signal(SIGTERM);
  if (child_.wait(std::chrono::milliseconds(2000))) return;
  child_.signal(SIGKILL);
}

}  // namespace capsize::harness
