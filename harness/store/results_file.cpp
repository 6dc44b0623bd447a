#include "harness/store/results_file.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "base/format_version.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kResultsBytesMax = std::size_t{64} << 20U;

}  // namespace

base::Result<base::Json> read_results(const std::filesystem::path& run_directory) {
  const auto path = run_directory / "results.json";
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) {
    return base::Error{fmt::format("{}: cannot be read: {}", path.string(),
                                   error ? error.message() : std::strerror(errno))};
  }
  if (size > kResultsBytesMax) {
    return base::Error{path.string() + ": larger than 64 MiB, expected the results of a run"};
  }
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(file.gcount()));
  base::Json results = base::Json::parse(text);
  if (!results.is_object()) return base::Error{path.string() + ": expected a JSON object"};
  const auto known = base::check_format_version(results, kResultsFormat, kResultsVersion);
  if (known) return results;
  return base::Error{
      fmt::format("{}: {}: {}", path.string(), kResultsFormat, known.error().message)};
}

}  // namespace capsize::harness
