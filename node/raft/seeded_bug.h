// SEEDED_BUG(config, "name"): true only in capsize-node-with-bugs, when it was told to make that
// mistake. In capsize-node the whole branch is compiled away: the product holds none of it.
//
// A seeded bug is one marked branch at the place where the rule is implemented, and one file in
// node/bugs/ that registers its name, the rule it breaks and what exposes it.
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
