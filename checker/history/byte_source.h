// ByteSource: the bytes of a history, from a file, a pipe or memory, decompressed if necessary.
//
// Compressed input: gzip (RFC 1952), Zstandard (RFC 8878) and xz, recognized by their first bytes.
// It is decompressed as a stream, one block at a time: a decompression bomb takes no more memory
// here than any other input, and reaches the reader's bounds. Several members (or frames, streams)
// in a row are one file, as with gunzip, zstdcat and xzcat. Content that cannot be a history is
// refused with an error that names its type (foreign_content.h).
//
// How it fails: a time limit (ReadingBound) holds even for a silent pipe, a pipe that no process
// opens for writing, and a file that never ends. Damaged data is a failure that names the offset in
// the compressed file at which it was detected. A truncated file yields the bytes that it has, and
// reports that it is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace capsize::checker {

class Budget;

struct SourceFailure {
  std::string found;
  std::string expected;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the buffer with up to `size` bytes and returns their number; 0 at the end and after a
  /// failure.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// Why reading ended, if not at the end of the input.
  [[nodiscard]] virtual std::optional<SourceFailure> failure() const { return std::nullopt; }
  /// The input ended in the middle of something, such as a compressed block.
  [[nodiscard]] virtual bool cut_off() const { return false; }
  /// Lines are numbered records of the file, not its lines (record_source.h).
  [[nodiscard]] virtual bool numbers_records() const { return false; }
  [[nodiscard]] virtual std::uint64_t memory_bytes() const { return 0; }
};

/// Bounds the time for reading a source. Every read of a file checks the clock, and a read of a
/// silent pipe waits no longer than the bound. Once it is reached the source ends, and `reached` is
/// true.
struct ReadingBound {
  const Budget& budget;
  bool reached = false;

  bool reach();  ///< checks the clock
};

/// Opens a file, or standard input for "-", and decompresses it if necessary. Returns nullptr if it
/// cannot be opened; errno says why. `bound`, if given, must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> open_source(const std::filesystem::path& path,
                                                      ReadingBound* bound = nullptr);

/// Reads a text from memory, which must outlive the source, without decompression.
[[nodiscard]] std::unique_ptr<ByteSource> text_source(std::string_view text);

/// Reads the first `size` bytes of a source, or fewer if it ends before that.
[[nodiscard]] std::string read_head(ByteSource& source, std::size_t size);

/// Returns a source of bytes that have been read already, followed by the rest.
[[nodiscard]] std::unique_ptr<ByteSource> prefixed_source(std::string prefix,
                                                          std::unique_ptr<ByteSource> rest);

/// Returns the decompressed bytes of a compressed source, and the unchanged bytes of any other. If
/// they are an archive, a database or another foreign file, the first read fails.
[[nodiscard]] std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> source);

}  // namespace capsize::checker
