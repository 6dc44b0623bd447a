// From a clash in a stream to what a plain check would show: the fewest operations, a name and a
// sentence.
//
// A stream keeps no history, but StreamedRegister remembers for every value its writer, its last
// observer and what makes it too old. Of these the operations are taken whose sources are all
// known, so that nothing is missing that an observation depends on (explain/shrink.h): what has no
// legal order among them has none in the whole. They are checked as a history of their own, and
// that check explains itself.
//
// How it fails: a source that was forgotten (a chain of more cas than are remembered, a value that
// is long gone) leaves no violation among the rest. Then the clash is reported as the stream found
// it: true, but without all writers.
#pragma once

#include <string>
#include <vector>

#include "checker/report/report.h"
#include "checker/streaming/streamed_register.h"

namespace capsize::checker {

struct StreamedKey {
  std::string file;
  std::string model;
  std::string name;
  std::string initial_json;
  std::vector<std::string> process_names = {};  ///< of the processes -1, -2, ...
};

/// Precondition: the clash is a violation.
[[nodiscard]] Violation explain_clash(const StreamedKey& key, const StreamedClash& clash,
                                      std::vector<StreamedOperation> remembered);

}  // namespace capsize::checker
