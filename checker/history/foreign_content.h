// ForeignContent: files that people hand to a checker and that hold no history it can read, named
// for what they are, with what to do about it.
//
// An archive, a database or a page of a browser would else be refused as a first line that belongs
// to no format, shown as bytes that say nothing. What is named here no format begins with, so
// nothing that could be read is lost.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "checker/history/byte_source.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

/// The bytes of the beginning that are looked at: a tar archive says what it is in its first 512.
inline constexpr std::size_t kForeignHeadBytes = 512;

/// What a file is that begins like this, and what to give instead; nothing where it may be a
/// history.
[[nodiscard]] std::optional<SourceFailure> foreign_content(std::string_view head);

/// The source as it is, or one that fails at once where its content is foreign. Reads no further
/// than the first line, for files that are still written.
[[nodiscard]] std::unique_ptr<ByteSource> refuse_foreign(std::unique_ptr<ByteSource> source);

/// What is wrong with a path that is a directory: it names a file in it that may be meant.
[[nodiscard]] std::optional<Malformed> directory_instead_of_file(const std::filesystem::path& path);

/// A line of the file in quotes, for messages; of one that is no text, that it is none.
[[nodiscard]] std::string quoted_line(std::string_view line);

}  // namespace capsize::checker
