// The formats of cgroup files. Pure: texts in, numbers out; what does not fit the format gives nothing.
// Source: cgroup-v2.rst "Format"; cgroup-v1/blkio-controller.rst.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cove::cgroup {

// "4096\n" -> 4096; "max\n" -> kUnlimited.
std::optional<uint64_t> parse_counter(std::string_view text);

// The number behind `key` in lines of "KEY NUMBER", as in cpu.stat, memory.events, memory.oom_control.
std::optional<uint64_t> find_counter(std::string_view text, std::string_view key);

struct IoBytes {
  uint64_t read = 0;
  uint64_t written = 0;
};
// v2 io.stat, summed over the devices: "8:0 rbytes=1 wbytes=2 rios=3 …".
std::optional<IoBytes> parse_io_stat(std::string_view text);
// v1 blkio.throttle.io_service_bytes_recursive, likewise: "8:0 Read 1", "8:0 Write 2", …, "Total 3".
std::optional<IoBytes> parse_blkio_bytes(std::string_view text);

// "cpu io memory\n" -> {"cpu", "io", "memory"}
std::vector<std::string> parse_words(std::string_view text);

// v1 freezer.state; nothing for any other text.
enum class FreezerState : uint8_t { thawed, freezing, frozen };
std::optional<FreezerState> parse_freezer_state(std::string_view text);

// cgroup.procs: a number per line. Processes that the reader's PID namespace can't name are 0 and left out.
std::vector<pid_t> parse_process_ids(std::string_view text);

}  // namespace cove::cgroup
