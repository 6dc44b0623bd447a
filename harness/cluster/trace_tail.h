// Reads a node's trace while it is being written, for the few events that anchors wait for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checker/properties/trace.h"
#include "nemesis/model/cluster.h"

namespace capsize::harness {

class TraceTail {
 public:
  TraceTail(nemesis::Node node, std::filesystem::path path) : node_(node), path_(std::move(path)) {}
  /// Appends the events written since the last call, of complete lines only. O(new bytes); skips
  /// the frequent events (append, commit, apply) without parsing them.
  void read(std::vector<nemesis::TraceEvent>& events);

 private:
  void take_line(std::string_view line, std::vector<nemesis::TraceEvent>& events);
  nemesis::Node node_;
  std::filesystem::path path_;
  std::uint64_t position_ = 0;
  std::string rest_;  // of a line that has no end yet
  checker::TraceLineParser parser_;
  checker::NodeNames names_;
};

}  // namespace capsize::harness
