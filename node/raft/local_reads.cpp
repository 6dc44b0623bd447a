#include "node/raft/local_reads.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace capsize::raft {

std::vector<std::uint64_t> LocalReads::take_due(base::Instant now, base::Duration patience) {
  // The batch is closed here, when its request is sent. A read that joined it later could get an
  // index that the leader had determined before the read was requested.
  if (!gathered_.empty()) {
    unanswered_.push_back({++number_, std::exchange(gathered_, {}), false, now});
  }
  std::vector<std::uint64_t> due;
  for (Batch& batch : unanswered_) {
    if (batch.asked && now < batch.asked_at + patience) continue;
    batch.asked = true;
    batch.asked_at = now;
    due.push_back(batch.number);
  }
  return due;
}

void LocalReads::answered(std::uint64_t number, Index index) {
  if (number > number_) return;  // never requested
  // Earlier batches as well: their reads were requested before the leader determined this index.
  while (!unanswered_.empty() && unanswered_.front().number <= number) {
    answered_.push_back({index, std::move(unanswered_.front().reads)});
    unanswered_.pop_front();
  }
}

void LocalReads::retry_all() {
  for (Batch& batch : unanswered_) batch.asked = false;
}

void LocalReads::take_ready(Index applied, std::vector<ReadReady>& out) {
  const auto ready = [&](const Answered& answered) {
    if (answered.index > applied) return false;
    for (const std::uint64_t id : answered.reads) out.push_back({id, true});
    return true;
  };
  std::erase_if(answered_, ready);
}

void LocalReads::fail_unanswered(std::vector<ReadReady>& out) {
  for (const Batch& batch : unanswered_) {
    for (const std::uint64_t id : batch.reads) out.push_back({id, false});
  }
  unanswered_.clear();
  for (const std::uint64_t id : gathered_) out.push_back({id, false});
  gathered_.clear();
}

bool LocalReads::has_unanswered() const {
  return !unanswered_.empty() || !gathered_.empty();
}

base::Instant LocalReads::next_due(base::Duration patience) const {
  CHECK(has_unanswered(), "only an open request is repeated");
  base::Instant due = base::Instant::max();
  for (const Batch& batch : unanswered_) due = std::min(due, batch.asked_at + patience);
  return due;
}

}  // namespace capsize::raft
