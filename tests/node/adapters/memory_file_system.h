// A disk that forgets: what was not synced, and names whose directory was not synced, are gone
// after crash(). It can also fail the n-th call that changes something, and keep part of what was
// not synced (a torn write).
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

  /// The n-th changing call from now on fails, and every one after it: the process is dying. The
  /// failing call has its effect first if `after_effect`.
  void fail_from(std::uint64_t n, bool after_effect);
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  /// The process ends and is started again; the machine goes on, so nothing is lost.
  void kill() { fail_from_ = std::numeric_limits<std::uint64_t>::max(); }
  /// The machine stops and comes back; no call fails any more. Of bytes appended and not synced the
  /// first `torn_kept` part (0..1) survives, and if there is such a part, so does reserved room, as
  /// zeros: the length reaches a disk on its own. Otherwise both are lost. What was overwritten in
  /// place survives if all of the appended bytes do.
  void crash(double torn_kept);

  /// Direct access to what is there now, for tests that damage it.
  std::string& content(const std::string& path) { return names_.at(path)->now; }
  [[nodiscard]] std::map<std::string, std::string> all() const;

 private:
  friend class MemoryFile;
  friend class MemoryFixedFile;
  struct Inode {
    std::string now, synced;
    std::size_t end = 0;         // where append() writes; behind it lies reserved room
    std::size_t synced_end = 0;  // what was appended up to here is in `synced`
    bool overwritten = false;    // in place, and not synced since
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  /// Counts a changing call and does it, unless it is one that fails without effect.
  template <class Effect>
  base::Status change(const char* call, const std::string& path, Effect effect);

  Names names_, synced_names_;
  std::uint64_t calls_ = 0;
  std::uint64_t fail_from_ = std::numeric_limits<std::uint64_t>::max();
  bool after_effect_ = false;
};

}  // namespace capsize::storage
