// Shows the progress of a suite: a table that is redrawn on a terminal, a line for each finished
// run in a pipe.
#pragma once

#include <cstddef>
#include <string>

#include "harness/suite/suite_runner.h"

namespace capsize::harness {

class SuiteDisplay final : public SuiteObserver {
 public:
  /// `quiet`: shows nothing.
  explicit SuiteDisplay(bool quiet);
  ~SuiteDisplay() override;
  SuiteDisplay(const SuiteDisplay&) = delete;
  SuiteDisplay& operator=(const SuiteDisplay&) = delete;

  void begun(const Execution& execution, const Ledger& earlier, bool resumed) override;
  void note(const std::string& text) override;
  void finished(const Execution& execution) override;
  void progress(const Execution& execution, const SuiteProgress& progress) override;

 private:
  void clear();
  void print(const std::string& line);

  bool quiet_;
  bool terminal_;
  bool colours_;
  std::size_t drawn_ = 0;  // lines of the table on the terminal
};

}  // namespace capsize::harness
