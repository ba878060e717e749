#include "kernel/procfs/procfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace cove::procfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SelfCgroup, ReadsBothVersionsAndNamedHierarchies) {
  const auto entries = parse_cgroup(
      "12:name=systemd:/user.slice\n4:cpu,cpuacct:/a:b c\n3:memory:/gone "
      "(deleted)\n0::/user.slice/x.scope\n");
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 4U);
  EXPECT_THAT((*entries)[0].controllers, ElementsAre("name=systemd"));
  EXPECT_THAT((*entries)[1].controllers, ElementsAre("cpu", "cpuacct"));
  EXPECT_EQ((*entries)[1].path, "/a:b c");
  EXPECT_FALSE((*entries)[1].deleted);
  EXPECT_EQ((*entries)[2].path, "/gone");
  EXPECT_TRUE((*entries)[2].deleted);
  EXPECT_EQ((*entries)[3].hierarchy, 0U);
  EXPECT_THAT((*entries)[3].controllers, IsEmpty());
  EXPECT_EQ((*entries)[3].path, "/user.slice/x.scope");
}

TEST(SelfCgroup, RefusesWhatTheKernelNeverPrints) {
  for (const char* bad : {"x:memory:/a", "1:memory", "1:memory:a", "1:memory:", "0:memory:/a", "1::/a",
                          "1:a,,b:/c", "-1:memory:/a", "", "\n"}) {
    const auto entries = parse_cgroup(std::string(bad) + "\n");
    EXPECT_FALSE(entries.ok()) << bad;
    if (!entries.ok()) {
      EXPECT_THAT(entries.error().message(), HasSubstr("/proc/self/cgroup line"));
    }
  }
}

TEST(Status, ReadsTheFieldsAskedFor) {
  const auto status = parse_status(
      "Name:\tcat\nUmask:\t0022\nNSpid:\t4711\t12\t1\nVmHWM:\t    1536 kB\nSigBlk:\t0000000000000001\n"
      "SigIgn:\t8000000000000000\nSigCgt:\t0000000180004002\n");
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->blocked_signals, 1U);
  EXPECT_EQ(status->ignored_signals, uint64_t{1} << 63);
  EXPECT_EQ(status->caught_signals, 0x180004002U);
  EXPECT_THAT(status->namespace_pids, ElementsAre(4711, 12, 1));
  EXPECT_EQ(status->peak_resident_bytes, 1536U * 1024);
}

TEST(Status, AbsentFieldsStayEmptyAndBrokenOnesAreErrors) {
  EXPECT_FALSE(parse_status("Name:\tkthreadd\n")->peak_resident_bytes);
  for (const char* bad :
       {"SigBlk:\txyz\n", "NSpid:\t1 2\n", "NSpid:\t\n", "NSpid:\t-1\n", "VmHWM:\t12\n",
        "VmHWM:\t99999999999999999999 kB\n", "VmHWM:\t18446744073709551615 kB\n", "no colon\n"}) {
    EXPECT_FALSE(parse_status(bad).ok()) << bad;
  }
}

