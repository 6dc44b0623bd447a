#include "checker/history/byte_source.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <lzma.h>
#include <poll.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "checker/core/budget.h"
#include "checker/history/foreign_content.h"

namespace capsize::checker {
namespace {

constexpr int kWaitMs = 50;  // wait for a pipe between two checks of the clock

class FileSource final : public ByteSource {
 public:
  FileSource(int number, bool owned, ReadingBound* bound)
      : number_(number), owned_(owned), bound_(bound) {}
  ~FileSource() override {
    if (owned_) ::close(number_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    while (wait_for_input()) {
      const ssize_t got = ::read(number_, buffer, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EINTR || errno == EAGAIN) continue;
      failure_ = SourceFailure{std::strerror(errno), "a file that can be read"};
      break;
    }
    return 0;
  }
  std::optional<SourceFailure> failure() const override { return failure_; }

 private:
  /// Returns false once the bound is reached. A read of a named pipe that no process has opened for
  /// writing would return its end, so poll() waits for that, too.
  bool wait_for_input() const {
    pollfd input{number_, POLLIN, 0};
    while (bound_ == nullptr || !bound_->reach()) {
      const int ready = ::poll(&input, 1, kWaitMs);
      if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    }
    return false;
  }

  int number_;
  bool owned_;
  ReadingBound* bound_;
  std::optional<SourceFailure> failure_;
};

/// Ends at the bound, even within a small file that decompresses to a very large one.
class BoundedSource final : public ByteSource {
 public:
  BoundedSource(std::unique_ptr<ByteSource> source, ReadingBound& bound)
      : source_(std::move(source)), bound_(bound) {}

  std::size_t read(char* buffer, std::size_t size) override {
    return bound_.reach() ? 0 : source_->read(buffer, size);
  }
  std::optional<SourceFailure> failure() const override { return source_->failure(); }
  bool cut_off() const override { return source_->cut_off(); }
  bool numbers_records() const override { return source_->numbers_records(); }
  std::uint64_t memory_bytes() const override { return source_->memory_bytes(); }

 private:
  std::unique_ptr<ByteSource> source_;
  ReadingBound& bound_;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t taken = std::min(size, text_.size());
    std::memcpy(buffer, text_.data(), taken);
    text_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view text_;
};

}  // namespace

bool ReadingBound::reach() {
  reached = reached || budget.time_is_up();
  return reached;
}

std::unique_ptr<ByteSource> open_source(const std::filesystem::path& path, ReadingBound* bound) {
  const bool standard_input = path == "-";
  // O_NONBLOCK, because open() of a named pipe would wait for a writer without a bound.
  const int number =
      standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (number < 0) return nullptr;
  auto source = unpack(std::make_unique<FileSource>(number, !standard_input, bound));
  if (bound == nullptr) return source;
  return std::make_unique<BoundedSource>(std::move(source), *bound);
}

std::unique_ptr<ByteSource> text_source(std::string_view text) {
  return std::make_unique<TextSource>(text);
}

namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::string_view kXzMagic(
    "\xfd"
    "7zXZ\0",
    6);
constexpr std::size_t kMagicBytesMax = 6;
constexpr std::size_t kInputBytes = std::size_t{256} << 10;
// The largest window of a decoder: 2^27 bytes, the default limit of `zstd -d`.
constexpr int kZstdWindowLogMax = 27;
// The same, plus the decoder's own state. `xz -9` needs 65 MiB.
constexpr std::uint64_t kXzMemoryMax = (std::uint64_t{1} << 27) + (std::uint64_t{1} << 20);
constexpr std::uint64_t kGzipStateBytes = std::uint64_t{64} << 10;

// Returns bytes that have been read already, then the rest.
class Prefixed final : public ByteSource {
 public:
  Prefixed(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    if (given_ == prefix_.size()) return rest_->read(buffer, size);
    const std::size_t taken = std::min(size, prefix_.size() - given_);
    std::memcpy(buffer, prefix_.data() + given_, taken);
    given_ += taken;
    return taken;
  }
  std::optional<SourceFailure> failure() const override { return rest_->failure(); }
  bool cut_off() const override { return rest_->cut_off(); }
  std::uint64_t memory_bytes() const override { return prefix_.size() + rest_->memory_bytes(); }

 private:
  std::string prefix_;
  std::size_t given_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// Shared by the decoders: decodes until the input is used up or the output buffer is full.
class Unpacking : public ByteSource {
 public:
  Unpacking(std::string_view name, std::unique_ptr<ByteSource> packed)
      : name_(name), packed_(std::move(packed)), input_(kInputBytes) {}

  std::size_t read(char* buffer, std::size_t size) override {
    while (!failure_) {
      if (begin_ == end_ && !refill()) {
        if (failure_) break;
        // The decoder may still hold output.
        const std::size_t rest = decode(buffer, size);
        cut_off_ = rest == 0 && inside_;
        return rest;
      }
      if (const std::size_t produced = decode(buffer, size); produced > 0) return produced;
    }
    return 0;
  }
  std::optional<SourceFailure> failure() const override { return failure_; }
  bool cut_off() const override { return cut_off_; }
  std::uint64_t memory_bytes() const override { return input_.size() + state_bytes(); }

 protected:
  /// Decodes from input() to the buffer, calls consume() for what it has read, and set_inside()
  /// with whether the data is incomplete so far. Returns 0 if it needs more input.
  virtual std::size_t decode(char* buffer, std::size_t size) = 0;
  [[nodiscard]] virtual std::uint64_t state_bytes() const = 0;

