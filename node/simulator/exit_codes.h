// How capsize-sim ends: the exit codes of all of Capsize.
#pragma once

namespace capsize::simulator {

enum ExitCode : int {
  kHolds = 0,
  kViolated = 1,
  kInterrupted = 130,
  kUsageError = 254,
  kSimulatorError = 255
};

}  // namespace capsize::simulator
