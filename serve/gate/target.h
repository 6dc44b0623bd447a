// The target of a request, taken apart: "/api/run/default/20260131T120000.000Z-7?text=a%20b". Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capsize::serve {

inline constexpr std::size_t kTargetBytesMax = 4096;

struct Target {
  std::vector<std::string> path;             ///< decoded segments; empty for "/"
  std::map<std::string, std::string> query;  ///< decoded; of equal keys the first counts

  /// Empty if the query does not have it.
  [[nodiscard]] std::string value(const std::string& key) const;
};

/// Nothing unless every segment of the path is_name() once it is decoded; so none leads anywhere
/// but down, however it was encoded. Texts of the query are not restricted, but have to be encoded
/// well.
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

/// Whether a text can be the name of a file or directory that is served: ASCII letters, digits and
/// "._+-", at most 255 of them, and no dot first, which excludes "." and "..", and files that are
/// not for readers.
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace capsize::serve
