// What containers are limited to, what they have used and which devices they may open, against the real
// kernel: see test_live_container.h.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "kernel/cgroup/container_plan.h"
#include "kernel/cgroup/oom_watch.h"
#include "kernel/cgroup/record.h"
#include "kernel/cgroup/stats.h"
#include "kernel/cgroup/test_live_container.h"
#include "sys/file.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(LiveContainer, LimitsGrowAndShrink) {
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok());
  const Record record = cgroup->record();
  const auto change = [&](const std::function<void(Resources&)>& set) {
    Resources resources;
    set(resources);
    const auto done = update(record, resources);
    return done.ok() ? std::string() : done.error().headline();
  };
  const bool swap = on_v1("memory") || sys::exists((directory_of("memory") + "/c1/memory.swap.max").c_str());
  for (const int64_t size : {128, 32, 256, 16}) {
    EXPECT_EQ(change([&](Resources& r) {
                r.memory.limit = size * static_cast<int64_t>(kMebibyte);
                r.memory.swap = 2 * *r.memory.limit;
              }),
              "");
    EXPECT_EQ(content("memory", "memory.limit_in_bytes", "memory.max"), std::to_string(size * kMebibyte));
    if (swap) {
      EXPECT_EQ(content("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
                std::to_string((on_v1("memory") ? 2 : 1) * size * kMebibyte));
    }
  }
  EXPECT_EQ(change([](Resources& r) { r.memory.limit = -1; }), "");
  for (const auto& bandwidth : {std::pair{10'000, 20'000}, {900'000, 1'000'000}, {1'000, 1'000}}) {
    const int quota = bandwidth.first;
    const int period = bandwidth.second;
    EXPECT_EQ(change([&](Resources& r) {
                r.cpu.quota = quota;
                r.cpu.period = period;
              }),
              "");
    EXPECT_EQ(content("cpu", "cpu.cfs_quota_us", "cpu.max"),
              on_v1("cpu") ? std::to_string(quota) : std::to_string(quota) + " " + std::to_string(period));
  }
  EXPECT_EQ(change([](Resources& r) { r.cpu.burst = 500; }), "");
  EXPECT_EQ(change([](Resources& r) {
              r.cpu.quota = 200'000;
              r.cpu.burst = 100'000;
            }),
            "");
  EXPECT_EQ(change([](Resources& r) {
              r.cpu.quota = 50'000;
              r.cpu.burst = 40'000;
            }),
            "");
  EXPECT_EQ(change([](Resources& r) { r.cpu.quota = -1; }), "");
  EXPECT_EQ(change([](Resources& r) { r.pids_limit = -1; }), "");
  EXPECT_EQ(content("pids", "pids.max", "pids.max"), "max");
}

TEST_F(LiveContainer, AnIdleCgroupTakesSharesOnlyAfterwards) {
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok());
  if (!sys::exists((directory_of("cpu") + "/c1/cpu.idle").c_str())) GTEST_SKIP() << "no cpu.idle here";
  Resources resources;
  resources.cpu.idle = 1;
  ASSERT_TRUE(update(cgroup->record(), resources).ok());
  resources.cpu = {.shares = 1024};
  const auto notes = update(cgroup->record(), resources);
  ASSERT_TRUE(notes.ok());
  EXPECT_THAT(*notes, ElementsAre(HasSubstr("cpu.shares")));
  resources.cpu.idle = 0;
  ASSERT_TRUE(update(cgroup->record(), resources).ok());
  EXPECT_EQ(content("cpu", "cpu.shares", "cpu.weight"), on_v1("cpu") ? "1024" : "39");
}

TEST_F(LiveContainer, AFailedUpdateTellsWhatWasChanged) {
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok());
  Resources resources;
  resources.memory.limit = 128 * kMebibyte;
  if (on_v1("memory")) resources.memory.swap = 128 * kMebibyte;
  resources.cpu.mems = "1023";
  resources.pids_limit = 5;
  const auto failed = update(cgroup->record(), resources);
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message(), HasSubstr("linux.resources.cpu.mems"));
  EXPECT_THAT(failed.error().hint(), HasSubstr("linux.resources.memory.limit"));
  EXPECT_EQ(content("pids", "pids.max", "pids.max"), "33");
}

