// The formats of the cgroup files that statistics come from. Pure: texts in, numbers out; what does not fit
// the format gives nothing. Sources: cgroup-v2.rst, accounting/psi.rst, cgroup-v1/{memory,cpuacct,cpusets,
// blkio-controller}.rst.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/cgroup/stats.h"

namespace cove::cgroup {

// "some avg10=0.12 avg60=0.00 avg300=0.00 total=5", and a line "full …", which cpu.pressure did not always
// have.
std::optional<Pressure> parse_pressure(std::string_view text);

// Lines of "KEY NUMBER": memory.stat, cpu.stat.
std::optional<std::map<std::string, uint64_t>> parse_flat_map(std::string_view text);

// "0-2,5" -> {0, 1, 2, 5}; empty for an empty text. Numbers up to 1048575.
std::optional<std::vector<uint32_t>> parse_number_list(std::string_view text);

// "12 34 \n" -> {12, 34}: cpuacct.usage_percpu.
std::optional<std::vector<uint64_t>> parse_number_row(std::string_view text);

// cpuacct.usage_all: "cpu user system", then a line for each CPU.
struct PercpuUsage {
  std::vector<uint64_t> user_ns;
  std::vector<uint64_t> system_ns;
};
std::optional<PercpuUsage> parse_usage_all(std::string_view text);

// v1: "8:0 Read 1", "8:0 1", and "Total 1", which is left out.
std::optional<std::vector<BlkioEntry>> parse_blkio_entries(std::string_view text);

// v2 io.stat: rbytes and wbytes become entries of `service_bytes`, rios and wios of `serviced`.
struct IoEntries {
  std::vector<BlkioEntry> service_bytes;
  std::vector<BlkioEntry> serviced;
};
std::optional<IoEntries> parse_io_entries(std::string_view text);

}  // namespace cove::cgroup
