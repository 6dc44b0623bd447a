// SEEDED_BUG("name"): true only in capsize-node-with-bugs, if it was started with --bug name. In
// capsize-node the whole branch is compiled away, so the product contains none of the bugs.
//
// A seeded bug is one marked branch where the rule is implemented (some need a second one where
// their effect is), and one file in node/bugs/ that registers its name, the rule that it breaks and
// what must report it. docs/SEEDED_BUGS.md says how to add one.
//
// Not for headers: a file with a branch is compiled twice, which CMake recognises by this include.
#pragma once

#ifndef CAPSIZE_SEEDED_BUGS
#error "a file with a seeded bug is compiled twice, which CMake decides: run cmake again"
#endif

#if CAPSIZE_SEEDED_BUGS
#include "node/bugs/active.h"
#define SEEDED_BUG(name) (::capsize::bugs::is_active(name))
#define ANY_SEEDED_BUG() (!::capsize::bugs::active().empty())
#else
#define SEEDED_BUG(name) false
#define ANY_SEEDED_BUG() false
#endif
