// Pressure on the machine, as the kernel reports it in /proc/pressure: for how long tasks waited
// for a core, for memory, for the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace capsize::harness {

/// Time in which at least one task waited ("some") or all did ("full"), since the machine booted:
/// "cpu-some", "memory-some", "memory-full", "io-some", "io-full". Empty where the kernel has no
/// such files.
using PressureTotals = std::map<std::string, std::chrono::microseconds>;
[[nodiscard]] PressureTotals read_pressure();

/// The totals in one file: "some avg10=0.00 … total=4711".
[[nodiscard]] std::map<std::string, std::chrono::microseconds> pressure_totals(
    std::string_view text);

/// "cpu", "memory", "io": the share of the last ten seconds in which a task waited, in percent.
[[nodiscard]] std::map<std::string, double> pressure_now();

/// Shares of the time between two readings, from 0 to 1. Empty if one of them is.
using PressureShares = std::map<std::string, double>;
[[nodiscard]] PressureShares pressure_between(const PressureTotals& begin,
                                              const PressureTotals& end,
                                              std::chrono::nanoseconds time);

/// "a task waited for a core during 97 % of the time"; empty if the machine had cores and memory
/// enough to generate any load that was asked of it.
[[nodiscard]] std::string high_pressure(const PressureShares& shares);

}  // namespace capsize::harness
