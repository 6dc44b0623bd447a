// Anomaly: the name of what went wrong, in the words of Jepsen and Elle.
//
// Names are part of the output: people search for them, and tests compare them. They changed once,
// after release 0.1.0; from now on a name may be added, but none changes its meaning or spelling.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::checker {

enum class Anomaly : std::uint8_t {
  kStaleRead,           ///< returned an older value although a newer one was there
  kLostWrite,           ///< an acknowledged write vanished, and the value that it replaced is back
  kStaleOrLost,         ///< one of these two, and no operation shows which (lost_or_stale.h)
  kGarbageRead,         ///< observed a value, element or piece that no operation ever wrote
  kAbortedRead,         ///< observed a value that only a failed operation wrote
  kIntermediateRead,    ///< observed a value that its transaction overwrote before it ended
  kFailedCas,           ///< a cas failed although the value was the expected one
  kLostUpdate,          ///< two cas succeeded on the same value, which was written only once
  kReadBeforeWrite,     ///< returned a value before the operation that wrote it began
  kCyclicCas,           ///< cas operations whose values could only come from one another
  kDuplicateAppend,     ///< one append, observed twice
  kReorderedAppend,     ///< appends observed in an order that contradicts time, or another read
  kIncompatibleOrder,   ///< two reads of a list of which neither is a prefix of the other
  kLostAppend,          ///< an acknowledged append that later operations do not observe
  kDuplicateElement,    ///< taken out of a queue more often than it was put in
  kLostElement,         ///< put in, acknowledged, and missing where it must have been
  kReorderedOrLost,     ///< passed over in a queue or stack, and no later take shows which
  kReorderedElement,    ///< came out of a queue or stack in an order that it does not have
  kResurrectedElement,  ///< observed in a set after it had been removed
  kWrongTotal,          ///< a sum that no choice of the concurrent additions adds up to
  kTwoHolders,          ///< a lock that two processes held at once
  kFreeLockReleased,    ///< a lock that was released while no process held it
  kFracturedRead,       ///< observed one write of a transaction but not another of the same one
  kInternalRead,        ///< a transaction read a key and contradicted its own earlier read or write
  kNoLegalOrder,        ///< none of the above: no order explains what was observed
};

/// "stale read", "lost write", "garbage read", …
[[nodiscard]] std::string_view name(Anomaly anomaly);
/// Returns the present name of an anomaly that release 0.1.0 named differently, and any other text
/// unchanged.
[[nodiscard]] std::string_view present_name(std::string_view name);

}  // namespace capsize::checker
