// JUnit XML of a suite: a test case for each run and each control.
//
// The structure is what the schemas of Ant and of Jenkins both permit: a test suite for each
// execution, in it properties, test cases, system-out and system-err, and at most one result in a
// test case. docs/FORMATS.md (Suite reports) lists what becomes what. Some test case is red exactly
// if the suite is not valid.
#pragma once

#include <string>

#include "harness/suite_report/assessment.h"

namespace capsize::harness {

[[nodiscard]] std::string junit_xml(const Assessment& assessment);

}  // namespace capsize::harness
