// The files of one node, and what a fault does to them while the node does not run: flipped bits, a
// lost end, an older copy. Only inside nodes/nN of the run directory, and bounded.
//
//   data          the node's
//   data-older    a copy of its log, made while it ran
//   data-intact   what was there before the damage, until it is put back
//   data-damaged  what the damaged node left behind, for whoever wants to look
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

  /// Remembers the log as it is. The node may run.
  base::Status copy();
  /// {"kind":"bit-flip","file":"log"|"snapshot","bits":n}: n bits anywhere in the newest segment of
  /// the log, or in the snapshot. {"kind":"truncate","share":s}: the newest segment loses this
  /// share of its records' bytes. {"kind":"rollback"}: the log, and the mark of what
  /// was synced, are what copy() remembered: a disk comes back whole, in an older state. What is
  /// there is kept first. Returns the evidence: `file`, `offset` (of the first change), `bytes`
  /// (changed or lost), and what was there. Precondition: the node does not run.
  base::Result<base::Json> damage(const base::Json& how);
  /// Puts back what was kept; nothing without any. Incarnations go on: no two lives share one.
  base::Status repair();

 private:
  [[nodiscard]] std::filesystem::path data() const { return home_ / "data"; }
  [[nodiscard]] std::filesystem::path newest_segment() const;
  base::Status keep();
  base::Result<base::Json> flip(const std::filesystem::path& file, std::uint64_t bits);
  base::Result<base::Json> truncate(double share);
  base::Result<base::Json> roll_back();

  std::filesystem::path home_;
  base::Prng prng_;
};

}  // namespace capsize::harness
