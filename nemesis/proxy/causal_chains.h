// What a run did, seen from the messages: chains of three messages, each of which may have caused
// the next. A chain says what happened before what (Lamport, 1978), and forgets nodes, terms and
// times: two runs in which the same happened in another order, or to other nodes, have the same
// chains.
//
//   n2 ── AppendEntries, older term ──> n1 ── refusal, newest term ──> n2 ── PreVote ──> n3
//
// A message may have been caused by the last one that its sender got before. The proxy cannot see
// what a node did with a message, so a chain is what can have been a cause, as seen from outside.
// (The idea of counting new behaviour by what happened before what is Mallory's: Meng et al.,
// "Greybox Fuzzing of Distributed Systems", CCS 2023.)
//
// Pure: one thread, no clock.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "node/wire/header.h"

namespace capsize::nemesis::proxy {

/// What became of a message when the proxy had read it.
enum class MessageFate : std::uint8_t {
  kDelivered,  // at once
  kWaits,      // delayed, held, deferred, throttled
  kStopped,    // discarded by a rule, or stopped by a cut
};

/// How a message reached its receiver.
enum class Arrival : std::uint8_t {
  kAtOnce,
  kLate,  // it has waited in the proxy, or is a copy
};

class CausalChains {
 public:
  /// Chains beyond this number are not counted: the memory is bounded. A run has some hundreds.
  static constexpr std::size_t kChainsMax = 65'536;
  static constexpr std::size_t kContextsMax = 1'024;

  /// Chains from now on are apart from those in another context, such as the kinds of faults that
  /// are active. Contexts beyond kContextsMax count as the empty one.
  void set_context(const std::string& name);
  /// The proxy has read a message: counts the chain that ends with it.
  void sent(const wire::Header& header, MessageFate fate);
  /// A copy has gone to the receiver's socket.
  void delivered(const wire::Header& header, Arrival arrival);

  struct Count {
    std::string context;
    std::uint32_t chain = 0;  // opaque: equal chains have equal numbers, in every run
    std::uint64_t times = 0;
  };
  [[nodiscard]] std::vector<Count> counts() const;
  /// Chains that were not counted, since there were too many.
  [[nodiscard]] std::uint64_t uncounted() const { return uncounted_; }

 private:
  /// A message without nodes, terms and times, in ten bits: type (4), term relative to the highest
  /// seen before it (2), whether sender and receiver lead the highest term (2), fate or arrival
  /// (2). 0 is no message.
  using Kind = std::uint32_t;
  static constexpr unsigned kKindBits = 10;
  /// The last message that a node got, and the last one that its sender had got before.
  struct Received {
    Kind message = 0;
    Kind cause = 0;
  };
  [[nodiscard]] Kind kind_of(const wire::Header& header, unsigned fate) const;
  void observe(const wire::Header& header);

  std::map<std::uint32_t, Received> received_;  // by node number
  std::uint64_t term_ = 0;                      // the highest seen
  std::uint32_t leader_ = 0;                    // of that term; 0: none has been seen
  std::vector<std::string> contexts_ = {""};
  std::uint64_t context_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> times_;  // by context << 32 | chain
  std::uint64_t uncounted_ = 0;
};

}  // namespace capsize::nemesis::proxy
