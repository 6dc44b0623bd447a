#include "harness/scenario/document.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/format_version.h"
#include "base/mismatch.h"
#include "harness/scenario/json_place.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kDocumentBytesMax = 1024 * 1024;

base::Error syntax_error(const std::string& text, const std::string& origin,
                         const base::JsonSyntaxError& error) {
  const JsonPosition position = error.too_deep ? position_of_depth(text, base::kJsonNestingMax + 1)
                                               : position_of_byte(text, error.byte);
  const std::string key =
      position.key.empty() ? std::string() : fmt::format("key '{}': ", base::excerpt(position.key));
  return base::Error{fmt::format("{}:{}: {}{}", origin, position.line, key, error.what)};
}

}  // namespace

std::string dotted(const base::JsonPlace& place) {
  std::string name;
  for (const auto& token : place.tokens()) name += (name.empty() ? "" : ".") + token;
  return base::excerpt(name);
}

base::Error error_at(const std::string& text, const std::string& origin,
                     const nemesis::InvalidValue& invalid) {
  return base::Error{fmt::format("{}:{}: key '{}': {}", origin, line_of(text, invalid.place),
                                 dotted(invalid.place), invalid.what)};
}

base::Result<std::string> read_document(const std::filesystem::path& path, std::string_view kind) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return base::Error{fmt::format("{}: found a directory, expected {}", path.string(), kind)};
  }
  // Opening a named pipe blocks until a process writes to it, possibly forever. The <(…) of a shell
  // is a symbolic link to a pipe, and is read.
  if (std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::fifo) {
    return base::Error{fmt::format("{}: found a named pipe, expected {}", path.string(), kind)};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::Error{fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno))};
  }
  std::string text(kDocumentBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kDocumentBytesMax) {
    return base::Error{fmt::format("{}: longer than 1 MiB, expected {}", path.string(), kind)};
  }
  return text;
}

base::Result<Json> parse_document(const std::string& text, const std::string& origin,
                                  const char* format, std::uint64_t version) {
  base::JsonSyntaxError error;
  Json body = Json::parse_with_comments(text, &error);
  if (body.is_invalid()) return syntax_error(text, origin, error);
  if (!body.is_object()) {
    return base::Error{fmt::format("{}:1: found {}, expected an object", origin, body.type_name())};
  }
  if (const auto duplicate = find_duplicate_key(text)) {
    return base::Error{fmt::format("{}:{}: key '{}': found twice (first in line {}), expected once",
                                   origin, duplicate->line, base::excerpt(duplicate->name),
                                   duplicate->first_line)};
  }
  if (const auto known = base::check_format_version(body, format, version); !known) {
    return error_at(text, origin, {base::JsonPlace({format}), known.error().message});
  }
  body.erase(format);
  return body;
}

}  // namespace capsize::harness
