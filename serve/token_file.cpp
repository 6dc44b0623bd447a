#include "serve/token_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace capsize::serve {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = ".serve-";

/// Removes the files whose server is gone: no process holds their lock.
void remove_orphans(const fs::path& store) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(store, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const harness::OwnedDescriptor file(
        ::open(entry.path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
  }
}

}  // namespace

std::string random_secret() {
  std::array<unsigned char, 32> bytes{};
  const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
  CHECK(got == static_cast<ssize_t>(bytes.size()), "the kernel has random bytes");
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

base::Result<TokenFile> TokenFile::create(const fs::path& store, std::uint16_t port,
                                          const std::string& address) {
  remove_orphans(store);
  fs::path path = store / fmt::format("{}{}", kPrefix, port);
  const auto failed = [&path](const char* what) {
    return base::Error{fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno))};
  };
  harness::OwnedDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return failed("cannot be created for the token");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return failed("cannot be locked");
  const std::string line = address + "\n";
  if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    const auto error = failed("cannot be written");
    ::unlink(path.c_str());
    return error;
  }
  return TokenFile(std::move(path), std::move(file));
}

TokenFile::~TokenFile() {
  if (descriptor_) ::unlink(path_.c_str());
}

}  // namespace capsize::serve