  [[nodiscard]] std::string_view input() const { return {input_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  void set_inside(bool inside) { inside_ = inside; }
  void fail(std::string_view why) {
    failure_ = SourceFailure{
        fmt::format("damaged {} data at byte {} ({})", name_, read_before_ + begin_, why),
        fmt::format("{} data that can be unpacked", name_)};
  }

 private:
  bool refill() {
    read_before_ += end_;
    begin_ = 0;
    end_ = packed_->read(input_.data(), input_.size());
    if (end_ == 0) failure_ = packed_->failure();
    return end_ > 0;
  }

  std::string_view name_;
  std::unique_ptr<ByteSource> packed_;
  std::vector<char> input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t read_before_ = 0;
  bool inside_ = true;
  bool cut_off_ = false;
  std::optional<SourceFailure> failure_;
};

class GzipSource final : public Unpacking {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed) : Unpacking("gzip", std::move(packed)) {
    constexpr int kGzipOnly = 16;
    if (::inflateInit2(&stream_, kGzipOnly + MAX_WBITS) != Z_OK) fail("no memory");
  }
  ~GzipSource() override { ::inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

 private:
  std::size_t decode(char* buffer, std::size_t size) override {
    if (at_member_end_ && !input().empty()) {
      ::inflateReset(&stream_);
      at_member_end_ = false;
      set_inside(true);
    }
    const std::size_t room = std::min(size, std::size_t{1} << 30);
    // zlib's interface is older than const; it does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input().data()));
    stream_.avail_in = static_cast<uInt>(input().size());
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(room);
    const int result = at_member_end_ ? Z_BUF_ERROR : ::inflate(&stream_, Z_NO_FLUSH);
    consume(input().size() - stream_.avail_in);
    if (result == Z_STREAM_END) {
      at_member_end_ = true;
      set_inside(false);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail(stream_.msg != nullptr ? stream_.msg : "not gzip");
    }
    return room - stream_.avail_out;
  }
  std::uint64_t state_bytes() const override { return kGzipStateBytes; }

  z_stream stream_{};
  bool at_member_end_ = false;
};

class ZstdSource final : public Unpacking {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> packed)
      : Unpacking("zstd", std::move(packed)), context_(::ZSTD_createDCtx()) {
    ::ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }
  ~ZstdSource() override { ::ZSTD_freeDCtx(context_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

 private:
  std::size_t decode(char* buffer, std::size_t size) override {
    const std::string_view packed = input();
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{buffer, size, 0};
    const std::size_t result = ::ZSTD_decompressStream(context_, &out, &in);
    consume(in.pos);
    if (::ZSTD_isError(result) != 0) {
      fail(::ZSTD_getErrorName(result));
    } else if (in.pos > 0 || out.pos > 0) {
      set_inside(result != 0);
    }
    return out.pos;
  }
  std::uint64_t state_bytes() const override { return ::ZSTD_sizeof_DCtx(context_); }

  ZSTD_DCtx* context_;
};

class XzSource final : public Unpacking {
 public:
  explicit XzSource(std::unique_ptr<ByteSource> packed) : Unpacking("xz", std::move(packed)) {
    if (::lzma_stream_decoder(&stream_, kXzMemoryMax, LZMA_CONCATENATED) != LZMA_OK) {
      fail("no memory");
    }
  }
  ~XzSource() override { ::lzma_end(&stream_); }
  XzSource(const XzSource&) = delete;
  XzSource& operator=(const XzSource&) = delete;

 private:
  std::size_t decode(char* buffer, std::size_t size) override {
    // Empty input means the end of the file, so the decoder knows that no further stream follows.
    const std::string_view packed = input();
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
    stream_.avail_in = packed.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(buffer);
    stream_.avail_out = size;
    const lzma_ret result = ::lzma_code(&stream_, packed.empty() ? LZMA_FINISH : LZMA_RUN);
    consume(packed.size() - stream_.avail_in);
    if (result == LZMA_STREAM_END) {
      set_inside(false);
    } else if (result == LZMA_MEMLIMIT_ERROR) {
      fail(fmt::format("a dictionary for which {} MiB of memory are not enough",
                       kXzMemoryMax >> 20));
    } else if (result != LZMA_OK && result != LZMA_BUF_ERROR) {
      fail(result == LZMA_OPTIONS_ERROR ? "an unknown filter" : "its sums or its structure");
    }
    return size - stream_.avail_out;
  }
  std::uint64_t state_bytes() const override { return ::lzma_memusage(&stream_); }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::string read_head(ByteSource& source, std::size_t size) {
  std::string head(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const std::size_t more = source.read(head.data() + got, size - got);
    if (more == 0) break;
    got += more;
  }
  head.resize(got);
  return head;
}

std::unique_ptr<ByteSource> prefixed_source(std::string prefix, std::unique_ptr<ByteSource> rest) {
  return std::make_unique<Prefixed>(std::move(prefix), std::move(rest));
}

std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> source) {
  std::string magic = read_head(*source, kMagicBytesMax);
  const bool gzip = magic.starts_with(kGzipMagic);
  const bool zstd = magic.starts_with(kZstdMagic);
  const bool xz = magic == kXzMagic;
  auto whole = std::make_unique<Prefixed>(std::move(magic), std::move(source));
  if (gzip) return refuse_foreign(std::make_unique<GzipSource>(std::move(whole)));
  if (zstd) return refuse_foreign(std::make_unique<ZstdSource>(std::move(whole)));
  if (xz) return refuse_foreign(std::make_unique<XzSource>(std::move(whole)));
  return refuse_foreign(std::move(whole));
}

}  // namespace capsize::checker
