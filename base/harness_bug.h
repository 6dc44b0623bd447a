// HARNESS_BUG("name"): true only in capsize-with-harness-bugs and capsize-proxy-with-harness-bugs,
// which only the tests build and nothing installs, if the environment variable CAPSIZE_HARNESS_BUG
// has that name. In the product the branch is compiled away.
//
// The harness is tested as it tests: with each of these bugs a run must end invalid, vacuous or as
// a harness error, never valid (tests/system/test_harness_bugs.py). The names are in
// tests/harness_bugs/harness_bugs.cpp.
//
// Not for headers: a file that includes this one is compiled twice, which CMake decides.
#pragma once

#ifndef CAPSIZE_HARNESS_BUGS
#define CAPSIZE_HARNESS_BUGS 0
#endif

#if CAPSIZE_HARNESS_BUGS
#include "tests/harness_bugs/harness_bugs.h"
#define HARNESS_BUG(name) (::capsize::harness_bugs::is_active(name))
#define ACTIVE_HARNESS_BUG() (::capsize::harness_bugs::active())
#else
#define HARNESS_BUG(name) false
#define ACTIVE_HARNESS_BUG() (::std::string_view())
#endif
