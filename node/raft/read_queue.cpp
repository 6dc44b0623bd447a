#include "node/raft/read_queue.h"

#include <utility>

namespace capsize::raft {

void ReadQueue::add(Request request) {
  if (waiting_.size() < kReadRequestsMax) waiting_.push_back(request);
}

bool ReadQueue::begin_round(Index commit) {
  return !waiting_.empty() && force_round(commit);
}

bool ReadQueue::force_round(Index commit) {
  if (rounds_.size() >= kReadRoundsInFlightMax) return false;
  ++round_;
  // The read index is fixed now. The commit index at the confirmation would be correct as well, but
  // would make reads wait for entries that were committed after they were requested.
  rounds_.push_back({round_, commit, std::exchange(waiting_, {})});
  return true;
}

std::vector<ReadQueue::Confirmed> ReadQueue::confirm(ReadRound confirmed) {
  std::vector<Confirmed> result;
  while (!rounds_.empty() && rounds_.front().number <= confirmed) {
    const Round& round = rounds_.front();
    for (const Request& request : round.requests) result.push_back({request, round.index});
    rounds_.pop_front();
  }
  return result;
}

std::vector<ReadQueue::Request> ReadQueue::abandon() {
  std::vector<Request> all = std::exchange(waiting_, {});
  for (const Round& round : rounds_) {
    all.insert(all.end(), round.requests.begin(), round.requests.end());
  }
  rounds_.clear();
  return all;
}

}  // namespace capsize::raft
