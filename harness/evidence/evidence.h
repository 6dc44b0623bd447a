// evidence.json: what a colleague or a program needs to state what went wrong, where and under
// which faults, without the store (docs/FORMATS.md, Evidence).
//
// It has at most kEvidenceBytesMax bytes: every text and every list has a bound of its own, and the
// sum of these bounds is below it. Lists say how many elements are missing. What the run did not
// record is absent: a system without traces has no roles, terms and transitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "harness/evidence/surroundings.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

inline constexpr const char* kEvidenceFormat = "capsize-evidence";
inline constexpr std::uint64_t kEvidenceVersion = 1;
inline constexpr std::size_t kEvidenceBytesMax = std::size_t{64} * 1024;

/// Whether a run gets one: every run that is neither valid nor vacuous.
[[nodiscard]] bool needs_evidence(const Outcome& outcome);

/// `results` is the content of results.json. Pure: reads no file.
[[nodiscard]] base::Json evidence_of(const Outcome& outcome, const base::Json& results,
                                     const Surroundings& surroundings);

/// The text of the file: at most kEvidenceBytesMax bytes.
[[nodiscard]] std::string evidence_text(const base::Json& evidence);

/// Writes evidence.json into the run directory, if the run needs one.
base::Status write_evidence(const Outcome& outcome, const base::Json& results);

}  // namespace capsize::harness
