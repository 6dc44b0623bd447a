// Targets of requests to capsize serve: whatever is accepted leads down, and nowhere else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "serve/gate/gate.h"
#include "serve/gate/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capsize;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto target = serve::parse_target(text)) {
    for (const std::string& name : target->path) {
      CHECK(serve::is_name(name), "every segment of a path is a name");
      CHECK(name != "." && name != ".." && name.find_first_of("/\\%") == name.npos &&
                name.find('\0') == name.npos,
            "no segment leads elsewhere");
    }
  }
  // Without the secrets every request ends here.
  const serve::Gate gate(80, std::string(64, 'a'), std::string(64, 'b'));
  const auto answer =
      gate.answer({.method = "GET", .target = text, .host = "127.0.0.1:80", .cookies = text});
  const bool knows =
      text.find(std::string(64, 'a')) != text.npos || text.find(std::string(64, 'b')) != text.npos;
  CHECK(knows || (answer && answer->status >= 400), "no request is let in without a secret");
  return 0;
}
