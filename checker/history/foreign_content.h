// ForeignContent: recognises files that people pass to a checker but that are not readable
// histories, and names their type and the next step.
//
// Otherwise an archive, a database or a web page would be refused because its first line, shown as
// meaningless bytes, belongs to no format. No history format begins like one of these files, so no
// readable history is refused.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "checker/history/byte_source.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

/// The number of bytes at the beginning that are inspected: the magic of a tar archive is in the
/// first 512.
inline constexpr std::size_t kForeignHeadBytes = 512;

/// Returns the type of a file that begins with `head`, and what to pass instead; nothing if it may
/// be a history.
[[nodiscard]] std::optional<SourceFailure> foreign_content(std::string_view head);

/// Returns the source unchanged, or a source that fails at once if the content is foreign. Reads no
/// further than the first line, because the file may still be growing.
[[nodiscard]] std::unique_ptr<ByteSource> refuse_foreign(std::unique_ptr<ByteSource> source);

/// Returns an error if the path is a directory; it names the file in the directory that is most
/// likely the history.
[[nodiscard]] std::optional<Malformed> directory_instead_of_file(const std::filesystem::path& path);

/// Returns a line of the file in quotes, for messages; for binary content a remark that it is not
/// text.
[[nodiscard]] std::string quoted_line(std::string_view line);

}  // namespace capsize::checker
