// What a node is now, from the end of its trace. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "checker/properties/trace.h"
#include "harness/live/run_watch.h"

namespace capsize::harness {

class NodeBoard {
 public:
  /// Takes the lines that were appended. Parses at most two of them: the last one, since each has
  /// role and term, and the last one with a commit index.
  void add(std::string_view lines);
  /// Fills in everything but the name and the state of the process.
  void write(NodeNow& node, base::Instant now) const;
  [[nodiscard]] std::uint64_t incarnation() const { return last_ ? last_->incarnation : 0; }

 private:
  checker::TraceLineParser parser_;
  checker::NodeNames names_;
  std::optional<checker::TraceEvent> last_;
  std::optional<checker::TraceEvent> commit_;
};

}  // namespace capsize::harness
