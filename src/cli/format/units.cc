#include "cli/format/units.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

#include "cli/format/time_zone.h"

namespace cove::cli::format {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

constexpr std::array<std::string_view, 9> kDecimalUnits{"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
constexpr std::array<std::string_view, 9> kBinaryUnits{"B",   "KiB", "MiB", "GiB", "TiB",
                                                       "PiB", "EiB", "ZiB", "YiB"};

std::string scaled(double size, double base, std::span<const std::string_view> units, int digits) {
  size_t unit = 0;
  while (size >= base && unit + 1 < units.size()) {
    size /= base;
    ++unit;
  }
  std::string number = fmt::format("{:.{}g}", size, digits);
  // 999.9 in three digits is 1e+03, which Docker prints: the next unit is what was meant.
  if (number.find('e') != std::string::npos && unit + 1 < units.size()) {
    number = "1";
    ++unit;
  }
  return number + std::string(units[unit]);
}

}  // namespace

std::string human_duration(int64_t nanoseconds) {
  const int64_t seconds = nanoseconds / kSecond;
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return fmt::format("{} seconds", seconds);
  const int64_t minutes = seconds / 60;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return fmt::format("{} minutes", minutes);
  const int64_t hours = (seconds + 1800) / 3600;  // the nearest
  constexpr int64_t kDay = 24;
  if (hours == 1) return "About an hour";
  if (hours < 2 * kDay) return fmt::format("{} hours", hours);
  if (hours < 14 * kDay) return fmt::format("{} days", hours / kDay);
  if (hours < 60 * kDay) return fmt::format("{} weeks", hours / kDay / 7);
  if (hours < 730 * kDay) return fmt::format("{} months", hours / kDay / 30);
  return fmt::format("{} years", seconds / 3600 / kDay / 365);
}

std::string human_size(double bytes, int digits) {
  return scaled(bytes, 1000, kDecimalUnits, digits);
}

std::string bytes_size(double bytes) {
  return scaled(bytes, 1024, kBinaryUnits, 4);
}

std::string percentage(double percent) {
  return fmt::format("{:.2f}%", percent);
}

std::string_view short_id(std::string_view id) noexcept {
  constexpr std::string_view kAlgorithm = "sha256:";
  if (id.starts_with(kAlgorithm)) id.remove_prefix(kAlgorithm.size());
  return id.substr(0, 12);
}

std::string status_text(const StatusFacts& facts, int64_t now) {
  std::string up = "Up " + human_duration(now - facts.started);
  const std::string ago = human_duration(now - facts.finished) + " ago";
  if (facts.state == "paused") return up + " (Paused)";
  if (facts.state == "restarting") return fmt::format("Restarting ({}) {}", facts.exit_code, ago);
  if (facts.state == "running") {
    if (facts.health.empty()) return up;
    return fmt::format("{} ({}{})", up, facts.health == "starting" ? "health: " : "", facts.health);
  }
  if (facts.state == "removing") return "Removal In Progress";
  if (facts.state == "dead") return "Dead";
  if (facts.started == 0 || facts.state == "created") return "Created";
  return facts.finished == 0 ? std::string() : fmt::format("Exited ({}) {}", facts.exit_code, ago);
}

std::string local_time_text(int64_t nanoseconds) {
  const int64_t seconds = nanoseconds / kSecond - (nanoseconds % kSecond < 0 ? 1 : 0);
  return print_local_time(local_zone().at(seconds));
}

}  // namespace cove::cli::format
