// The directory of the path sockets of one cluster, inside the run directory and with mode 0700,
// and the secret that control requests carry.
//
// Why not Linux's abstract names: they have no permissions, so any local user could read, stop or
// fake a run, or bind the name of a node that is down. A path socket belongs to its directory: the
// harness leaves nothing outside the run directory even if it is killed, and as each run has its
// own directory, a stale socket file disturbs no later run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace capsize::harness {

/// From the kernel: unpredictable, and independent of the run's seed.
[[nodiscard]] std::uint64_t random_id();

class SocketDirectory {
 public:
  /// Creates `home`/sockets and, in it, the file `secret`. Precondition: `home` exists and belongs
  /// to the caller. Error: what could not be created, and why.
  [[nodiscard]] static base::Result<SocketDirectory> create(const std::filesystem::path& home);
  /// Removes the directory with its content.
  ~SocketDirectory();
  SocketDirectory(SocketDirectory&& other) noexcept;
  SocketDirectory& operator=(SocketDirectory&& other) noexcept;

  /// `name`, of at most 24 bytes, as an endpoint that this process and the children that it starts
  /// afterwards can bind and connect to. A socket's path has at most 107 bytes: if the directory's
  /// path is too long, the endpoint uses a descriptor of it that the children inherit
  /// (`/proc/self/fd/N/name`).
  [[nodiscard]] std::string endpoint(std::string_view name) const;
  [[nodiscard]] std::filesystem::path secret_file() const { return path_ / "secret"; }
  [[nodiscard]] const std::string& secret() const { return secret_; }

 private:
  SocketDirectory(std::filesystem::path path, std::string secret)
      : path_(std::move(path)), secret_(std::move(secret)) {}
  std::filesystem::path path_;
  std::string secret_;
  std::string prefix_;   // of every endpoint
  int descriptor_ = -1;  // of the directory, if its path is too long
};

}  // namespace capsize::harness
