// Lines from a descriptor, as far as they have come: never waits.
#pragma once

#include <string>
#include <vector>

namespace capsize::harness {

class LineInput {
 public:
  explicit LineInput(int descriptor) : descriptor_(descriptor) {}
  /// Whole lines that came since the last call, without their ends.
  [[nodiscard]] std::vector<std::string> take();
  /// Nobody will write any more, or what came was no line (longer than kLineBytesMax).
  [[nodiscard]] bool closed() const { return closed_; }

  static constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

 private:
  int descriptor_;
  std::string rest_;
  bool closed_ = false;
};

}  // namespace capsize::harness
