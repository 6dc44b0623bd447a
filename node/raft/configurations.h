// Which configuration is in force: always the latest in the log, committed or not (paper section 6,
// "a server always uses the latest configuration in its log"). So a configuration goes when its
// entry is cut, and the one before it is in force again (canonical/raft 323 kept the one that was
// cut).
#pragma once

#include <vector>

#include "node/raft/configuration.h"

namespace capsize::raft {

class Configurations {
 public:
  /// `base` is in force until the log holds another: of the snapshot, or what a new cluster was
  /// started with.
  explicit Configurations(Configuration base = {}) : known_{{Index{}, std::move(base)}} {}

  [[nodiscard]] const Configuration& latest() const { return known_.back().configuration; }
  /// Index of the entry that holds latest(); that of the snapshot, or 0, for the base.
  [[nodiscard]] Index latest_index() const { return known_.back().index; }
  /// In force before latest(); an empty one if that is not known any more.
  [[nodiscard]] const Configuration& previous() const;
  /// In force at an index that was not compacted: what a snapshot up to there includes.
  [[nodiscard]] const Configuration& at(Index index) const;

  /// The log has grown by a configuration entry. Precondition: behind latest_index().
  void append(Index index, Configuration configuration);
  /// The log was cut from `from` on.
  void truncate_from(Index from);
  /// The log up to `index` is in a snapshot; what was in force there is the base now.
  void compact(Index index);
  /// Another node's snapshot up to `index` took the log's place; entries behind it stay or not.
  void install(Index index, Configuration configuration, bool keeps_what_follows);

 private:
  struct Known {
    Index index;
    Configuration configuration;
  };
  std::vector<Known> known_;  // ascending; the first is the base; a handful at most
};

}  // namespace capsize::raft
