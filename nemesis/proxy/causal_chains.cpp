#include "nemesis/proxy/causal_chains.h"

#include <algorithm>
#include <tuple>

namespace capsize::nemesis::proxy {
namespace {

using wire::MessageType;

bool is_of_leader(MessageType type) {
  return type == MessageType::kAppendEntries || type == MessageType::kHeartbeat ||
         type == MessageType::kInstallSnapshot;
}

}  // namespace

void CausalChains::set_context(const std::string& name) {
  const auto found = std::find(contexts_.begin(), contexts_.end(), name);
  if (found != contexts_.end()) {
    context_ = static_cast<std::uint64_t>(found - contexts_.begin());
  } else if (contexts_.size() < kContextsMax) {
    context_ = contexts_.size();
    contexts_.push_back(name);
  } else {
    context_ = 0;
  }
}

CausalChains::Kind CausalChains::kind_of(const wire::Header& header, unsigned fate) const {
  // A pre-vote carries the term that it would begin: it raises none.
  const bool asks = header.type == MessageType::kPreVote;
  const unsigned term = header.term == term_ || asks ? 1 : header.term < term_ ? 2 : 3;
  const unsigned leads = (header.from == leader_ ? 1U : 0U) | (header.to == leader_ ? 2U : 0U);
  return static_cast<Kind>(header.type) | term << 4 | leads << 6 | fate << 8;
}

void CausalChains::observe(const wire::Header& header) {
  if (header.type == MessageType::kPreVote || header.type == MessageType::kPreVoteReply) return;
  if (header.term > term_) {
    term_ = header.term;
    leader_ = 0;
  }
  if (header.term == term_ && is_of_leader(header.type)) leader_ = header.from;
}

void CausalChains::sent(const wire::Header& header, MessageFate fate) {
  const Received before = received_[header.from];
  const std::uint64_t chain = std::uint64_t{before.cause} << (2 * kKindBits) |
                              std::uint64_t{before.message} << kKindBits |
                              kind_of(header, static_cast<unsigned>(fate));
  observe(header);
  const std::uint64_t key = context_ << 32 | chain;
  const auto found = times_.find(key);
  if (found != times_.end()) {
    ++found->second;
  } else if (times_.size() < kChainsMax) {
    times_.emplace(key, 1);
  } else {
    ++uncounted_;
  }
}

void CausalChains::delivered(const wire::Header& header, Arrival arrival) {
  // What a late message was caused by has been replaced since.
  const bool late = arrival == Arrival::kLate;
  const Kind cause = late ? 0 : received_[header.from].message;
  received_[header.to] = {kind_of(header, static_cast<unsigned>(arrival)), cause};
}

std::vector<CausalChains::Count> CausalChains::counts() const {
  std::vector<Count> all;
  all.reserve(times_.size());
  for (const auto& [key, times] : times_) {
    all.push_back({contexts_[key >> 32], static_cast<std::uint32_t>(key), times});
  }
  std::sort(all.begin(), all.end(), [](const Count& a, const Count& b) {
    return std::tie(a.context, a.chain) < std::tie(b.context, b.chain);
  });
  return all;
}

}  // namespace capsize::nemesis::proxy
