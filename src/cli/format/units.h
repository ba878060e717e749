// Docker's words for times, sizes and shares, to the letter: scripts read them. Pure. Source: the output of
// the docker command, github.com/docker/go-units.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cove::cli::format {

// "Less than a second", "1 second", "30 seconds", "About a minute", "5 minutes", "About an hour", "3 hours",
// "2 days", "3 weeks", "5 months", "2 years". A negative time counts as none.
[[nodiscard]] std::string human_duration(int64_t nanoseconds);

// Powers of 1000, at most `digits` significant ones (Docker: 4 in stats, 3 in lists): "0B", "1.234kB",
// "2.5GB".
[[nodiscard]] std::string human_size(double bytes, int digits = 4);
// Powers of 1024, four significant digits: "15.62MiB".
[[nodiscard]] std::string bytes_size(double bytes);

// Two digits after the point: "0.35%".
[[nodiscard]] std::string percentage(double percent);

// The first 12 characters of an id (behind "sha256:", if it begins so).
[[nodiscard]] std::string_view short_id(std::string_view id) noexcept;

// A container's state, in nanoseconds since 1970; 0 where it never happened.
struct StatusFacts {
  std::string_view state;   // created, running, paused, restarting, removing, exited, dead
  std::string_view health;  // starting, healthy, unhealthy; empty without a health check
  int64_t exit_code = 0;
  int64_t started = 0;
  int64_t finished = 0;
};

// The STATUS of `ps`: "Up 3 minutes (healthy)", "Exited (0) 2 hours ago", "Created", "Restarting (1) 5
// seconds ago".
[[nodiscard]] std::string status_text(const StatusFacts& facts, int64_t now);

// "2026-11-24 15:21:41 +0100 CET" in the local zone (TZ, /etc/localtime), as CREATED AT has it; nanoseconds
// since 1970.
[[nodiscard]] std::string local_time_text(int64_t nanoseconds);

}  // namespace cove::cli::format
