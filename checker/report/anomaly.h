// Anomaly: the name of what went wrong, in the words of the trade.
//
// The names are part of the output that people search for and that tests compare; they do not
// change.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::checker {

enum class Anomaly : std::uint8_t {
  kStaleRead,           ///< saw an older value while a newer one was there
  kLostWrite,           ///< an acknowledged write vanished, and what it replaced came back
  kStaleOrLost,         ///< one of these two, and no operation shows which (lost_or_stale.h)
  kUnwrittenRead,       ///< a value that no operation ever wrote
  kAbortedRead,         ///< a value that only a failed operation wrote
  kIntermediateRead,    ///< a value that its transaction overwrote before it ended
  kFailedCas,           ///< a cas failed although the value was the expected one
  kTwoWinners,          ///< two cas expecting the same, once written value both succeeded
  kReadBeforeWrite,     ///< returned a value before the operation that wrote it began
  kCircularCas,         ///< cas operations whose values could only come from one another
  kDoubledAppend,       ///< one append, seen twice
  kReorderedAppend,     ///< appends seen in an order that contradicts time, or another read
  kIncompatibleOrder,   ///< two reads of a list of which neither can have become the other
  kLostAppend,          ///< an acknowledged append that later operations do not see
  kPhantomAppend,       ///< an element that no operation ever appended
  kDuplicateElement,    ///< taken out of a queue more often than it was put in
  kLostElement,         ///< put in, acknowledged, and missing where it must have been
  kReorderedOrLost,     ///< passed over in a queue or stack, and no later take shows which
  kPhantomElement,      ///< came out of a collection into which no operation ever put it
  kReorderedElement,    ///< came out of a queue or stack in an order that it does not have
  kResurrectedElement,  ///< seen in a set after it had been removed
  kWrongTotal,          ///< a sum that no choice of the additions under way adds up to
  kTwoHolders,          ///< a lock that two processes held at once
  kFreeLockReleased,    ///< a lock that was released while nobody held it
  kFracturedRead,       ///< saw one write of a transaction, and not another of the same one
  kContradictingRead,   ///< a transaction read one key twice and saw two values
  kNoLegalOrder,        ///< none of the above: there just is no order that explains what was seen
};

/// "stale read", "lost write", "read of a value never written", …
[[nodiscard]] std::string_view name(Anomaly anomaly);

}  // namespace capsize::checker
