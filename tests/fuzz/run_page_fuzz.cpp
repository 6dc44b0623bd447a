// A run directory with anything in its files has a page, or is refused in one line; nothing else
// may happen. The input is the files, separated by zero bytes: scenario.json, results.json,
// evidence.json, faults.jsonl, history.jsonl, nodes/n1/trace.jsonl, messages.bin.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "harness/page/run_page.h"

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 7> kFiles = {
    "scenario.json", "results.json",         "evidence.json", "faults.jsonl",
    "history.jsonl", "nodes/n1/trace.jsonl", "messages.bin"};

/// In memory where the machine has that: a run directory that the next input overwrites.
class Directory {
 public:
  Directory() {
    std::string pattern = fs::exists("/dev/shm") ? "/dev/shm/page-XXXXXX" : "/tmp/page-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
    fs::create_directories(path_ / "nodes" / "n1");
  }
  ~Directory() { fs::remove_all(path_); }
  void write(std::string_view input) const {
    for (const char* file : kFiles) {
      const bool last = file == kFiles.back();  // a record of messages has zero bytes
      const std::size_t end = last ? input.size() : std::min(input.find('\0'), input.size());
      std::ofstream(path_ / file, std::ios::binary) << input.substr(0, end);
      input.remove_prefix(std::min(end + 1, input.size()));
    }
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Directory directory;
  directory.write(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto page = capsize::harness::page_of(directory.path());
  if (!page) {
    if (page.error().message.empty()) std::abort();
    return 0;
  }
  const std::string html = capsize::harness::html_of(page.value());
  if (!html.ends_with("</html>\n")) std::abort();
  return 0;
}