TEST_F(LiveContainer, MemoryInUseIsCheckedBeforeAnUpdate) {
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok());
  auto* ready = static_cast<volatile uint64_t*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  start(*cgroup, [ready] {
    if (mmap(nullptr, 32 * kMebibyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
             0) == MAP_FAILED) {
      return 1;
    }
    *ready = 1;
    pause();
    return 0;
  });
  for (int tries = 0; *ready == 0 && tries < 5000; ++tries) usleep(1000);
  ASSERT_EQ(*ready, 1U);
  Resources resources;
  resources.memory.limit = 8 * kMebibyte;
  resources.memory.check_before_update = true;
  const auto refused = update(cgroup->record(), resources);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("in use"));
  EXPECT_EQ(content("memory", "memory.limit_in_bytes", "memory.max"), "67108864");
}

TEST_F(LiveContainer, StatsTellWhatWasUsed) {
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok());
  const pid_t child = start(*cgroup, [] {
    void* memory = mmap(nullptr, 20 * kMebibyte, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return 1;
    pause();
    return 0;
  });
  const Record record = cgroup->record();
  Stats stats;
  for (int tries = 0; stats.memory.usage.usage < 20 * kMebibyte && tries < 5000; ++tries) {
    usleep(1000);
    const auto read = read_stats(record);
    ASSERT_TRUE(read.ok()) << read.error().headline();
    stats = *read;
  }
  EXPECT_GE(stats.memory.usage.usage, 20 * kMebibyte);
  EXPECT_EQ(stats.memory.usage.limit, 64 * kMebibyte);
  EXPECT_GT(stats.memory.raw.size(), 10U);
  EXPECT_EQ(stats.pids.current, 1U);
  EXPECT_EQ(stats.pids.limit, 33U);
  EXPECT_GT(stats.cpu.total_ns, 0U);
  EXPECT_FALSE(stats.cpuset.cpus.empty());
  if (on_v1("cpuacct")) {
    EXPECT_FALSE(stats.cpu.percpu_ns.empty());
    EXPECT_EQ(stats.cpu.percpu_ns.size(), stats.cpu.percpu_user_ns.size());
    EXPECT_EQ(stats.cpu.percpu_ns.size(), stats.cpu.percpu_kernel_ns.size());
  } else if (sys::exists("/proc/pressure/memory")) {
    EXPECT_TRUE(stats.memory.pressure);
  }
  kill(child, SIGKILL);
}

