#include "node/app/trace_writer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "node/wire/header.h"

namespace capsize::app {
namespace {

using raft::TraceKind;

constexpr int kTraceVersion = 1;  // docs/FORMATS.md, Traces

base::Error failure(const char* what, const std::string& path) {
  return {std::string("cannot ") + what + " " + path + ": " + std::strerror(errno)};
}

bool has_range(TraceKind kind) {
  return kind == TraceKind::kAppend || kind == TraceKind::kApply;
}

bool has_entry(TraceKind kind) {
  return kind != TraceKind::kTerm && kind != TraceKind::kVote && kind != TraceKind::kTransfer;
}

void append_event(fmt::memory_buffer& out, const raft::TraceEvent& event) {
  auto at = std::back_inserter(out);
  // Once an incarnation: a trace may have been begun by another release.
  if (event.kind == TraceKind::kStart) fmt::format_to(at, R"(,"capsize-trace":{})", kTraceVersion);
  if (event.kind == TraceKind::kVote || event.kind == TraceKind::kTransfer) {
    const char* const key = event.kind == TraceKind::kVote ? "vote" : "to";
    fmt::format_to(at, R"(,"{}":"n{}")", key, event.node.value());
  }
  if (has_range(event.kind)) fmt::format_to(at, R"(,"first":{})", event.first.value());
  if (has_entry(event.kind)) {
    fmt::format_to(at, R"(,"index":{},"entry-term":{},"hash":"{:016x}")", event.entry.index.value(),
                   event.entry.term.value(), event.hash);
  }
}

/// Whether the file ends inside a line.
base::Result<bool> is_torn(int file, const std::string& path) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return failure("stat", path);
  if (info.st_size == 0) return false;
  char last = 0;
  if (::pread(file, &last, 1, info.st_size - 1) != 1) return failure("read", path);
  return last != '\n';
}

}  // namespace

TraceWriter::TraceWriter(storage::Descriptor file, raft::NodeId node, std::uint64_t incarnation)
    : file_(std::move(file)),
      common_(fmt::format(R"("node":"{}","incarnation":{})", wire::node_name(node.value()),
                          incarnation)) {}

base::Result<TraceWriter> TraceWriter::open(const std::string& path, raft::NodeId node,
                                            std::uint64_t incarnation) {
  if (path.empty()) return TraceWriter(storage::Descriptor(), node, incarnation);
  storage::Descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!file) return failure("open", path);
  const auto torn = is_torn(file.get(), path);
  if (!torn) return torn.error();
  if (torn.value() && ::write(file.get(), "\n", 1) != 1) return failure("write", path);
  return TraceWriter(std::move(file), node, incarnation);
}

base::Status TraceWriter::write(std::span<const raft::TraceEvent> events, base::Instant true_time) {
  if (!file_ || events.empty()) return {};
  buffer_.clear();
  for (const raft::TraceEvent& event : events) {
    fmt::format_to(std::back_inserter(buffer_),
                   R"({{"time":{},{},"event":"{}","term":{},"role":"{}")",
                   true_time.time_since_epoch().count(), common_, raft::name(event.kind),
                   event.term.value(), raft::name(event.role));
    append_event(buffer_, event);
    buffer_.push_back('}');
    buffer_.push_back('\n');
  }
  std::string_view left(buffer_.data(), buffer_.size());
  while (!left.empty()) {
    const ssize_t written = ::write(file_.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write", "the trace");
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace capsize::app
