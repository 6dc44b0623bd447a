#include "harness/page/run_files.h"

#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "base/printable.h"
#include "harness/page/page_text.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

using base::Json;
namespace fs = std::filesystem;

Json read_object(const fs::path& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error || bytes > kRunFileBytesMax) return {};
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Json value = Json::parse(text);
  return value.is_object() ? value : Json();
}

}  // namespace

std::string RunFiles::scenario_name() const {
  const std::string name = text_in(scenario, "name", kPageNameBytes);
  return name.empty() ? page_text(directory.parent_path().filename().string(), kPageNameBytes)
                      : name;
}

std::optional<std::int64_t> RunFiles::load_began_ns() const {
  return integer_in(results, "start-ns");
}

std::uint64_t RunFiles::number(std::string_view key, std::uint64_t otherwise) const {
  const auto value = integer_in(scenario, key);
  return value && *value >= 0 ? static_cast<std::uint64_t>(*value) : otherwise;
}

base::Result<RunFiles> read_run_files(const fs::path& directory) {
  std::error_code error;
  const fs::path resolved = fs::canonical(directory, error);
  if (error) {
    return base::Error{fmt::format("{}: {}", base::printable(directory.string()), error.message())};
  }
  if (!fs::is_regular_file(resolved / kScenarioFile, error)) {
    return base::Error{fmt::format("{}: found no {}, expected the directory of a run",
                                   base::printable(directory.string()), kScenarioFile)};
  }
  return RunFiles{resolved, read_object(resolved / kScenarioFile),
                  read_object(resolved / "results.json"), read_object(resolved / "evidence.json")};
}

}  // namespace capsize::harness
