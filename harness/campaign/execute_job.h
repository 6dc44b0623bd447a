// Executes a job on this machine, as a worker of an engine does.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "harness/campaign/job.h"
#include "harness/run/signals.h"

namespace capsize::harness {

struct JobPlace {
  std::filesystem::path program;    // what executes a run (docs/FORMATS.md, Runners)
  std::filesystem::path directory;  // of the job, empty
};

/// Runs it to its end, to its deadline, or until one of `signals` stops it: the first one asks the
/// run to judge what it has, the second one kills it. A Capsize of another revision than the job's
/// is a harness error. Must be called by a thread that exists as long as the process
/// (child_process.h). Error: the directory cannot be written.
[[nodiscard]] base::Result<JobAnswer> execute_job(const Job& job, const JobPlace& place,
                                                  SignalGuard& signals);

}  // namespace capsize::harness
