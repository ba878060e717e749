#include "kernel/systemd/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/systemd/test_print.h"

namespace cove::systemd {
namespace {

using cgroup::DeviceType;
using cgroup::Resources;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kMax[] = "t:18446744073709551615";

TEST(SystemdProperties, Nothing) {
  EXPECT_THAT(resource_properties({}, true), IsEmpty());
  EXPECT_THAT(resource_properties({}, false), IsEmpty());
}

TEST(SystemdProperties, OfBothVersions) {
  Resources r;
  r.memory = {.limit = 4096, .reservation = 1024, .swap = 8192};
  r.cpu.shares = 1024;
  r.cpu.quota = 12345;
  r.cpu.period = 100000;
  r.cpu.cpus = "0,9";
  r.cpu.mems = "0";
  r.pids_limit = 7;
  r.block_io.weight = 500;
  EXPECT_THAT(print_properties(resource_properties(r, false)),
              ElementsAre("MemoryLimit=t:4096", "CPUShares=t:1024", "BlockIOWeight=t:500",
                          "CPUQuotaPeriodUSec=t:100000", "CPUQuotaPerSecUSec=t:130000", "TasksMax=t:7",
                          "AllowedCPUs=ay[y:1, y:2]", "AllowedMemoryNodes=ay[y:1]"));
  EXPECT_THAT(print_properties(resource_properties(r, true)),
              ElementsAre("MemoryMax=t:4096", "MemoryLow=t:1024", "MemorySwapMax=t:4096", "CPUWeight=t:39",
                          "IOWeight=t:4950", "CPUQuotaPeriodUSec=t:100000", "CPUQuotaPerSecUSec=t:130000",
                          "TasksMax=t:7", "AllowedCPUs=ay[y:1, y:2]", "AllowedMemoryNodes=ay[y:1]"));
}

TEST(SystemdProperties, NoLimit) {
  Resources r;
  r.memory.limit = -1;
  r.cpu.quota = -1;
  r.pids_limit = -1;
  EXPECT_THAT(print_properties(resource_properties(r, true)),
              ElementsAre(std::string("MemoryMax=") + kMax, std::string("MemorySwapMax=") + kMax,
                          std::string("CPUQuotaPerSecUSec=") + kMax, std::string("TasksMax=") + kMax));
  Resources half;
  half.cpu.quota = 50000;  // of the default period
  EXPECT_THAT(print_properties(resource_properties(half, true)), ElementsAre("CPUQuotaPerSecUSec=t:500000"));
}

TEST(SystemdProperties, Unified) {
  Resources r;
  r.unified = {{"memory.max", "4096"}, {"memory.high", "max\n"},   {"memory.low", "1"},
               {"memory.min", "2"},    {"memory.swap.max", "3"},   {"pids.max", "9"},
               {"cpu.weight", "5"},    {"cpu.max", "20000 40000"}, {"cpuset.cpus", "3"},
               {"cpuset.mems", "0-1"}, {"io.max", "8:0 x"},        {"cpu.max", "nonsense"}};
  EXPECT_THAT(
      print_properties(resource_properties(r, true)),
      ElementsAre("MemoryMax=t:4096", std::string("MemoryHigh=") + kMax, "MemoryLow=t:1", "MemoryMin=t:2",
                  "MemorySwapMax=t:3", "TasksMax=t:9", "CPUWeight=t:5", "CPUQuotaPeriodUSec=t:40000",
                  "CPUQuotaPerSecUSec=t:500000", "AllowedCPUs=ay[y:8]", "AllowedMemoryNodes=ay[y:3]"));
}

constexpr char kDevices[] =
    "Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n  1 ramdisk\n254 virtblk\n";

TEST(SystemdProperties, Devices) {
  Resources r;
  r.default_devices = false;
  r.devices = {{false, DeviceType::all},
               {true, DeviceType::character, {}, {}, cgroup::kDeviceMknod},
               {true, DeviceType::character, 1, 3},
               {true, DeviceType::character, 136, {}},
               {true, DeviceType::block, 1, {}, cgroup::kDeviceRead},
               {true, DeviceType::character, 77, {}},
               {true, DeviceType::character, {}, 3}};
  EXPECT_THAT(print_properties(device_properties(r, kDevices).value()),
              ElementsAre("DevicePolicy='strict'", "DeviceAllow=a(ss)[]",
                          "DeviceAllow=a(ss)[('char-*', 'm'), ('/dev/char/1:3', 'rwm'), ('char-pts', 'rwm'), "
                          "('block-ramdisk', 'r')]"));
  r.devices = {{true, DeviceType::all}};
  EXPECT_THAT(print_properties(device_properties(r, kDevices).value()),
              ElementsAre("DevicePolicy='auto'", "DeviceAllow=a(ss)[]"));
  r.control_devices = false;
  EXPECT_THAT(device_properties(r, kDevices).value(), IsEmpty());
}

std::string annotated(const std::string& name, std::string_view text) {
  const auto made = annotation_property("org.systemd.property." + name, text);
  return made.ok() ? print_properties({*made})[0] : made.error().message();
}

TEST(SystemdAnnotations, Values) {
  EXPECT_EQ(annotated("CollectMode", "'inactive-or-failed'"), "CollectMode='inactive-or-failed'");
  EXPECT_EQ(annotated("Description", R"("it\"s")"), "Description='it\"s'");
  EXPECT_EQ(annotated("DefaultDependencies", " true "), "DefaultDependencies=b:true");
  EXPECT_EQ(annotated("TasksMax", "uint64 512"), "TasksMax=t:512");
  EXPECT_EQ(annotated("TasksMax", "@t 0x10"), "TasksMax=t:16");
  EXPECT_EQ(annotated("Nice", "-5"), "Nice=i:-5");
  EXPECT_EQ(annotated("Ratio", "0.5"), "Ratio=d:0.5");
  EXPECT_EQ(annotated("After", "['a.service', 'b.service']"), "After=as['a.service', 'b.service']");
  EXPECT_EQ(annotated("After", "@as []"), "After=as[]");
  EXPECT_EQ(annotated("Numbers", "[uint32 1, uint32 2]"), "Numbers=au[u:1, u:2]");
  EXPECT_EQ(annotated("Object", "objectpath '/a'"), "Object=/a");
}

TEST(SystemdAnnotations, SecondsBecomeMicroseconds) {
  EXPECT_EQ(annotated("TimeoutStopSec", "5"), "TimeoutStopUSec=t:5000000");
  EXPECT_EQ(annotated("TimeoutStopSec", "uint64 5"), "TimeoutStopUSec=t:5000000");
  EXPECT_EQ(annotated("TimeoutStopSec", "0.25"), "TimeoutStopUSec=t:250000");
  EXPECT_EQ(annotated("TimeoutStopUSec", "uint64 5"), "TimeoutStopUSec=t:5")
      << "no lower-case letter before Sec";
  EXPECT_THAT(annotated("TimeoutStopSec", "'5'"), HasSubstr("not a number of seconds"));
  EXPECT_THAT(annotated("TimeoutStopSec", "-5"), HasSubstr("not a number of seconds"));
  EXPECT_THAT(annotated("TimeoutStopSec", "uint64 18446744073709551615"),
              HasSubstr("not a number of seconds"));
}

TEST(SystemdAnnotations, Refused) {
  for (const char* bad :
       {"", "x", "'x", "[1, 'a']", "[1", "[1 2]", "[]", "uint32 -1", "5000000000", "byte 256", "{}", "(1, 2)",
        "true false", "@", "@z 1", "@as 5", "boolean 5", "1e999", "string 5"}) {
    EXPECT_THAT(annotated("Name", bad), HasSubstr("annotation 'org.systemd.property.Name'")) << bad;
  }
  EXPECT_THAT(annotated("Na", "1"), HasSubstr("at least three letters"));
  EXPECT_THAT(annotated("Name1", "1"), HasSubstr("letters"));
  EXPECT_FALSE(annotation_property("org.other.Name", "1").ok());
}

}  // namespace
}  // namespace cove::systemd