TEST_F(LiveContainer, LackOfMemoryIsTold) {
  Resources resources = usual();
  resources.memory.swap = resources.memory.limit;
  auto cgroup = make(resources);
  ASSERT_TRUE(cgroup.ok()) << cgroup.error().headline();
  auto watch = OomWatch::open(cgroup->record());
  ASSERT_TRUE(watch.ok()) << watch.error().headline();
  EXPECT_EQ(watch->read().value().oom, 0U);
  const int status = run(*cgroup, [] {
    return mmap(nullptr, 256 * kMebibyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                -1, 0) == MAP_FAILED;
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  struct pollfd entry {
    watch->fd(), POLLIN, 0
  };
  ASSERT_EQ(poll(&entry, 1, 5000), 1);
  uint64_t told = 0;
  OomWatch::News news;
  for (int tries = 0; tries < 5000 && (told == 0 || (!on_v1("memory") && news.populated)); ++tries) {
    news = watch->read().value();
    told += news.oom;
    usleep(1000);
  }
  EXPECT_EQ(told, 1U);
  EXPECT_FALSE(news.removed);
  ASSERT_TRUE(remove(cgroup->record()).ok());
  if (on_v1("memory")) {
    ASSERT_EQ(poll(&entry, 1, 5000), 1) << "v1 tells the removal";
  }
  news = watch->read().value();
  EXPECT_TRUE(news.removed);
  EXPECT_EQ(news.oom, 0U);
  EXPECT_FALSE(news.populated);
}

// 0 if the open was allowed, else the errno.
int try_open(const char* path, int flags) {
  const int fd = open(path, flags);
  if (fd < 0) return errno;
  close(fd);
  return 0;
}

TEST_F(LiveContainer, DevicesAreControlledAndTheRulesCanChange) {
  Resources resources;
  resources.devices = {{false, DeviceType::all}, {true, DeviceType::character, 1, 11, kDeviceRead}};  // kmsg
  auto cgroup = make(resources);
  ASSERT_TRUE(cgroup.ok()) << cgroup.error().headline();
  const auto opens = [&](int flags) {
    return run(*cgroup,
               [flags] { return try_open("/dev/null", O_RDWR) != 0 ? 200 : try_open("/dev/kmsg", flags); });
  };
  EXPECT_EQ(WEXITSTATUS(opens(O_RDONLY)), 0);
  EXPECT_EQ(WEXITSTATUS(opens(O_WRONLY)), EPERM);
  resources.devices[1].access = kDeviceWrite;
  ASSERT_TRUE(update(cgroup->record(), resources).ok());
  EXPECT_EQ(WEXITSTATUS(opens(O_RDONLY)), EPERM);
  EXPECT_EQ(WEXITSTATUS(opens(O_WRONLY)), 0);
  resources.devices.pop_back();
  ASSERT_TRUE(update(cgroup->record(), resources).ok());
  EXPECT_EQ(WEXITSTATUS(opens(O_WRONLY)), EPERM);
}

TEST_F(LiveContainer, AHoleInTheDeviceRules) {
  if (layout_.kind != Kind::v2) GTEST_SKIP() << "needs pure cgroup v2 (see tests/vm/run)";
  Resources resources;
  resources.default_devices = false;
  resources.devices = {{false, DeviceType::all},
                       {true, DeviceType::character, 1, {}, kDeviceAllAccess},
                       {false, DeviceType::character, 1, 5, kDeviceWrite}};
  auto cgroup = make(resources);
  ASSERT_TRUE(cgroup.ok()) << cgroup.error().headline();
  EXPECT_EQ(WEXITSTATUS(run(*cgroup, [] { return try_open("/dev/null", O_RDWR); })), 0);
  EXPECT_EQ(WEXITSTATUS(run(*cgroup, [] { return try_open("/dev/zero", O_RDONLY); })), 0);
  EXPECT_EQ(WEXITSTATUS(run(*cgroup, [] { return try_open("/dev/zero", O_RDWR); })), EPERM);
}

TEST_F(LiveContainer, UnifiedSettings) {
  Resources resources;
  resources.unified = {{"memory.high", "33554432"}, {"pids.max", "9"}, {"cgroup.max.depth", "4"}};
  auto cgroup = make(resources);
  if (layout_.kind != Kind::v2) {
    ASSERT_FALSE(cgroup.ok());
    EXPECT_THAT(cgroup.error().message(), HasSubstr("linux.resources.unified"));
    records_.clear();
    return;
  }
  ASSERT_TRUE(cgroup.ok()) << cgroup.error().headline();
  EXPECT_EQ(content("memory", "", "memory.high"), "33554432");
  EXPECT_EQ(content("memory", "", "pids.max"), "9");
  resources.unified = {{"memory.high", "max"}};
  ASSERT_TRUE(update(cgroup->record(), resources).ok());
  EXPECT_EQ(content("memory", "", "memory.high"), "max");
  resources.unified = {{"memory.nonsense", "1"}};
  EXPECT_THAT(update(cgroup->record(), resources).error().message(), HasSubstr("linux.resources.unified"));
}

}  // namespace
}  // namespace cove::cgroup
