// The secret of a server, and the file in which its user finds it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "harness/store/beneath.h"

namespace capsize::serve {

/// 256 random bits from the kernel as 64 hexadecimal digits.
[[nodiscard]] std::string random_secret();

/// A file of mode 0600 that exists as long as this object. It is locked, so that one which a killed
/// server left is known by its missing lock and removed by the next server of the store.
class TokenFile {
 public:
  /// Writes `address` into STORE/.serve-PORT, and removes files of servers that are gone. Error: it
  /// cannot be created, or another server of this port is alive (in another network namespace).
  [[nodiscard]] static base::Result<TokenFile> create(const std::filesystem::path& store,
                                                      std::uint16_t port,
                                                      const std::string& address);
  ~TokenFile();
  TokenFile(TokenFile&&) noexcept = default;
  TokenFile& operator=(TokenFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  TokenFile(std::filesystem::path path, harness::OwnedDescriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
  std::filesystem::path path_;
  harness::OwnedDescriptor descriptor_;
};

}  // namespace capsize::serve
