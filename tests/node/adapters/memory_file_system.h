// A file system in memory with crashes: crash() loses unsynced bytes, and names whose directory was
// not synced. It can also fail the n-th modifying call, and keep a part of the unsynced bytes (a
// torn write).
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "node/storage/file_system.h"

namespace capsize::storage {

class MemoryFileSystem : public FileSystem {
 public:
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> create(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                                        std::uint64_t end) override;
  [[nodiscard]] base::Result<std::unique_ptr<FixedFile>> open_fixed(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::optional<std::string>> read(
      const std::string& path, std::size_t bytes_max = kWholeFile) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(const std::string& path) override;
  [[nodiscard]] base::Status truncate(const std::string& path, std::uint64_t size) override;
  [[nodiscard]] base::Status rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] base::Status remove(const std::string& path) override;
  [[nodiscard]] base::Status sync_directory(const std::string& path) override;
  [[nodiscard]] base::Status make_directory(const std::string&) override { return {}; }

  /// The n-th modifying call from now on fails, and every one after it, as for a dying process.
  /// With `after_effect` the failing call has its effect first.
  void fail_from(std::uint64_t n, bool after_effect);
  /// The n-th modifying call from now on fails without effect; those after it succeed.
  void fail_only(std::uint64_t n) { fail_only_ = calls_ + n; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  /// The process restarts; the machine does not, so nothing is lost.
  void kill() { fail_from_ = std::numeric_limits<std::uint64_t>::max(); }
  /// The machine stops and restarts; no call fails any more. Of unsynced appended bytes the first
  /// `torn_kept` share (0..1) survives; if it is not 0, reserved space survives as well, as zeros,
  /// because the length may reach the disk separately. Otherwise both are lost. Overwritten bytes
  /// survive if all appended bytes do.
  void crash(double torn_kept);

  /// Direct access to the current content, for tests that damage it.
  std::string& content(const std::string& path) { return names_.at(path)->now; }
  [[nodiscard]] std::map<std::string, std::string> all() const;

 private:
  friend class MemoryFile;
  friend class MemoryFixedFile;
  struct Inode {
    std::string now, synced;
    std::size_t end = 0;         // where append() writes; reserved space follows
    std::size_t synced_end = 0;  // the bytes up to here are in `synced`
    bool overwritten = false;    // overwritten in place, and not synced since
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  /// Counts a modifying call and performs it, unless it fails without effect.
  template <class Effect>
  base::Status change(const char* call, const std::string& path, Effect effect);

  Names names_, synced_names_;
  std::uint64_t calls_ = 0;
  std::uint64_t fail_from_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t fail_only_ = 0;
  bool after_effect_ = false;
};

}  // namespace capsize::storage
