// SEEDED_BUG(config, "name"): true only in capsize-node-with-bugs, if it was started with --bug
// name. In capsize-node the whole branch is compiled away, so the product contains none of the
// bugs.
//
// A seeded bug is one marked branch where the rule is implemented, and one file in node/bugs/ that
// registers its name, the rule that it breaks and the faults that expose it.
#pragma once

#ifndef CAPSIZE_SEEDED_BUGS
#error "a file with a seeded bug is compiled twice, which CMake decides: run cmake again"
#endif

#if CAPSIZE_SEEDED_BUGS
#define SEEDED_BUG(config, bug_name) ((config).bug == (bug_name))
#define ANY_SEEDED_BUG(config) (!(config).bug.empty())
#else
#define SEEDED_BUG(config, bug_name) false
#define ANY_SEEDED_BUG(config) false
#endif
