// What a campaign reads from engines and workers: events, answers, jobs and archives.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/check.h"
#include "harness/campaign/engine_messages.h"
#include "harness/campaign/job.h"
#include "harness/evidence/unpack_archive.h"
#include "tests/node/adapters/temporary_directory.h"

namespace {

namespace fs = std::filesystem;
using namespace capsize::harness;

void read_text(std::string_view text) {
  if (const auto event = parse_event(text)) {
    CHECK(event.value().slots <= 100'000, "a capacity is bounded");
  }
  if (const auto answer = parse_answer(text); answer && answer.value().run) {
    const auto again = parse_answer(answer_line(answer.value()));
    CHECK(again.ok() && again.value().run, "what was read can be written and read again");
  }
  (void)parse_job(text);
}

/// Everything below the directory is a regular file or a directory, within the bounds.
void unpack(std::string_view bytes) {
  const capsize::TemporaryDirectory directory("capsize-fuzz");
  const fs::path place = fs::path(directory.path()) / "place";
  fs::create_directory(place);
  constexpr UnpackLimits kLimits{.bytes = 1 << 20, .entries = 16};
  (void)unpack_archive(bytes, place, kLimits);
  std::uint64_t total = 0;
  for (const auto& entry : fs::recursive_directory_iterator(place)) {
    CHECK(!entry.is_symlink() && (entry.is_directory() || entry.is_regular_file()),
          "an archive brings files and directories only");
    if (entry.is_regular_file()) total += entry.file_size();
  }
  CHECK(total <= kLimits.bytes, "an archive is bounded");
  std::size_t beside = 0;
  for (const auto& entry : fs::directory_iterator(directory.path())) {
    beside += entry.exists() ? 1 : 0;
  }
  CHECK(beside == 1, "nothing is written beside the directory");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  read_text(input);
  unpack(input);
  return 0;
}
