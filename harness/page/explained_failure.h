// The main failure of a run as its page explains it: the operations with their circumstances, where
// the others could have taken effect, the argument in words, and the lines of the nodes that
// answered. From evidence.json, so that page and evidence never disagree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/page/argument.h"
#include "harness/page/run_files.h"

namespace capsize::harness {

struct ExplainedOperation {
  ArguedOperation what;
  bool background = false;
  bool observes = false;  ///< it saw what cannot be
  std::optional<double> point_ms;
  std::optional<std::int64_t> index;  ///< of its invocation in the history
  std::string node, role;             ///< that served it; empty: unknown
  std::optional<std::int64_t> term;
  std::string newest_leader;
  std::optional<std::int64_t> newest_term;
  std::string faults;  ///< active while it ran: "cut n3, pause n1"
};

struct ExplainedLine {
  std::string node;
  std::optional<double> ms;
  std::string text;
  std::size_t operation = 0;  ///< its number, from 1; 0: none
};

struct ExplainedFailure {
  std::string anomaly, model, key, sentence;
  /// Those that the sentence names first, each part by invocation: numbered as the text output of
  /// the run numbers them.
  std::vector<ExplainedOperation> operations;
  std::vector<ArgumentStep> argument;
  std::vector<ExplainedLine> lines;

  /// The operation that saw what cannot be; null if there are no operations.
  [[nodiscard]] const ExplainedOperation* observer() const;
};

/// Nothing if the clients saw no violation, or the run has no evidence.
[[nodiscard]] std::optional<ExplainedFailure> explain_failure(const RunFiles& files);

[[nodiscard]] base::Json to_json(const ExplainedFailure& failure);

}  // namespace capsize::harness
