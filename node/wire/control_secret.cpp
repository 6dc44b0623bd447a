#include "node/wire/control_secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/json.h"

namespace capsize::wire {
namespace {

constexpr std::string_view kKey = "secret";
constexpr std::size_t kBytesMin = 16;
constexpr std::size_t kBytesMax = 256;

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

/// Reads at most one byte more than a secret and its newline may have, to detect a longer file.
base::Result<std::string> read_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return base::Error{path + ": cannot be opened: " + std::strerror(errno)};
  struct stat info {};
  std::string bytes(kBytesMax + 2, '\0');
  ssize_t count = -1;
  const bool is_file = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  const bool is_private = (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  if (is_file && is_private) count = ::read(file, bytes.data(), bytes.size());
  ::close(file);
  if (!is_file) return base::Error{path + ": expected a regular file"};
  if (!is_private) return base::Error{path + ": others may read it, expected mode 0600"};
  if (count < 0) return base::Error{path + ": cannot be read"};
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

}  // namespace

base::Result<ControlSecret> ControlSecret::read_file(const std::string& path) {
  auto bytes = read_private_file(path);
  if (!bytes) return bytes.error();
  ControlSecret secret;
  secret.secret_ = bytes.value().substr(0, bytes.value().find('\n'));
  if (secret.secret_.size() < kBytesMin || secret.secret_.size() > kBytesMax) {
    return base::Error{path + ": expected a line of 16 to 256 bytes"};
  }
  return secret;
}

bool ControlSecret::admits(base::Json& request) const {
  const base::Json* given = request.find(kKey);
  const std::string text =
      given != request.end() && given->is_string() ? given->get<std::string>() : std::string();
  request.erase(kKey);
  return secret_.empty() || equal_in_constant_time(text, secret_);
}

void ControlSecret::sign(base::Json& request) const {
  if (!secret_.empty()) request[kKey] = secret_;
}

}  // namespace capsize::wire
