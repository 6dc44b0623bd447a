// The precompiled header: headers of the standard library and fmt that many files include. Never
// included by name; the build adds it to every file (CMakeLists.txt, CAPSIZE_PRECOMPILED_HEADERS).
//
// It contains no headers of the project, since each edit of one would rebuild everything, and none
// that only few files need, since every file pays for loading it.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>
