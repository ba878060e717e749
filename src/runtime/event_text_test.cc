#include "runtime/event_text.h"

#include <gtest/gtest.h>

#include <string>

namespace cove::runtime {
namespace {

// What a part of the event's data looks like.
std::string part(const cgroup::Stats& stats, std::string_view name) {
  const std::string text = print_stats_event("c1", stats);
  const std::string key = "\"" + std::string(name) + "\":{";
  const size_t at = text.find(key);
  if (at == std::string::npos) return "not there";
  size_t depth = 0;
  for (size_t i = at + key.size() - 1; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return text.substr(at, i + 1 - at);
  }
  return "without an end";
}

// As `runc events --stats` of runc 1.1 prints it, which leaves out what is zero in most places but not in
// all.
TEST(EventText, OfAContainerThatHasUsedNothing) {
  EXPECT_EQ(print_stats_event("c1", cgroup::Stats()),
            R"({"type":"stats","id":"c1","data":{)"
            R"("cpu":{"usage":{"kernel":0,"user":0},"throttling":{}},)"
            R"("cpuset":{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,)"
            R"("memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,)"
            R"("sched_relax_domain_level":0},)"
            R"("memory":{"usage":{"limit":0,"failcnt":0},"swap":{"limit":0,"failcnt":0},)"
            R"("kernel":{"limit":0,"failcnt":0},"kernelTCP":{"limit":0,"failcnt":0}},)"
            R"("pids":{},"blkio":{},"hugetlb":{},"intel_rdt":{},"network_interfaces":null}})");
}

TEST(EventText, Cpu) {
  cgroup::Stats stats;
  stats.cpu.total_ns = 30;
  stats.cpu.percpu_ns = {10, 20};
  stats.cpu.kernel_ns = 5;
  stats.cpu.periods = 4;
  stats.cpu.throttled_ns = 7;
  EXPECT_EQ(part(stats, "cpu"), R"("cpu":{"usage":{"total":30,"percpu":[10,20],"kernel":5,"user":0},)"
                                R"("throttling":{"periods":4,"throttledTime":7}})");
  stats.cpu = {};
  stats.cpu.pressure = cgroup::Pressure{{0.5, 0, 0, 12}, {}};
  EXPECT_EQ(part(stats, "psi"), R"("psi":{"some":{"avg10":0.5,"avg60":0,"avg300":0,"total":12},)"
                                R"("full":{"avg10":0,"avg60":0,"avg300":0,"total":0}})");
}

TEST(EventText, Memory) {
  cgroup::Stats stats;
  stats.memory.cache = 4096;
  stats.memory.usage = {.limit = 18446744073709551615U, .usage = 8192, .max = 0, .failcnt = 3};
  stats.memory.raw = {{"anon", 1}, {"file", 0}};
  EXPECT_EQ(part(stats, "memory"),
            R"("memory":{"cache":4096,"usage":{"limit":18446744073709551615,"usage":8192,"failcnt":3},)"
            R"("swap":{"limit":0,"failcnt":0},"kernel":{"limit":0,"failcnt":0},)"
            R"("kernelTCP":{"limit":0,"failcnt":0},"raw":{"anon":1,"file":0}})");
}

TEST(EventText, PidsBlocksAndPages) {
  cgroup::Stats stats;
  stats.pids = {.current = 2, .limit = 57};
  stats.blkio.service_bytes = {{8, 0, "Read", 512}, {0, 0, "", 0}};
  stats.hugetlb["2MB"] = {.usage = 0, .max = 2, .failcnt = 0};
  stats.cpuset.cpus = {0, 3};
  EXPECT_EQ(part(stats, "pids"), R"("pids":{"current":2,"limit":57})");
  EXPECT_EQ(part(stats, "blkio"),
            R"("blkio":{"ioServiceBytesRecursive":[{"major":8,"op":"Read","value":512},{}]})");
  EXPECT_EQ(part(stats, "hugetlb"), R"("hugetlb":{"2MB":{"max":2,"failcnt":0}})");
  EXPECT_EQ(part(stats, "cpuset").substr(0, 39), R"("cpuset":{"cpus":[0,3],"cpu_exclusive":)");
}

TEST(EventText, ShortageOfMemory) {
  EXPECT_EQ(print_oom_event("c\"1"), R"({"type":"oom","id":"c\"1"})");
}

}  // namespace
}  // namespace cove::runtime
