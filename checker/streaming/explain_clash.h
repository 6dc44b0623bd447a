// Explains a clash in a stream as a check of a complete history would: a minimal set of operations,
// a name and a sentence.
//
// A stream keeps no history, but StreamedRegister remembers for every value its writer, its last
// observer and the operations that make it too old. Of these, the operations with known sources
// form a closed set (explain/shrink.h): if they have no legal order, neither has the whole history.
// They are checked as a separate history, and the explanation of that check is used.
//
// How it fails: if a source was forgotten (a chain of more cas than are remembered, a value from
// long ago), the remaining operations may have no violation. Then the clash is reported as the
// stream found it: true, but without all writers.
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