TEST(Status, ReadsThisProcess) {
  ASSERT_NE(signal(SIGUSR2, SIG_IGN), SIG_ERR);
  const auto status = read_status(getpid());
  ASSERT_TRUE(status.ok()) << status.error().message();
  EXPECT_EQ(status->namespace_pids.front(), getpid());
  EXPECT_GT(status->peak_resident_bytes.value_or(0), 100'000U);
  EXPECT_NE(*status->ignored_signals & (uint64_t{1} << (SIGUSR2 - 1)), 0U);
  signal(SIGUSR2, SIG_DFL);
}

TEST(Swaps, CountsAreas) {
  const std::string header = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
  EXPECT_EQ(parse_swaps(header).value(), 0U);
  EXPECT_EQ(parse_swaps("").value(), 0U);
  EXPECT_EQ(
      parse_swaps(header + "/dev/sda2 partition 975868\t\t0\t\t-2\n/swap\\040file file 4 0 -3\n").value(),
      2U);
  EXPECT_FALSE(parse_swaps("something else\n").ok());
  EXPECT_TRUE(read_swaps().ok());
}

TEST(Meminfo, ReadsTheTotal) {
  EXPECT_EQ(parse_memory_total("MemTotal:        2048 kB\nMemFree: 1 kB\n").value(), 2048U * 1024);
  EXPECT_FALSE(parse_memory_total("MemFree: 1 kB\n").ok());
  EXPECT_FALSE(parse_memory_total("MemTotal: many kB\n").ok());
  EXPECT_GT(read_memory_total().value(), uint64_t{1} << 26);
}

TEST(Stat, TheNameMayHoldAnything) {
  const auto stat = parse_stat(
      "77 (a) S (b)) Z 1 77 77 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 98765 1000 10 18446744073709551615 1 "
      "1 0\n");
  ASSERT_TRUE(stat.ok()) << stat.error().message();
  EXPECT_EQ(stat->state, 'Z');
  EXPECT_TRUE(stat->dead());
  EXPECT_EQ(stat->start_time, 98765U);
  EXPECT_EQ(stat->parent, 1);
  EXPECT_EQ(stat->cpu_ticks, 3U);
}

TEST(Stat, RefusesWhatIsShort) {
  EXPECT_FALSE(parse_stat("77 (sh) S 1 2 3").ok());
  EXPECT_FALSE(parse_stat("77 sh S").ok());
  EXPECT_FALSE(parse_stat("").ok());
}

TEST(Stat, OwnProcessRuns) {
  const auto stat = read_stat(getpid());
  ASSERT_TRUE(stat.ok());
  EXPECT_FALSE(stat->dead());
  EXPECT_GT(stat->start_time, 0U);
}

TEST(Statm, HasPages) {
  const auto memory = parse_statm("5 3 2 1 0 1 0\n");
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(memory->resident, 3U);
  EXPECT_EQ(memory->shared, 2U);
  EXPECT_FALSE(parse_statm("5 3").ok());
  EXPECT_FALSE(parse_statm("5 x 2").ok());
  EXPECT_TRUE(read_statm(getpid()).ok());
}

TEST(Io, HasBytesOfDevices) {
  const auto io = parse_io("rchar: 9\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 1\n");
  ASSERT_TRUE(io.ok());
  EXPECT_EQ(io->read_bytes, 4096U);
  EXPECT_EQ(io->written_bytes, 8192U);
  EXPECT_FALSE(parse_io("read_bytes: 1\n").ok());
  EXPECT_FALSE(parse_io("read_bytes: x\nwrite_bytes: 1\n").ok());
}

constexpr std::string_view kNetDevHeading =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n";

TEST(NetDev, SumsAllButTheLoopback) {
  const auto traffic = parse_net_dev(std::string(kNetDevHeading) +
                                     "    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0\n"
                                     "  eth0: 20 2 0 0 0 0 0 0 3 5 0 0 0 0 0 0\n"
                                     "eth0:1: 1 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0\n");
  ASSERT_TRUE(traffic.ok()) << traffic.error().message();
  EXPECT_EQ(traffic->received, 21U);
  EXPECT_EQ(traffic->sent, 7U);
  EXPECT_EQ(traffic->packets_received, 3U);
  EXPECT_EQ(traffic->packets_sent, 6U);
  EXPECT_TRUE(read_net_dev(getpid()).ok());
}

TEST(NetDev, RefusesWhatTheKernelNeverPrints) {
  for (const char* bad : {"eth0 1 2 3\n", "eth0: 1 2\n", "eth0: x 1 0 0 0 0 0 0 3 1\n",
                          "eth0: 1 x 0 0 0 0 0 0 3 1\n", "eth0: 1 1 0 0 0 0 0 0 3\n"})
    EXPECT_FALSE(parse_net_dev(std::string(kNetDevHeading) + bad).ok()) << bad;
  EXPECT_FALSE(parse_net_dev("").ok());
}

}  // namespace
}  // namespace cove::procfs
