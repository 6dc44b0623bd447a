#include "node/raft/configurations.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace capsize::raft {

const Configuration& Configurations::at(Index index) const {
  CHECK(index >= known_.front().index, "what was in force before the base is forgotten");
  std::size_t i = known_.size() - 1;
  while (known_[i].index > index) --i;
  return known_[i].configuration;
}

const Configuration& Configurations::previous() const {
  static const Configuration kUnknown;
  return known_.size() > 1 ? known_[known_.size() - 2].configuration : kUnknown;
}

void Configurations::append(Index index, Configuration configuration) {
  CHECK(index > latest_index(), "configurations are in the order of the log");
  known_.push_back({index, std::move(configuration)});
}

void Configurations::truncate_from(Index from) {
  CHECK(from > known_.front().index, "the base is never cut");
  while (known_.back().index >= from) known_.pop_back();
}

void Configurations::compact(Index index) {
  while (known_.size() > 1 && known_[1].index <= index) known_.erase(known_.begin());
  known_.front().index = std::max(known_.front().index, index);
}

void Configurations::install(Index index, Configuration configuration, bool keeps_what_follows) {
  if (!keeps_what_follows) known_.clear();
  std::erase_if(known_, [index](const Known& known) { return known.index <= index; });
  known_.insert(known_.begin(), {index, std::move(configuration)});
}

}  // namespace capsize::raft
