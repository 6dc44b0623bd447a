#include "node/wire/endpoint.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace capsize::wire {
namespace {

bool number_up_to(std::string_view text, unsigned max) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return !text.empty() && error == std::errc{} && stop == end && value <= max;
}

// "127.evil.example" is a name, not a loopback address: all four parts must be numbers.
bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  int parts = 0;
  while (true) {
    const std::size_t dot = host.find('.');
    if (!number_up_to(host.substr(0, dot), 255)) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

base::Error refuse(std::string_view endpoint, std::string_view why) {
  return {"endpoint " + std::string(endpoint) + ": " + std::string(why)};
}

}  // namespace

base::Status check_endpoint(std::string_view endpoint, bool allow_remote) {
  constexpr std::string_view kIpc = "ipc://";
  constexpr std::string_view kTcp = "tcp://";
  if (endpoint.starts_with(kIpc)) {
    const std::string_view path = endpoint.substr(kIpc.size());
    if (path.empty() || path == "@" || path == "*") return refuse(endpoint, "expected a name");
    if (path.size() > kIpcPathMax) {
      return refuse(endpoint, "the name is longer than " + std::to_string(kIpcPathMax) + " bytes");
    }
    return {};
  }
  if (!endpoint.starts_with(kTcp)) return refuse(endpoint, "expected ipc://… or tcp://HOST:PORT");
  const std::string_view address = endpoint.substr(kTcp.size());
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || !number_up_to(address.substr(colon + 1), 65535)) {
    return refuse(endpoint, "expected tcp://HOST:PORT");
  }
  if (!allow_remote && !is_loopback(address.substr(0, colon))) {
    return refuse(endpoint, "reaches beyond this machine; --allow-remote permits it");
  }
  return {};
}

}  // namespace capsize::wire
