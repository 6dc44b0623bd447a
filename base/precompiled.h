// What is precompiled: of the standard library and fmt, what many files include. Never included by
// name; the build puts it before every file (CMakeLists.txt, CAPSIZE_PRECOMPILED_HEADERS).
//
// Nothing of the project: every edit would rebuild everything. Nothing that few files need: loading
// costs every file.
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
