// ByteSource: where the bytes of a history come from: a file, a pipe, memory, or one of these
// unpacked.
//
// Compressed input: gzip (RFC 1952), Zstandard (RFC 8878) and xz, recognized by their first bytes.
// Unpacked as a stream, a block at a time: a bomb that unpacks to a thousand times its size meets
// the bounds of its reader, here it takes no more memory than anything else. Several members (or
// frames, streams) one after the other are one file, as with gunzip, zstdcat and xzcat. Content
// that is no history is refused by its name (foreign_content.h).
//
// How it fails: a reader with a time limit is not kept by a pipe that is silent, by one that no
// process opens for writing, or by a file that never ends (ReadingBound). Damaged data is a failure
// that names the byte of the packed file where it was noticed. A file that ends in the middle gives
// what it has, and says that it is cut off.
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
  /// Why there is nothing more, where that is not simply the end.
  [[nodiscard]] virtual std::optional<SourceFailure> failure() const { return std::nullopt; }
  /// What was read so far ended in the middle of something, such as a compressed block.
  [[nodiscard]] virtual bool cut_off() const { return false; }
  /// Lines are numbered records of the file, not its lines (record_source.h).
  [[nodiscard]] virtual bool numbers_records() const { return false; }
  [[nodiscard]] virtual std::uint64_t memory_bytes() const { return 0; }
};

/// How long a source may be read: every read of the file checks the clock, and one of a pipe that
/// brings nothing waits no longer than that. Afterwards the source has ended, and `reached` says
/// so.
struct ReadingBound {
  const Budget& budget;
  bool reached = false;

  bool reach();  ///< checks the clock
};

/// A file, or standard input for "-", unpacked where it is compressed. Nothing if it cannot be
/// opened; errno says why. `bound`, if there is one, outlives the source.
[[nodiscard]] std::unique_ptr<ByteSource> open_source(const std::filesystem::path& path,
                                                      ReadingBound* bound = nullptr);

/// Memory that outlives the source, as it is.
[[nodiscard]] std::unique_ptr<ByteSource> text_source(std::string_view text);

/// The first bytes of a source, fewer where it has no more.
[[nodiscard]] std::string read_head(ByteSource& source, std::size_t size);

/// Some bytes that have been read already, then the rest.
[[nodiscard]] std::unique_ptr<ByteSource> prefixed_source(std::string prefix,
                                                          std::unique_ptr<ByteSource> rest);

/// The unpacked bytes of a compressed source; the bytes as they are of any other. Fails at once
/// where they are an archive, a database and the like.
[[nodiscard]] std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> source);

}  // namespace capsize::checker
