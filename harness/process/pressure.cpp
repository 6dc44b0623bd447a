#include "harness/process/pressure.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "harness/process/kernel_files.h"

namespace capsize::harness {
namespace {

// A run of five nodes keeps two cores busy for a part of the time: what counts is that tasks wait
// for most of it. For memory, a tenth of the time is already a machine that swaps.
constexpr double kCoresHigh = 0.75;
constexpr double kMemoryHigh = 0.10;

double share(const PressureShares& shares, const char* key) {
  const auto found = shares.find(key);
  return found == shares.end() ? 0 : found->second;
}

}  // namespace

std::map<std::string, std::chrono::microseconds> pressure_totals(std::string_view text) {
  std::map<std::string, std::chrono::microseconds> totals;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kTotal = " total=";
    const std::size_t at = line.find(kTotal);
    if (at == std::string_view::npos) continue;
    std::uint64_t total = 0;
    const char* const digits = line.data() + at + kTotal.size();
    if (std::from_chars(digits, line.data() + line.size(), total).ec != std::errc()) continue;
    totals[std::string(line.substr(0, line.find(' ')))] = std::chrono::microseconds(total);
  }
  return totals;
}

PressureTotals read_pressure() {
  PressureTotals all;
  for (const std::string resource : {"cpu", "memory", "io"}) {
    for (const auto& [kind, total] : pressure_totals(kernel_file("/proc/pressure/" + resource))) {
      // The kernel always reports 0 for a whole machine of which every task waits for a core.
      if (resource != "cpu" || kind != "full") all[resource + "-" + kind] = total;
    }
  }
  return all;
}

std::map<std::string, double> pressure_now() {
  constexpr std::string_view kSome = "some avg10=";
  std::map<std::string, double> averages;
  for (const std::string resource : {"cpu", "memory", "io"}) {
    const std::string text = kernel_file("/proc/pressure/" + resource);
    if (!text.starts_with(kSome)) continue;
    double percent = 0;
    const char* const end = text.data() + text.size();
    if (std::from_chars(text.data() + kSome.size(), end, percent).ec != std::errc()) continue;
    averages[resource] = percent;
  }
  return averages;
}

PressureShares pressure_between(const PressureTotals& begin, const PressureTotals& end,
                                std::chrono::nanoseconds time) {
  PressureShares shares;
  if (time <= std::chrono::nanoseconds::zero()) return shares;
  for (const auto& [key, total] : end) {
    const auto before = begin.find(key);
    if (before == begin.end()) continue;
    const double waited = std::chrono::duration<double>(total - before->second).count();
    shares[key] = std::clamp(waited / std::chrono::duration<double>(time).count(), 0.0, 1.0);
  }
  return shares;
}

std::string high_pressure(const PressureShares& shares) {
  const double cores = share(shares, "cpu-some"), memory = share(shares, "memory-some");
  if (memory >= kMemoryHigh) {
    return fmt::format("a task waited for memory during {:.0f} % of the time", 100 * memory);
  }
  if (cores < kCoresHigh) return {};
  return fmt::format("a task waited for a core during {:.0f} % of the time", 100 * cores);
}

}  // namespace capsize::harness
