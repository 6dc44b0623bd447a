// Damages the files of one node while it does not run: flips bits, cuts the end off, restores an
// older copy. Touches only nodes/nN of the run directory.
//
//   data          the node's own
//   data-older    a copy of its log, made while it ran
//   data-intact   the files before the damage, until repair() restores them
//   data-damaged  what the damaged node left, for inspection
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include "base/json.h"

#include "base/prng.h"
#include "base/result.h"

namespace capsize::harness {

class DataDirectory {
 public:
  DataDirectory(std::filesystem::path node_directory, base::Prng prng)
      : home_(std::move(node_directory)), prng_(prng) {}

  /// Copies the log to data-older. The node may run.
  base::Status copy();
  /// {"kind":"bit-flip","file":"log"|"snapshot","bits":n}: n bits anywhere in the newest segment of
  /// the log, or in the snapshot. {"kind":"truncate","share":s}: the newest segment loses this
  /// share of its records' bytes. {"kind":"rollback"}: the log and the mark of what is
  /// synced become those of copy(), as if the disk returned in an older, consistent state.
  /// {"kind":"wipe"}: log and snapshot are gone. Moves the present files to data-intact first.
  /// Returns the evidence: `file`, `offset` (of the first change), `bytes` (changed or lost), and
  /// the bytes that were there. Precondition: the node does not run.
  base::Result<base::Json> damage(const base::Json& how);
  /// Restores data-intact if there is one. Keeps the newest incarnation, so that no number is used
  /// twice.
  base::Status repair();

 private:
  [[nodiscard]] std::filesystem::path data() const { return home_ / "data"; }
  [[nodiscard]] std::filesystem::path newest_segment() const;
  base::Status keep();
  base::Result<base::Json> flip(const std::filesystem::path& file, std::uint64_t bits);
  base::Result<base::Json> truncate(double share);
  base::Result<base::Json> roll_back();
  base::Result<base::Json> wipe();

  std::filesystem::path home_;
  base::Prng prng_;
};

}  // namespace capsize::harness
